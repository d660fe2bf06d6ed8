"""The numbers that the counters show."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import F

from portal.lib import clock, live
from stats import counting, figures
from stats.models import VISIT, DailyCount, OpeningBalance
from tests.stats.test_counting import see

pytestmark = pytest.mark.django_db
OLD_PORTAL = {"total": 14817597, "year": 453979, "month": 453979, "week": 122460}


def opening(**fields):
    return OpeningBalance.objects.create(
        **{"key": VISIT, "as_of": date(2025, 1, 22), "source": "cổng cũ", **OLD_PORTAL, **fields}
    )


def day_count(day, n, key=VISIT):
    DailyCount.objects.create(day=day, key=key, n=n)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        # the Wednesday of the balance, its Sunday, the week after, the month after, the year after
        (datetime(2025, 1, 22, 10, tzinfo=UTC), {"week": 122460, "month": 453979, "year": 453979, "total": 14817597}),
        (datetime(2025, 1, 26, 10, tzinfo=UTC), {"week": 122460, "month": 453979, "year": 453979, "total": 14817597}),
        (datetime(2025, 1, 27, 10, tzinfo=UTC), {"week": 0, "month": 453979, "year": 453979, "total": 14817597}),
        (datetime(2025, 2, 3, 10, tzinfo=UTC), {"week": 0, "month": 0, "year": 453979, "total": 14817597}),
        (datetime(2026, 1, 22, 10, tzinfo=UTC), {"week": 0, "month": 0, "year": 0, "total": 14817597}),
    ],
)
def test_an_opening_balance_belongs_to_the_periods_of_its_day(at, expected):
    opening()
    assert figures.visits(at) == {"online": 0, "day": 0, **expected}


def test_periods_are_sums_of_days_and_the_week_may_exceed_the_month():
    for day, n in [(date(2026, 2, 28), 5), (date(2026, 3, 1), 7), (date(2026, 2, 23), 11), (date(2025, 12, 31), 13)]:
        day_count(day, n)
    assert figures.visits(datetime(2026, 3, 1, 3, tzinfo=UTC)) == {
        "online": 0,
        "day": 7,
        "week": 23,
        "month": 7,
        "year": 23,
        "total": 36,
    }


def test_online_is_who_was_seen_in_the_last_five_minutes():
    now = datetime(2026, 3, 4, 5, tzinfo=UTC)
    see(0, address="203.0.113.1")
    see(4, address="203.0.113.2")
    counting.flush()
    assert figures.visits(now + timedelta(minutes=4))["online"] == 2
    assert figures.visits(now + timedelta(minutes=5))["online"] == 1
    assert figures.visits(now + timedelta(minutes=9))["online"] == 0


def test_views_of_an_article_begin_with_its_opening_balance():
    opening(key="article:7", total=40, year=0, month=0, week=0)
    day_count(date(2026, 3, 3), 2, "article:7")
    assert figures.views(["article:7", "article:8"]) == {"article:7": 42, "article:8": 0}


def test_a_hole_is_kept_fresh_by_the_beats():
    now = datetime(2026, 3, 4, 5, tzinfo=UTC)
    opening(key="article:7", total=1234, year=0, month=0, week=0)
    day_count(date(2026, 1, 1), 1, "article:7")
    page = figures.hole("article:7").encode()
    assert live.fill(page) == b"1.235"
    for minutes in (1, 35):
        see(minutes, "article:7")
        counting.flush()
        figures.refresh(now + timedelta(minutes=minutes))
    assert live.fill(page) == b"1.237"


def test_a_count_of_yesterday_that_comes_late_is_seen():
    see(-12 * 60 - 1, "article:7")  # 23:59 the day before
    page = figures.hole("article:7").encode()
    figures.refresh(datetime(2026, 3, 4, 5, tzinfo=UTC))
    counting.flush()
    figures.refresh(datetime(2026, 3, 4, 5, tzinfo=UTC))
    assert live.fill(page) == b"1"


def test_the_last_days_have_no_gaps():
    day_count(date(2026, 3, 2), 5)
    assert figures.last_days(3, datetime(2026, 3, 4, 5, tzinfo=UTC)) == [
        (date(2026, 3, 1), 0),
        (date(2026, 3, 2), 5),
        (date(2026, 3, 3), 0),
    ]


def test_the_counters_between_two_readings_of_the_past_are_the_sums_of_the_rows():
    """The beat reads only the newest days; over the ends of a week, a month and a year it shows what the rows say."""
    opening(as_of=date(2025, 12, 30))
    for hours in range(0, 9 * 24, 6):
        at = datetime(2025, 12, 29, tzinfo=UTC) + timedelta(hours=hours)
        figures.refresh(at)
        today = DailyCount.objects.get_or_create(day=clock.local_day(at), key=VISIT, defaults={"n": 1000})[0]
        DailyCount.objects.filter(pk=today.pk).update(n=F("n") + 1)
        figures.refresh(at + timedelta(minutes=1))
        expected = figures.visits(at + timedelta(minutes=1))
        assert {name: live.number(f"visits.{name}".encode()).decode() for name in expected} == {
            name: figures.grouped(max(n, 1) if name == "online" else n) for name, n in expected.items()
        }


@pytest.mark.django_db(transaction=True)
def test_the_first_reader_and_the_first_beat_may_come_at_once():
    def read():
        try:
            figures.refresh()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert [future.exception() for future in [pool.submit(read) for _ in range(16)]] == [None] * 16


def test_after_a_failed_reading_everything_is_read_again(monkeypatch):
    day_count(date(2026, 3, 1), 5)
    with monkeypatch.context() as broken:
        broken.setattr(figures, "views", lambda *args, **kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            figures.refresh(datetime(2026, 3, 4, tzinfo=UTC))
    figures.refresh(datetime(2026, 3, 4, 0, 0, 1, tzinfo=UTC))
    assert live.number(b"visits.total") == b"5"
