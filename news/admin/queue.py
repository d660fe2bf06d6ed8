"""What waits for approval, longest first, each with its difference and its buttons."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from news import publishing
from news.models import Article, Category

ON_A_PAGE = 30


def compare_address(article):
    """Where the words of a revision stand beside those that citizens read; None for an article that is no revision."""
    return reverse("admin:news_article_compare", args=[article.pk]) if article.replaces_id else None


def text_stamp(article):
    """Tells the text that somebody saw from one that was sent later: "12@2025-01-22T16:12:00.123456+00:00"."""
    return f"{article.pk}@{article.submitted_at.isoformat()}" if article.submitted_at else str(article.pk)


@require_safe
def queue(request, site):
    if not request.user.has_perm("news.publish_article"):
        raise PermissionDenied
    waiting = Article.objects.filter(state=Article.State.WAITING).exclude(category__in=Category.closed_to(request.user))
    categories = Category.objects.filter(articles__in=waiting).distinct()
    authors = {article.submitted_by for article in waiting.select_related("submitted_by").only("submitted_by")}
    chosen = {name: request.GET.get(name, "") for name in ("category", "submitted_by")}
    asked = {name: value for name, value in chosen.items() if value.isdecimal() and len(value) < 18}
    found = waiting.filter(**asked).select_related("category", "replaces", "submitted_by", "updated_by")
    page = Paginator(found.order_by("submitted_at", "pk"), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": _("Waiting for approval"),
        "opts": Article._meta,
        "page": page,
        "rows": [
            (article, publishing.can("publish", article, request.user), compare_address(article), text_stamp(article))
            for article in page
        ],
        "categories": categories,
        "authors": sorted(authors - {None}, key=str),
        "chosen": chosen,
    }
    return render(request, "admin/news/article/queue.html", site.each_context(request) | context)
