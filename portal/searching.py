"""One search over articles, pages and offices with their hotlines."""

from dataclasses import dataclass

from django.db.models import CharField, DateTimeField, Value
from django.db.models.functions import Cast

from hotlines import tokens
from hotlines.models import Office
from news.models import Article
from portal.lib import html, text
from portal.models import Page


@dataclass
class Result:
    """One hit as the page shows it."""

    kind: str
    item: Article | Page | Office
    passage: str


def hits(query: str):
    """(kind, pk, rank, when) of everything public that matches `query`, best first, newest first among equals."""

    def rows(kind, queryset, when):
        matching = queryset.public().matching(query).annotate(
            found=Value(kind, CharField()), when=Cast(when, DateTimeField())
        )  # fmt: skip
        return matching.order_by().values_list("found", "pk", "rank", "when")

    return rows("article", Article.objects, "published_at").union(
        rows("page", Page.objects, "updated_at"), rows("office", Office.objects, Value(None)), all=True
    ).order_by("-rank", "-when", "-pk")  # fmt: skip


def results(page, query: str) -> list[Result]:
    """The hits of one page, each with its object and a passage around the words sought."""
    sought = text.sought_words(query)
    found = {
        "article": Article.objects.select_related("category").in_bulk(
            [pk for kind, pk, *_ in page if kind == "article"]
        ),
        "page": Page.objects.in_bulk([pk for kind, pk, *_ in page if kind == "page"]),
        "office": Office.objects.prefetch_related("hotlines").in_bulk(
            [pk for kind, pk, *_ in page if kind == "office"]
        ),
    }
    return [Result(kind, item := found[kind][pk], passage(kind, item, sought)) for kind, pk, *_ in page]


def passage(kind, item, sought) -> str:
    """Some lines of `item` with the first word sought in view."""
    whole = {
        "article": lambda: f"{item.lead} {tokens.spoken(html.plain(item.body))}",
        "page": lambda: tokens.spoken(html.plain(item.body)),
        "office": lambda: " · ".join([item.address, *(f"{n.purpose}: {n.number}" for n in item.hotlines.all())]),
    }
    return text.around(whole[kind](), sought)
