"""One search over articles, pages and offices with their hotlines.

The database finds and ranks in one narrow table (see `portal.models.SearchRow`); what is shown is then read through
`public()` like everything else.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from hotlines import tokens
from hotlines.models import Office
from news.models import Article, Category
from portal.lib import html, lexemes, pagecache
from portal.lib.asked import Asked, Synonyms, synonyms
from portal.models import Page, PromotedResult, Synonym

MOST, MOST_TOGETHER = 500, 200  # results in all, and of words that stand next to each other: each row is looked into
RANKED = 100  # candidates of a kind that are compared with each other
KINDS = ("article", "page", "office")

# A sequential scan would unpack the words of every row to look into them; the index need not. (The planner does not know
# what unpacking costs.)
PLAN = (
    "SET LOCAL enable_seqscan = off; SET LOCAL jit = off; SET LOCAL max_parallel_workers_per_gather = 0; "
    "SET LOCAL work_mem = '32MB'; "
)
VISIBLE = "from_at <= %(now)s AND (until_at IS NULL OR until_at > %(now)s)"
NEWEST = "ORDER BY shown_at DESC NULLS FIRST, id DESC"
HOLDING = f"SELECT id, shown_at FROM portal_searchrow WHERE {{column}} @@ %(loose)s::tsquery AND {{where}} {NEWEST}"  # constants # nosec B608
# Words next to each other: the index finds those that hold the words anywhere; they are looked into from the newest on,
# one by one, until there are enough.
TOGETHER = (
    f"SELECT h.id, h.shown_at FROM ({HOLDING} OFFSET 0) AS h, LATERAL (SELECT FROM portal_searchrow AS s "
    "WHERE s.id = h.id AND s.{column} @@ %(all)s::tsquery OFFSET 0) AS is_so"  # constants # nosec B608
)
# The newest rows that hold the words, and the newest that hold them in the title, are compared: an exact title is worth
# most, then words next to each other; half of what newness is worth is gone in nine months. The others follow by their day.
# `held` unpacks the words of a row once for all that looks into them.
HITS = f"""
WITH newest AS MATERIALIZED ({{newest}} LIMIT %(most)s),
titled AS MATERIALIZED ({{titled}} LIMIT %(ranked)s),
compared AS MATERIALIZED (
    (SELECT id FROM newest {NEWEST} LIMIT %(ranked)s) UNION (SELECT id FROM titled)
), held AS MATERIALIZED (
    SELECT id, title || ''::tsvector AS title, words || ''::tsvector AS words,
        least(1.0, %(length)s::float / greatest(title_length, 1) + 0.4) AS cover
    FROM portal_searchrow WHERE id IN (SELECT id FROM compared)
), ranked AS (
    SELECT id, 2.0 * (title @@ %(all)s::tsquery)::int
        + 1.5 * (title @@ %(near)s::tsquery)::int * cover
        + 1.0 * (words @@ %(near)s::tsquery)::int
        + 2.0 * ts_rank('{{{{0.03, 0.1, 0.3, 1.0}}}}', words, %(all)s::tsquery, 32) AS points
    FROM held
)
SELECT kind, ref
FROM (SELECT id FROM newest UNION SELECT id FROM compared) AS shown
    JOIN portal_searchrow USING (id) LEFT JOIN ranked USING (id)
ORDER BY points IS NULL, points
    + CASE kind WHEN 'article' THEN 0.8 * exp(least(0, extract(epoch FROM shown_at - %(now)s)::float / 86400 / 400)) ELSE 0.5 END
    DESC, shown_at DESC NULLS LAST, ref DESC
LIMIT %(most)s
"""  # constants; what people ask goes in as values # nosec B608
ANY = "SELECT EXISTS ({newest} LIMIT 1)"


class Hit(NamedTuple):
    kind: str
    ref: int


@dataclass
class Filters:
    """What narrows a search down; what is None does not."""

    kind: str | None = None
    category: Category | None = None
    since: datetime | None = None
    until: datetime | None = None

    def __bool__(self) -> bool:
        return any((self.kind, self.category, self.since, self.until))

    def sql(self, values) -> str:
        """Conditions over the table; what they need is put into `values`."""
        conditions = [VISIBLE]
        if self.kind:
            conditions.append("kind = %(kind)s")
        if self.category:
            below = [pk for pk, other in Category.tree().items() if self.category in other.path]
            values["categories"] = [self.category.pk, *below]
            conditions.append("category = ANY(%(categories)s)")
        if self.since:
            conditions.append("shown_at >= %(since)s")
        if self.until:
            conditions.append("shown_at < %(until)s")
        values |= {"kind": self.kind, "since": self.since, "until": self.until}
        return " AND ".join(conditions)


@dataclass
class Found:
    """The answer to a question: `hits`, best first; `is_relaxed` when none holds every word."""

    hits: list[Hit]
    is_more: bool = False  # than these
    is_relaxed: bool = False
    is_exact: bool = True  # one at least bears the accents as they were typed


@dataclass
class Result:
    """One hit as the page shows it."""

    kind: str
    item: Article | Page | Office
    passage: str


def known_synonyms() -> Synonyms:
    return pagecache.shared("synonyms", lambda: synonyms(Synonym.objects.values_list("short", "long")))


def asked(query: str) -> Asked:
    """`query`, understood with the synonyms of today."""
    return Asked(query, known_synonyms())


def find(question: Asked, filters: Filters | None = None, at: datetime | None = None) -> Found:
    """Everything public that holds all of the question, exact accents first; failing that, most of it."""
    if not question:
        return Found([])
    filters, at = filters or Filters(), at or timezone.now()
    is_plain = question.exact == question.folded
    hits = [] if is_plain else _ranked(question, question.exact, filters, at)
    is_exact = bool(hits) or is_plain
    most = _most(question.folded)
    if len(hits) < most:
        hits = list(dict.fromkeys([*hits, *_ranked(question, question.folded, filters, at)]))[:most]
    if not hits and (most_of := question.relaxed()):
        hits = _ranked(question, most_of, filters, at)
        return Found(hits, len(hits) == _most(most_of), is_relaxed=bool(hits))
    return Found(hits, len(hits) == most, is_exact=is_exact)


def exists(question: Asked, at: datetime | None = None) -> bool:
    """Whether `find` would find something that holds all of it."""
    values = {"all": question.folded, "loose": loose(question.folded), "now": at or timezone.now()}
    where = Filters().sql(values)
    return bool(question) and bool(_rows(ANY.format(newest=_holding("words", values, where)), values)[0][0])


def _most(wanted: str) -> int:
    return MOST if loose(wanted) == wanted else MOST_TOGETHER


def loose(wanted: str) -> str:
    """The query `wanted` without the order of words: what an index can answer alone."""
    return wanted.replace("<->", "&")


def _holding(column: str, values, where: str) -> str:
    statement = HOLDING if values["loose"] == values["all"] else TOGETHER
    return statement.format(column=column, where=where)


def _ranked(question: Asked, wanted: str, filters: Filters, at: datetime) -> list[Hit]:
    length = sum(len(term.folded[0]) for term in question.terms)
    values = {"all": wanted, "loose": loose(wanted), "near": question.near, "now": at, "length": length}
    values |= {"most": _most(wanted), "ranked": RANKED}
    where = filters.sql(values)
    parts = {name: _holding(column, values, where) for name, column in (("newest", "words"), ("titled", "title"))}
    return [Hit(*row) for row in _rows(HITS.format(**parts), values)]


def _rows(sql: str, values) -> list[tuple]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(PLAN + sql, values)
        return cursor.fetchall()


def promoted(question: Asked) -> list[PromotedResult]:
    """What staff want to stand above the results of this question."""
    by_key = pagecache.shared("promoted", lambda: [(set(one.keys), one) for one in PromotedResult.objects.all()])
    return [one for keys, one in by_key if question.key[:200] in keys][:3]


def results(page, question: Asked) -> list[Result]:
    """The hits of one page, each with its object and a passage around what was sought."""
    found = {
        "article": Article.objects.public().select_related("category"),
        "page": Page.objects.public(),
        "office": Office.objects.public().prefetch_related("hotlines"),
    }
    by_kind = {
        kind: things.defer("title_words", "text_words").in_bulk([hit.ref for hit in page if hit.kind == kind])
        for kind, things in found.items()
    }
    shown = [(hit.kind, by_kind[hit.kind].get(hit.ref)) for hit in page]
    return [Result(kind, item, passage(kind, item, question.sought)) for kind, item in shown if item is not None]


def passage(kind, item, sought: lexemes.Sought) -> str:
    """Some lines of `item` with what is sought in view."""
    whole = {
        "article": lambda: f"{item.lead} {tokens.spoken(html.plain(item.body))}",
        "page": lambda: tokens.spoken(html.plain(item.body)),
        "office": lambda: " · ".join(
            filter(None, [item.address, *(f"{n.purpose}: {n.number}" for n in item.hotlines.all())])
        ),
    }
    return lexemes.around(whole[kind](), sought)
