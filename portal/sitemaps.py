"""sitemap.xml: what search engines may find. All of it through `public()`."""

from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from news.models import Article, Category
from portal.models import Page


class Articles(Sitemap):
    limit = 5000

    def items(self):
        return Article.objects.public().listed()

    def lastmod(self, article):
        return article.updated_at


class Categories(Sitemap):
    def items(self):
        return Category.objects.all()


class Pages(Sitemap):
    def items(self):
        return Page.objects.public()

    def lastmod(self, page):
        return page.updated_at


class Fixed(Sitemap):
    def items(self):
        return ["home", "news:list", "hotlines:directory", "hotlines:map", "polls:list", "stats:statistics", "site_map"]

    def location(self, name):
        return reverse(name)


SITEMAPS = {"fixed": Fixed, "categories": Categories, "articles": Articles, "pages": Pages}
