"""sitemap.xml and the files it lists: what search engines may find. All of it through `public()`.

The number of a file is in its path, not in ?p= as with Django's own views: the page memory ignores the query.
"""

from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import x_robots_tag
from django.contrib.sites.requests import RequestSite
from django.core.paginator import EmptyPage
from django.db import connections
from django.db.models import Window
from django.db.models.functions import RowNumber
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from news.models import Article, Category
from portal import ownpages
from portal.models import Page
from portal.templatetags import chrome


class Articles(Sitemap):
    limit = 2000  # more would keep a thread busy for a second

    def items(self):
        return Article.objects.public().listed().order_by("pk").prefetch_related("body_pictures__picture")

    def lastmod(self, article):
        return article.updated_at


class Categories(Sitemap):
    def items(self):
        return Category.objects.all()


class InBoth:
    """Mixin: each address in either language, the two naming each other, where the portal has English pages."""

    i18n = alternates = x_default = True

    def get_languages_for_item(self, item):
        return ["vi", "en"] if chrome.profile().name_en and self.is_in_english(item) else ["vi"]

    def get_urls(self, *args, **kwargs):
        urls = super().get_urls(*args, **kwargs)
        for url in urls:
            url["item"] = url["item"][0]  # Django pairs it with its language
            if len(url["alternates"]) < 3:  # the page itself and the default, which is itself again
                url["alternates"] = []
        return urls


class Pages(InBoth, Sitemap):
    def is_in_english(self, page):
        return page.title_en != ""

    def items(self):
        return Page.objects.public().order_by("pk").prefetch_related("body_pictures__picture")

    def lastmod(self, page):
        return page.updated_at

    def changed(self, pages):
        return max((page.updated_at for page, _language in pages), default=None)


class Fixed(InBoth, Sitemap):
    def items(self):
        return [own for own in ownpages.ALL if own.view not in {"search", "rss"}]  # a form and a feed

    def is_in_english(self, own):
        return own.is_in_english

    def location(self, own):
        return reverse(own.view)


LAST_CHANGES = """
SELECT (place - 1) / %s AS file, max(updated_at) FROM ({rows}) AS numbered GROUP BY file ORDER BY file
"""
SITEMAPS = {"fixed": Fixed, "categories": Categories, "articles": Articles, "pages": Pages}


@require_safe
@x_robots_tag
def index(request):
    files = [
        {
            "location": request.build_absolute_uri(reverse("sitemap_part", args=[section, number])),
            "last_mod": last_change,
        }
        for section, kind in SITEMAPS.items()
        for number, last_change in enumerate(last_changes(kind()), start=1)
    ]
    return render(request, "sitemap_index.xml", {"sitemaps": files}, content_type="application/xml")


def last_changes(sitemap):
    """For each file of `sitemap` when something in it last changed, or None where nobody writes that down. One query."""
    if not hasattr(sitemap, "lastmod"):
        return [None] * sitemap.paginator.num_pages
    rows = sitemap.items().annotate(place=Window(RowNumber(), order_by="pk")).values("updated_at", "place").order_by()
    sql, values = rows.query.sql_with_params()
    with connections[rows.db].cursor() as cursor:
        cursor.execute(LAST_CHANGES.format(rows=sql), [sitemap.limit, *values])
        return [last for _number, last in cursor.fetchall()] or [None]


@require_safe
@x_robots_tag
def part(request, section, number):
    if section not in SITEMAPS:
        raise Http404
    try:
        urls = SITEMAPS[section]().get_urls(number, RequestSite(request), request.scheme)
    except EmptyPage as error:
        raise Http404 from error
    origin = f"{request.scheme}://{request.get_host()}"
    return render(request, "portal/sitemap.xml", {"urlset": urls, "origin": origin}, content_type="application/xml")
