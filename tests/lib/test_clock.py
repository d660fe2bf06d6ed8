from datetime import UTC, date, datetime

import pytest

from portal.lib import clock


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2025, 1, 21, 16, 59, 59, tzinfo=UTC), date(2025, 1, 21)),
        (datetime(2025, 1, 21, 17, 0, 0, tzinfo=UTC), date(2025, 1, 22)),
    ],
)
def test_the_day_begins_at_midnight_in_viet_nam(moment, day):
    assert clock.local_day(moment) == day


@pytest.mark.parametrize(
    ("period", "start"),
    [
        ("day", date(2025, 1, 22)),
        ("week", date(2025, 1, 20)),
        ("month", date(2025, 1, 1)),
        ("year", date(2025, 1, 1)),
    ],
)
def test_periods_are_those_of_the_calendar(period, start):
    assert clock.period_start(period, date(2025, 1, 22)) == start


def test_the_long_day():
    assert clock.long_day(date(2025, 1, 22)) == "Thứ Tư, ngày 22/01/2025"
