"""The numbers on the pages: what the counters and "Lượt xem" show, and the live holes they fill."""

import itertools
import threading
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Sum
from django.utils import timezone
from django.utils.formats import number_format

from portal.lib import clock, live
from stats.counting import ONLINE
from stats.models import PERIODS, VISIT, Adjustment, DailyCount, OpeningBalance, Recent

KEPT_VIEWS = 10_000  # articles whose views are kept fresh in memory
REBASED = timedelta(minutes=10)

# What was counted before `_base_day`, of articles whose views stand in holes and of visits by period. Later days are
# read at every beat.
_bases: dict[str, int] = {}
_visits_before: dict[str, int] = {}
_base_day: date | None = None
_based_at: datetime | None = None
_refreshing = threading.Lock()


def visits(at: datetime | None = None) -> dict[str, int]:
    """{"online", "day", "week", "month", "year", "total"}: people here now, visits in the calendar periods and ever."""
    at = at or timezone.now()
    return _visits(at, sum_visits(clock.local_day(at)))


def sum_visits(day: date, before: date = date.max) -> dict[str, int]:
    """{period: visits in it, up to `day`}: balances, corrections, and the daily counts of the days before `before`."""
    counted = DailyCount.objects.filter(day__lt=before)
    parts = [rows.visits(day) for rows in (OpeningBalance.objects, Adjustment.objects, counted)]
    return {name: sum(part[name] for part in parts) for name in parts[0]}


def _visits(at: datetime, sums: dict[str, int]) -> dict[str, int]:
    recent = Recent.objects.filter(key=VISIT, seen_at__gt=at - ONLINE, seen_at__lte=at)
    return {"online": recent.count(), **{name: max(0, n) for name, n in sums.items()}}


# Asked for every page that is built: the ORM would need longer to write this than PostgreSQL to answer it.
VIEWS = """
SELECT key, sum(n) FROM (
    SELECT key, n FROM stats_dailycount WHERE key = ANY(%(keys)s) AND day < %(before)s
    UNION ALL SELECT key, n FROM stats_adjustment WHERE key = ANY(%(keys)s)
    UNION ALL SELECT key, total FROM stats_openingbalance WHERE key = ANY(%(keys)s)
) AS parts GROUP BY key
"""


def views(keys: list[str], before: date = date.max) -> dict[str, int]:
    """{key: its opening balance, its corrections and its days before `before`}; 0 for the never seen. One query."""
    with connection.cursor() as cursor:
        cursor.execute(VIEWS, {"keys": keys, "before": before})
        return {**dict.fromkeys(keys, 0), **{key: max(0, int(n)) for key, n in cursor.fetchall()}}


class Day(NamedTuple):
    """A day of a counter: what was counted, and what corrections of that day add or take."""

    day: date
    counted: int
    corrected: int

    @property
    def n(self) -> int:
        return self.counted + self.corrected


def series(key: str, first: date, last: date) -> list[Day]:
    """Every day from `first` to `last`, oldest first; days without counts are 0. Two queries."""
    days = {"key": key, "day__range": (first, last)}
    counted = dict(DailyCount.objects.filter(**days).values_list("day", "n"))
    corrected = dict(Adjustment.objects.filter(**days).order_by().values_list("day").annotate(Sum("n")))
    dates = (first + timedelta(days=i) for i in range((last - first).days + 1))
    return [Day(day, counted.get(day, 0), corrected.get(day, 0)) for day in dates]


def last_days(count: int, at: datetime | None = None) -> list[tuple[date, int]]:
    """(day, visits with their corrections) of the last `count` days that are over, oldest first."""
    today = clock.local_day(at)
    days = series(VISIT, today - timedelta(days=count), today - timedelta(days=1))
    return [(day.day, day.n) for day in days]


def chart(days: list[tuple[date, int]]) -> dict[str, Any]:
    """Geometry of a bar chart of `days` (as `last_days` returns them) in SVG units, for stats/_chart.html."""
    width, height, left, top, right, bottom = 720, 260, 64, 12, 16, 28
    room, step = height - top - bottom, (width - left - right) / max(1, len(days))
    highest = _round_above(max((n for _, n in days), default=0))
    named = max(5, -(-len(days) // 12))  # every so many days stands a name: there is room for a dozen
    bars = [
        {
            "day": day,
            "label": grouped(n),
            "x": round(left + i * step + step * 0.12, 1),
            "y": round(height - bottom - room * max(0, n) / highest, 1),
            "height": round(room * max(0, n) / highest, 1),
            "middle": round(left + (i + 0.5) * step, 1),
            "is_named": (len(days) - 1 - i) % named == 0,
        }
        for i, (day, n) in enumerate(days)
    ]
    lines = [{"y": top + room * (4 - i) // 4, "label": grouped(highest * i // 4)} for i in range(5)]
    return {"width": width, "height": height, "left": left, "bar": round(step * 0.76, 1), "bars": bars, "lines": lines}


def _round_above(n: int) -> int:
    """Four times the least of 1, 2, 3, 4, 5, 6, 8, 10, 20, … that reaches `n`: four equal round steps make an axis."""
    steps = (digit * 10**power for power in itertools.count() for digit in (1, 2, 3, 4, 5, 6, 8))
    return next(4 * step for step in steps if 4 * step >= n)


def most_read(first: date, last: date) -> list[tuple[str, int]]:
    """(count key, views with their corrections) of the articles read from `first` to `last`, most first. One query."""
    counted, corrected = (
        rows.objects.filter(key__startswith="article:", day__range=(first, last)).order_by().values_list("key")
        for rows in (DailyCount, Adjustment)
    )
    found: Counter[str] = Counter()
    for key, n in counted.annotate(Sum("n")).union(corrected.annotate(Sum("n")), all=True):
        found[key] += n
    return sorted(((key, n) for key, n in found.items() if n > 0), key=lambda line: (-line[1], line[0]))


def since() -> date | None:
    """The first day on which this portal counted visits."""
    return DailyCount.objects.filter(key=VISIT).order_by("day").values_list("day", flat=True).first()


def grouped(n: int) -> str:
    """14817597 -> "14.817.597"."""
    return number_format(n, use_l10n=True, force_grouping=True)


def hole(key: str) -> str:
    """A live hole with the views of `key`; from now on the beats keep it fresh."""
    if key not in _bases:
        live.tell({key: grouped(views([key])[key])})
        _bases[key] = -1  # the next beat finds its base
    return live.hole(key)


def refresh(at: datetime | None = None) -> None:
    """Reads the counters and the views that stand in holes: called once a beat."""
    at = at or timezone.now()
    today = clock.local_day(at)
    yesterday = today - timedelta(days=1)
    with _refreshing:  # a process' first reader and its first beat may come at once
        if yesterday != _base_day or _based_at is None or at - _based_at > REBASED or -1 in list(_bases.values()):
            _read_bases(today, yesterday, at)
        newer = DailyCount.objects.filter(day__gte=yesterday)
        days = newer.filter(key=VISIT, day__lte=today).values_list("day", "n")
        since = {"total": yesterday, **{period: clock.period_start(period, today) for period in PERIODS}}
        sums = {name: _visits_before[name] + sum(n for day, n in days if day >= first) for name, first in since.items()}
        numbers = _visits(at, sums)
        # Whoever reads the number is here, even when the beat that will count them is still to come.
        numbers["online"] = max(1, numbers["online"])
        live.tell({f"visits.{name}": grouped(n) for name, n in numbers.items()})
        live.tell({"today": clock.long_day(today), "today-en": f"{today:%A, %-d %B %Y}"})
        viewed = dict(newer.values_list("key").annotate(Sum("n")))
        live.tell({key: grouped(base + viewed.get(key, 0)) for key, base in dict(_bases).items() if base >= 0})


def _read_bases(today: date, yesterday: date, at: datetime) -> None:
    """Whoever calls `rebase` meanwhile is heard at the next beat; after an error everything is read again."""
    global _base_day, _based_at
    _base_day, _based_at = None, at
    _visits_before.update(sum_visits(today, before=yesterday))
    _bases.update(views(list(_bases), before=yesterday))
    _base_day = yesterday


def rebase() -> None:
    """The content has changed, perhaps a balance or a correction: the next beat finds all bases anew."""
    global _based_at
    _based_at = None
    if len(_bases) > KEPT_VIEWS:
        forget()


def forget() -> None:
    """Drops the views of articles; what is asked for again is read again."""
    _bases.clear()
    rebase()
    live.forget("article:")
