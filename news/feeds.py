"""RSS of all news and of one category, with publication times in +0700."""

from django.contrib.syndication.views import Feed
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.feedgenerator import Enclosure
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from news.models import Article, Category
from portal.lib import clock, text

NEWEST = 30


@method_decorator(require_safe, name="__call__")
class AllNews(Feed):
    def title(self, category=None):
        return text.line(_("News")) if category is None else text.line(category.name)

    def link(self, category=None):
        return reverse("news:list") if category is None else category.get_absolute_url()

    def description(self, category=None):
        return _("The newest articles of the portal")

    def items(self, category=None):
        return Article.objects.public().listed()[:NEWEST]

    item_guid_is_permalink = False

    def item_guid(self, article):
        """Not its address, which changes with the title: readers would have it as another article."""
        return f"{self.origin}/#{article.count_key}"

    def item_title(self, article):
        return text.line(article.title)

    def item_description(self, article):
        return text.excerpt(article.lead, 500)

    def item_pubdate(self, article):
        return article.published_at.astimezone(clock.ZONE)

    def item_updateddate(self, article):
        return article.updated_at.astimezone(clock.ZONE)

    def item_categories(self, article):
        return [text.line(article.category.name)]

    def item_enclosures(self, article):
        """Its cover; feeds want whole addresses."""
        cover = article.cover
        return [Enclosure(self.origin + cover.url, str(cover.size), "image/webp")] if cover else []

    def get_feed(self, obj, request):
        self.origin = f"{request.scheme}://{request.get_host()}"
        return super().get_feed(obj, request)


class CategoryNews(AllNews):
    def get_object(self, request, category):
        return get_object_or_404(Category, slug=category)

    def items(self, category):
        return Article.objects.public().in_category(category).listed()[:NEWEST]
