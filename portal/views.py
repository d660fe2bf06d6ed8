"""Home, search, static pages, the map of the site, robots, health and the error pages."""

import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Prefetch
from django.http import HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from hotlines.models import Hotline
from news.models import Article, Category
from portal import heartbeat, outage, ownpages, redirecting, searching, suggesting
from portal.forms import SearchForm
from portal.lib import languages, pagecache, saving
from portal.lib.labels import found_nothing, lost, needs_no_database, uncached, uncounted
from portal.lib.paging import NoSuchPage, paged
from portal.models import Page

PULSE_LATE = 10  # seconds without a beat that went well
HOME_LATEST, HOME_PER_SECTION = 5, 4


@require_safe
def home(request):
    if languages.is_english():
        return english_home(request)
    newest = Article.objects.public().listed()
    lead = newest.order_by("-is_featured", "-published_at", "-pk").first()
    latest = [article for article in newest[: HOME_LATEST + 1] if article != lead][:HOME_LATEST]
    return render(request, "portal/home.html", {"lead": lead, "latest": latest, "sections": sections(lead)})


def english_home(request):
    """What there is in English; news are not translated."""
    pages = Page.objects.public().in_english().select_related("parent__parent")
    pages = sorted(pages, key=lambda page: [(above.order, above.path) for above in (*page.trail, page)])
    emergency = [line for line in Hotline.objects.public() if line.is_emergency]
    newest = Article.objects.public().listed().order_by("-published_at", "-pk")[:HOME_PER_SECTION]
    return render(request, "portal/home_en.html", {"pages": pages, "emergency": emergency, "newest": newest})


def sections(lead):
    """The home page's categories that have public articles but `lead`, each with its newest in `.newest`."""
    categories = list(Category.objects.all())
    newest = Article.objects.public().exclude(pk=lead and lead.pk).newest_by_category(categories, HOME_PER_SECTION)
    for category in categories:
        category.newest = newest[category.pk]
    return [category for category in categories if category.is_on_home and category.newest]


@require_safe
def search(request):
    form = SearchForm(request.GET)
    question, filters = searching.asked(form.query), form.filters()
    found = searching.find(question, filters)
    page = paged(request, found.hits, 10)
    first = [*searching.promoted(question), *suggesting.called(question)]
    is_in_vain = not first and (found.is_relaxed or not found.hits)
    is_missed = bool(question) and not filters and is_in_vain
    context = {"form": form, "query": form.query, "question": question, "filters": filters, "found": found}
    context |= {"page": page, "results": searching.results(page, question), "first": first, "is_in_vain": is_in_vain}
    context |= {"meant": suggesting.meant(question) if not first and (is_missed or not found.is_exact) else ""}
    response = uncached(render(request, "portal/search.html", context))
    if request.GET:  # the bare form repeats nobody's words: it may be found
        unindexed(response)
    return found_nothing(response, form.query) if is_missed else response


@require_safe
def suggest(request):
    """Titles for what is being typed, as the script of the search box asks for them; their kinds in the page's language."""
    rows = suggesting.suggested(request.GET.get("q", "")[:200])
    told = [{"title": one.title, "kind": one.kind_name, "url": one.url} for one in rows]
    return unindexed(uncounted(uncached(JsonResponse({"suggestions": told}))))


def unindexed(response):
    """Not for search engines: spam has been planted by way of searches."""
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def page(request, path):
    page = get_object_or_404(Page.objects.public().select_related("parent__parent"), path=path)
    trail = [above for above in page.trail if above.is_public]
    is_foreign = languages.is_foreign(page, "title")
    children = page.children.public().in_english() if languages.is_english() else page.children.public()
    context = {"page": page, "trail": trail, "children": children, "is_foreign": is_foreign}
    return render(request, "portal/page.html", context)


@require_safe
def page_print(request, path):
    return render(request, "sheet.html", as_sheet(path))


@require_safe
def page_saved(request, path):
    sheet = as_sheet(path)
    return saving.download(request, sheet["page"].slug, sheet)


def as_sheet(path):
    """What the sheet for paper and the file to keep show of the public page at `path`."""
    page = get_object_or_404(Page.objects.public(), path=path)
    return {"page": page, "thing": page, "text": "portal/_text.html", "is_foreign": languages.is_foreign(page, "title")}


@require_safe
def site_map(request):
    categories = Category.objects.filter(parent=None).prefetch_related("children__children__children")
    public = Page.objects.public()
    below = [Prefetch(level, public) for level in ("children", "children__children", "children__children__children")]
    pages = public.filter(parent=None).prefetch_related(*below)
    own = [one for one in ownpages.ALL if one.view not in {"news:list", "site_map"}]  # a heading, and this page
    return render(request, "portal/site_map.html", {"own": own, "categories": categories, "pages": pages})


@needs_no_database
@require_safe
def robots(request):
    return render(request, "robots.txt", content_type="text/plain; charset=utf-8")


@needs_no_database
@require_safe
def healthz(request):
    """This process answers."""
    return uncached(HttpResponse("ok\n", content_type="text/plain"))


@needs_no_database  # it says so itself
@require_safe
def readyz(request):
    """This process can serve everything: the database answers, has all migrations, and the pulse beats."""
    try:
        executor = MigrationExecutor(connection)
        pending = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError as error:
        return _told({"database": type(error).__name__}, ok=False)
    is_beating = not settings.PULSE or heartbeat.pulse.age() < PULSE_LATE
    is_stale = pagecache.is_stale()  # the database is back, but until the next beat readers are still told to wait
    told = {
        "database": "returning" if is_stale else "ok",
        "migrations_pending": pending,
        "pulse": "ok" if is_beating else "late",
    }
    return _told(told, ok=is_beating and not pending and not is_stale)


def _told(state, *, ok):
    response = uncached(JsonResponse(state, status=200 if ok else 503))
    response._has_been_logged = True  # who asks every second reads the answer, not the log
    return response


def error_400(request, exception=None, status=400):
    status = 413 if isinstance(exception, RequestDataTooBig) else status
    return render(request, "413.html" if status == 413 else "400.html", status=status)


def error_403(request, exception=None, reason=""):
    return render(request, "403.html", status=403)


def error_404(request, exception=None):
    """No such page, unless the old portal had one: that leads to what has taken its place."""
    target = redirecting.target_of(request.path) if request.method in {"GET", "HEAD"} else None
    if target:
        return HttpResponsePermanentRedirect(target)
    response = render(request, "404.html", status=404)
    return response if isinstance(exception, NoSuchPage) else lost(response)


def error_500(request):
    error = sys.exc_info()[1]
    if isinstance(error, (OperationalError, InterfaceError)):
        return outage.after(error, request)
    return render(request, "500.html", status=500)
