"""The front page of the desk: what waits for this person, what comes and goes by itself, what citizens read."""

from datetime import timedelta

from django.db.models import Case, CharField, Count, F, OuterRef, Q, Subquery, Value, When, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from news.models import Article, Category, Correction
from news.rights import visible_to
from portal.lib import clock
from stats import figures

SHOWN = 5  # articles in a card; the link below leads to all
SOON = timedelta(days=7)
DAYS = 30
State = Article.State
_OWN = [State.RETURNED, State.DRAFT, State.WAITING]


def shown_to(user, at=None):
    """What the page shows `user` at the moment `at`."""
    at = at or timezone.now()
    cards = [*_work(user), *_clockwork(user, at), *_faults(user, at)] if user.has_module_perms("news") else []
    return {
        "cards": [card for card in cards if card["articles"]],
        "tiles": [card for card in cards if card["is_tile"]],
        "most_read": _most_read(clock.local_day(at)),
        "visits": _sparkline(figures.last_days(DAYS, at)),
    }


def _card(name, title, articles, address="", is_tile=False):
    """A list with its heading; `total` counts those that it has no room for, too."""
    total = articles[0].total if articles else 0
    return {"name": name, "title": title, "articles": articles, "total": total, "address": address, "is_tile": is_tile}


def _first(articles, *order, each="state"):
    """The first articles of each kind, each knowing by `.total` how many its kind has; one query."""
    kinds = articles.annotate(
        total=Window(Count("pk"), partition_by=F(each)), place=Window(RowNumber(), partition_by=F(each), order_by=order)
    )
    found = kinds.filter(place__lte=SHOWN).select_related("category", "updated_by").order_by("place")
    return found.defer("lead", "body", "title_words", "text_words")


def _work(user):
    """What this person has to do: approve, mend, go on writing; and what of theirs waits for others."""
    own = Q(created_by=user) | Q(submitted_by=user)
    mine = list(_first(Article.objects.filter(own), F("updated_at").desc()).filter(state__in=_OWN))
    queue = Article.objects.waiting_for(user).order_by()
    waiting = list(_first(queue, "submitted_at")) if user.has_perm("news.publish_article") else []
    listed = reverse("admin:news_article_changelist") + "?whose=mine&state="
    parts = {state: [article for article in mine if article.state == state] for state in _OWN}
    return [
        *(
            [_card("queue", _("Waiting for me"), waiting, reverse("admin:news_article_queue"), is_tile=True)]
            if user.has_perm("news.publish_article")
            else []
        ),
        _card("returned", _("Returned to me"), parts[State.RETURNED], f"{listed}returned", is_tile=True),
        _card("draft", _("My drafts"), parts[State.DRAFT], f"{listed}draft", is_tile=True),
        _card("waiting", _("Sent by me, not yet decided"), parts[State.WAITING], f"{listed}waiting"),
    ]


def _clockwork(user, at):
    """What appears and what expires by itself."""
    scheduled = Q(published_at__gt=at)
    expiring = Q(expires_at__gt=at, expires_at__lte=at + SOON)
    kind = Case(When(scheduled, then=Value("scheduled")), default=Value("expiring"), output_field=CharField())
    published = visible_to(user, Article.objects.filter(scheduled | expiring, state=State.PUBLISHED))
    moment = Case(When(scheduled, then=F("published_at")), default=F("expires_at"))
    found = list(_first(published.annotate(kind=kind, moment=moment), "moment", each="kind"))
    parts = {name: [article for article in found if article.kind == name] for name in ("scheduled", "expiring")}
    listed = reverse("admin:news_article_changelist") + "?state="
    return [
        _card("scheduled", _("Scheduled"), parts["scheduled"], f"{listed}scheduled", is_tile=True),
        _card("expiring", _("Expiring within 7 days"), parts["expiring"], is_tile=True),
    ]


def _faults(user, at):
    """What citizens had to be told was wrong, and what some of them cannot perceive."""
    corrections = Correction.objects.filter(article=OuterRef("pk"), at__gt=at - timedelta(days=DAYS)).order_by("-at")
    told = visible_to(user, Article.objects.filter(corrections__at__gt=at - timedelta(days=DAYS)).distinct())
    corrected = Article.objects.filter(pk__in=told.values("pk")).annotate(
        kind=Value("corrected", output_field=CharField()), moment=Subquery(corrections.values("at")[:1])
    )
    speechless = visible_to(user, Article.objects.without_alt().exclude(state=State.WITHDRAWN))
    all_alike = speechless.annotate(kind=Value("alt", output_field=CharField()))
    return [
        _card(
            "corrected",
            _("Corrected of late"),
            list(_first(corrected, F("moment").desc(), each="kind")),
            reverse("admin:news_correction_changelist") if user.has_perm("news.view_correction") else "",
        ),
        _card("alt", _("Pictures that say nothing to the blind"), list(_first(all_alike, "-pk", each="kind"))),
    ]


def _most_read(today):
    """(article, views) of the last seven days, most first, of what citizens can read now."""
    counted = figures.most_read(today - timedelta(days=6), today)[: 4 * SHOWN]
    public = Article.objects.public().only("title", "category").by_count_key([key for key, _n in counted])
    tree = Category.tree()
    for article in public.values():
        article.category = tree.get(article.category_id) or article.category
    return [(public[key], n) for key, n in counted if key in public][:SHOWN]


def _sparkline(days, width=320, height=72):
    """A line of the visits of `days` in SVG units, with its figures in words."""
    visits = [n for _day, n in days]
    top, step = max(visits, default=0) or 1, width / max(1, len(visits) - 1)
    points = [f"{i * step:.1f},{4 + (height - 8) * (1 - max(0, n) / top):.1f}" for i, n in enumerate(visits)]
    best = max(days, key=lambda day: day[1])
    return {
        "points": " ".join(points),
        "area": f"0,{height} {' '.join(points)} {width},{height}",
        "width": width,
        "height": height,
        "total": sum(visits),
        "yesterday": visits[-1],
        "best": best,
    }
