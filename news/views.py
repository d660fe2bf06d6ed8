"""News for citizens. Every view reads through `public()`; none writes."""

import mimetypes

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from news.models import Article, Attachment, Category
from portal.lib import client, stored, text
from portal.lib.labels import by_page, counts_as


def paged(request, articles):
    """The page of `articles` that ?page= asks for; 404 for a page that is not there."""
    paginator = Paginator(articles, settings.LIST_PAGE_SIZE)
    number = request.GET.get("page", "1")
    if number not in map(str, paginator.page_range):
        raise Http404
    return paginator.page(int(number))


@require_safe
def article_list(request):
    page = paged(request, Article.objects.public().listed())
    return by_page(render(request, "news/list.html", {"page": page, "categories": Category.objects.all()}))


@require_safe
def category(request, category):
    category = get_object_or_404(Category.objects.select_related("parent__parent"), slug=category)
    page = paged(request, Article.objects.public().in_category(category).listed())
    return by_page(render(request, "news/category.html", {"category": category, "page": page}))


def _public_article(pk):
    """The public article `pk`; None when it is gone (withdrawn or expired), 404 when citizens never saw it."""
    found = list(Article.objects.public().readable().filter(pk=pk))
    if not found:
        get_object_or_404(Article.objects.gone().only("pk"), pk=pk)
        return None
    found[0].category = Category.tree().get(found[0].category_id) or found[0].category
    return found[0]


@require_safe
def article(request, category, pk, slug):
    article = _public_article(pk)
    if article is None:
        return render(request, "410.html", status=410)
    if request.path != article.get_absolute_url():
        return redirect(article, permanent=True)
    newer, older = article.neighbours()
    context = {"article": article, "related": article.related(), "newer": newer, "older": older}
    return counts_as(render(request, "news/article.html", context), article.count_key)


@require_safe
def article_print(request, category, pk, slug):
    article = _public_article(pk)
    if article is None:
        return render(request, "410.html", status=410)
    if request.path != article.get_print_url():
        return redirect(article.get_print_url(), permanent=True)
    return counts_as(render(request, "news/print.html", {"article": article}), article.count_key)


@require_safe
def attachment(request, pk):
    """A file of a public article, for saving; staff who may see articles get those of the others, too."""
    public = Attachment.objects.filter(article__in=Article.objects.public())
    found = public.filter(pk=pk).first()
    is_public = found is not None
    if not is_public and may_see_drafts(request):
        found = Attachment.objects.filter(pk=pk).first()
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
