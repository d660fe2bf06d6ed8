"""The whole site on one screen. Public addresses are Vietnamese words; the last line takes what no app has claimed."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.i18n import JavaScriptCatalog

from news import feeds
from portal import mediafiles, metrics, sitemaps, views
from portal.lib.languages import both

urlpatterns = [
    path("tin-tuc/", include("news.urls")),
    path("rss/", feeds.AllNews(), name="rss"),
    path("binh-chon/", include("polls.urls")),
    path("thong-ke/", include("stats.urls")),
    path("tim-kiem/", views.search, name="search"),
    path("so-do-trang/", views.site_map, name="site_map"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    re_path(r"^sitemap-(?P<section>[a-z]+)-(?P<number>[1-9][0-9]{0,5})\.xml$", sitemaps.part, name="sitemap_part"),
    path("robots.txt", views.robots, name="robots"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("quan-tri/jsi18n/", JavaScriptCatalog.as_view(packages=["django.contrib.admin"]), name="jsi18n"),
    path("quan-tri/", admin.site.urls),
    # Attachments are not here: their view knows their article.
    re_path(r"^media/(?P<path>(?:images|banners|emblem)/[\w.-]{1,200})$", mediafiles.media, name="media"),
    # What there is in English, too, below /en/.
    *i18n_patterns(
        path("", views.home, name="home"),
        path(both("tim-kiem/goi-y/", "search/suggestions/"), views.suggest, name="suggest"),
        path("", include("hotlines.urls")),  # /duong-day-nong/, /ban-do/, /can-bo/
        re_path(r"^(?P<path>[a-z0-9-]+(?:/[a-z0-9-]+)*)/ban-in/$", views.page_print, name="page_print"),
        re_path(r"^(?P<path>[a-z0-9-]+(?:/[a-z0-9-]+)*)/luu/$", views.page_saved, name="page_save"),
        re_path(r"^(?P<path>[a-z0-9-]+(?:/[a-z0-9-]+)*)/$", views.page, name="page"),
        prefix_default_language=False,
    ),
]

handler400, handler403, handler404, handler500 = (f"portal.views.error_{code}" for code in (400, 403, 404, 500))
