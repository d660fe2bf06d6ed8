"""What stands at a path of this portal. Many paths fit a pattern of `urls.py`; whether a page is there its row knows."""

from enum import Enum

from django.db.models import QuerySet
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.translation import override

from hotlines.models import Office
from news.models import Article, Category, OldAddress
from polls.models import Poll
from portal.lib import languages
from portal.models import Page


class Standing(Enum):
    NOTHING = "nothing"
    HIDDEN = "hidden"  # what citizens do not see yet: 404
    GONE = "gone"  # what they see no longer: 410
    SHOWN = "shown"  # a page, or an address that leads to one


def at(path: str) -> Standing:
    """What a reader finds at `path`, a path without query. Pictures and links of previews count as shown."""
    with override(languages.of_path(path)):
        try:
            match = resolve(path)
        except Resolver404:
            return Standing.NOTHING
    if "category" in match.kwargs and "pk" not in match.kwargs:
        slug = match.kwargs["category"]
        known = Category.objects.filter(slug=slug).exists() or OldAddress.objects.filter(slug=slug).exists()
        return Standing.SHOWN if known else Standing.NOTHING
    rows = _rows(match)
    if rows is None or rows.public().exists():
        return Standing.SHOWN
    if rows.model is Article and rows.gone().exists():
        return Standing.GONE
    return Standing.HIDDEN if rows.exists() else Standing.NOTHING


def _rows(match: ResolverMatch) -> QuerySet | None:
    """The row whose page `match` names; None where the address alone makes the page."""
    given = match.kwargs
    if match.view_name in {"page", "page_print", "page_save"}:
        return Page.objects.filter(path=given["path"])
    if match.view_name == "news:attachment":
        return Article.objects.filter(attachments=given["pk"])
    model = {"news": Article, "polls": Poll, "hotlines": Office}.get(match.app_name) if "pk" in given else None
    return model.objects.filter(pk=given["pk"]) if model else None
