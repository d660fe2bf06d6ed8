"""The numbers on the pages: what the counters and "Lượt xem" show, and the live holes they fill."""

from datetime import date, datetime, timedelta

from django.db.models import Sum
from django.utils import timezone
from django.utils.formats import number_format

from portal.lib import clock, live
from stats.counting import ONLINE
from stats.models import VISIT, DailyCount, OpeningBalance, Recent

REBASED = timedelta(minutes=10)

# Views of articles that stand in holes: what was counted before `_base_day`. Later days are read at every beat.
_bases: dict[str, int] = {}
_base_day: date | None = None
_based_at: datetime | None = None


def visits(at: datetime | None = None) -> dict[str, int]:
    """{"online", "day", "week", "month", "year", "total"}: people here now, visits in the calendar periods and ever."""
    at = at or timezone.now()
    day = clock.local_day(at)
    opening = OpeningBalance.objects.visits(day)
    counted = DailyCount.objects.visits(day)
    recent = Recent.objects.filter(key=VISIT, seen_at__gt=at - ONLINE, seen_at__lte=at)
    return {"online": recent.count(), **{name: opening[name] + n for name, n in counted.items()}}


def views(keys: list[str]) -> dict[str, int]:
    """{key: views ever}: opening balance and all days; 0 for what was never seen."""
    opening, counted = OpeningBalance.objects.totals(keys), DailyCount.objects.totals(keys)
    return {key: opening.get(key, 0) + counted.get(key, 0) for key in keys}


def last_days(count: int, at: datetime | None = None) -> list[tuple[date, int]]:
    """(day, visits) of the last `count` days that are over, oldest first; days without visits are 0."""
    today = clock.local_day(at)
    first = today - timedelta(days=count)
    counted = dict(DailyCount.objects.filter(key=VISIT, day__gte=first, day__lt=today).values_list("day", "n"))
    return [(day, counted.get(day, 0)) for day in (first + timedelta(days=i) for i in range(count))]


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
    global _base_day, _based_at
    at = at or timezone.now()
    numbers = visits(at)
    # Whoever reads the number is here, even when the beat that will count them is still to come.
    numbers["online"] = max(1, numbers["online"])
    live.tell({f"visits.{name}": grouped(n) for name, n in numbers.items()})
    live.tell({"today": clock.long_day(clock.local_day(at))})
    yesterday = clock.local_day(at) - timedelta(days=1)
    if yesterday != _base_day or _based_at is None or at - _based_at > REBASED or -1 in list(_bases.values()):
        _base_day, _based_at = yesterday, at
        keys = list(_bases)
        older = DailyCount.objects.filter(day__lt=yesterday).totals(keys)
        opening = OpeningBalance.objects.totals(keys)
        _bases.update({key: opening.get(key, 0) + older.get(key, 0) for key in keys})
    newer = dict(DailyCount.objects.filter(day__gte=yesterday).values_list("key").annotate(Sum("n")))
    live.tell({key: grouped(base + newer.get(key, 0)) for key, base in dict(_bases).items() if base >= 0})


def forget() -> None:
    """Drops the views of articles: the pages that showed them are gone."""
    _bases.clear()
    live.forget("article:")
