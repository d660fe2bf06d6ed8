"""News for citizens. Every view but `preview` reads through `public()`; none but it writes."""

import mimetypes
import re
from datetime import UTC, datetime
from functools import wraps

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_safe

from news import previewing, rights
from news.models import Article, Attachment, Category, OldAddress
from news.models.pictures import FOLDER
from portal.lib import client, saving, stored, text
from portal.lib.labels import by_page, counts_as, reads_primary, uncached, uncounted
from portal.lib.paging import paged
from portal.lib.prepared import Prepared


@require_safe
def article_list(request):
    page = paged(request, Article.objects.public().listed(), settings.LIST_PAGE_SIZE)
    return by_page(render(request, "news/list.html", {"page": page, "categories": Category.objects.all()}))


def moved_to_today(name):
    """Decorator of the view `name` of a category: a former address leads to the one of today, to the same page of it."""

    def decorate(view):
        @wraps(view, updated=())
        def answer(request, category):
            try:
                return view(request, category=category)
            except Http404:
                old = OldAddress.objects.select_related("category").filter(slug=category).first()
                if old is None:
                    raise
                number = request.GET.get("page", "")
                query = f"?page={number}" if number.isascii() and number.isdigit() else ""
                return redirect(reverse(name, args=[old.category.slug]) + query, permanent=True)

        return answer

    return decorate


@moved_to_today("news:category")
@require_safe
def category(request, category):
    category = get_object_or_404(Category.objects.select_related("parent__parent"), slug=category)
    page = paged(request, Article.objects.public().in_category(category).listed(), settings.LIST_PAGE_SIZE)
    return by_page(render(request, "news/category.html", {"category": category, "page": page}))


_readable = Prepared(
    lambda pk, at: Article.objects.readable().public(at).filter(pk=pk), pk=-1, at=datetime(1, 1, 1, tzinfo=UTC)
)


def _public_article(pk):
    """The public article `pk`; None when it is gone (withdrawn or expired), 404 when citizens never saw it."""
    found = _readable(pk=pk, at=timezone.now())
    if not found:
        get_object_or_404(Article.objects.gone().only("pk"), pk=pk)
        return None
    found[0].category = Category.tree().get(found[0].category_id) or found[0].category
    return found[0]


def taken_back(request, pk):
    """410, with the reason where the authority wants readers to know it."""
    reason = Article.objects.filter(pk=pk, reason_is_public=True).values_list("reason", flat=True).first()
    return render(request, "410.html", {"reason": reason}, status=410)


@require_safe
def article(request, category, pk, slug):
    article = _public_article(pk)
    if article is None:
        return taken_back(request, pk)
    if request.path != article.get_absolute_url():
        return redirect(article, permanent=True)
    newer, older = article.neighbours()
    context = {"article": article, "newer": newer, "older": older}
    return counts_as(render(request, "news/article.html", context), article.count_key)


@require_safe
def article_print(request, category, pk, slug):
    article = _public_article(pk)
    if article is None:
        return taken_back(request, pk)
    if request.path != article.get_print_url():
        return redirect(article.get_print_url(), permanent=True)
    return counts_as(render(request, "sheet.html", as_sheet(article)), article.count_key)


@require_safe
def article_saved(request, category, pk, slug):
    article = _public_article(pk)
    if article is None:
        return taken_back(request, pk)
    if request.path != article.get_save_url():
        return redirect(article.get_save_url(), permanent=True)
    return counts_as(saving.download(request, article.slug, as_sheet(article)), article.count_key)


def as_sheet(article):
    """What the sheet for paper and the file to keep show."""
    return {"article": article, "thing": article, "text": "news/_text.html"}


@require_safe
def earlier(request, category, pk, slug, number):
    """The text as it stood before a public correction, as long as the corrected article is public."""
    article = _public_article(pk)
    if article is None:
        return render(request, "410.html", status=410)
    shown = article.corrections.defer(None).filter(is_earlier_shown=True)
    correction = get_object_or_404(shown, number=number)
    correction.article = article
    if request.path != correction.get_absolute_url():
        return redirect(correction, permanent=True)
    return render(request, "news/earlier.html", {"article": article, "correction": correction})


@reads_primary
@require_GET
def preview(request, token):
    """An article before its publication, for whoever was given the link. The only GET that writes: a line of the audit."""
    article = previewing.open_link(token)
    if article is None:
        return as_preview(render(request, "news/preview_over.html", status=410))
    response = render(request, "news/preview.html", preview_context(article))
    for picture in filter(None, [article.cover, *article.pictures]):
        # Elsewhere its files are nobody's before it is public; these addresses end with the link.
        by_link = reverse("news:preview_picture", args=[token, picture.name])
        response.content = response.content.replace(picture.url.removesuffix(".webp").encode(), by_link.encode())
    return as_preview(response)


@reads_primary
@require_safe
def preview_picture(request, token, file):
    """A file of a picture that the page of this link shows."""
    match = re.fullmatch(r"([0-9a-f]{32})(?:-\d{3,4})?\.webp", file)
    if not match or not previewing.shows(token, match[1]):
        raise Http404
    return as_preview(stored.respond(request, f"{FOLDER}/{file}", "image/webp"))


def preview_context(article, **more):
    """What the page of `article` shows while citizens do not see it: a day for it, and no neighbours."""
    article.published_at = article.published_at or timezone.now()
    return {"article": article, **more}


def as_preview(response):
    """Nobody's page: not kept, not counted, not found by search engines, its address given to no other site."""
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    return uncached(uncounted(response))


@require_safe
def attachment(request, pk):
    """A file of a public article, for saving; staff get those of the articles that they may see, too."""
    public = Attachment.objects.filter(article__in=Article.objects.public())
    found = public.filter(pk=pk).first()
    is_public = found is not None
    if not is_public and may_see_drafts(request):
        seen = rights.visible_to(request.user, Article.objects.all())
        found = Attachment.objects.filter(pk=pk, article__in=seen).first()
    if found is None:
        raise Http404
    name = f"{text.slug(found.title) or 'tep'}-{found.pk}.{found.kind.lower()}"
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    cache = "private, no-cache" if is_public else None
    return stored.respond(request, found.file.name, kind, cache=cache, download_as=name)


def may_see_drafts(request):
    if not client.is_staff_browser(request.META):
        return False
    return request.user.is_staff and any(map(request.user.has_perm, ("news.view_article", "news.change_article")))
