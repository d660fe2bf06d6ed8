"""The lunar calendar of Việt Nam (UTC+7), where it agrees with the Chinese one and where it does not."""

from datetime import date, timedelta

import pytest

from portal.lib.lunar import LunarDay, lunar, year_name


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2025, 1, 20), "21 tháng Chạp năm Giáp Thìn"),
        (date(2025, 1, 28), "29 tháng Chạp năm Giáp Thìn"),
        (date(2025, 1, 29), "1 tháng Giêng năm Ất Tỵ"),
        (date(2025, 2, 12), "15 tháng Giêng năm Ất Tỵ"),
        (date(2025, 4, 7), "10 tháng 3 năm Ất Tỵ"),
        (date(2025, 7, 25), "1 tháng 6 nhuận năm Ất Tỵ"),
        (date(2025, 8, 22), "29 tháng 6 nhuận năm Ất Tỵ"),
        (date(2025, 8, 23), "1 tháng 7 năm Ất Tỵ"),
        (date(2023, 3, 22), "1 tháng 2 nhuận năm Quý Mão"),
        (date(2033, 12, 22), "1 tháng 11 nhuận năm Quý Sửu"),
        (date(2020, 5, 23), "1 tháng 4 nhuận năm Canh Tý"),
    ],
)
def test_a_day_is_told_by_the_moon(day, told):
    assert str(lunar(day)) == told


@pytest.mark.parametrize(
    ("year", "day", "month"),
    [
        (1968, 29, 1), (1969, 16, 2), (1975, 11, 2), (1976, 31, 1), (1985, 21, 1), (1990, 27, 1), (1995, 31, 1),
        (2000, 5, 2), (2001, 24, 1), (2005, 9, 2), (2007, 17, 2), (2008, 7, 2), (2010, 14, 2), (2015, 19, 2),
        (2017, 28, 1), (2018, 16, 2), (2019, 5, 2), (2020, 25, 1), (2021, 12, 2), (2022, 1, 2), (2023, 22, 1),
        (2024, 10, 2), (2025, 29, 1), (2026, 17, 2), (2027, 6, 2), (2028, 26, 1), (2029, 13, 2), (2030, 2, 2),
        (2031, 23, 1), (2032, 11, 2), (2033, 31, 1), (2034, 19, 2), (2035, 8, 2),
    ],
)  # fmt: skip
def test_tet_is_on_its_day(year, day, month):
    """1968, 1969, 1985, 2007 and 2030 differ from the Chinese new year."""
    assert lunar(date(year, month, day)) == LunarDay(1, 1, year)


def test_every_day_follows_the_day_before_and_leap_months_are_those_of_the_almanac():
    day, before = date(1968, 1, 2), lunar(date(1968, 1, 1))
    leaps = {}
    while day < date(2100, 12, 31):
        now = lunar(day)
        same_month = (now.month, now.year, now.is_leap) == (before.month, before.year, before.is_leap)
        assert now.day == before.day + 1 if same_month else (now.day == 1 and before.day in (29, 30))
        if now.is_leap:
            leaps[now.year] = now.month
        before = now
        day += timedelta(1)
    assert {year: leaps.get(year) for year in range(2004, 2034)} == dict.fromkeys(range(2004, 2034)) | {
        2004: 2, 2006: 7, 2009: 5, 2012: 4, 2014: 9, 2017: 6, 2020: 4, 2023: 2, 2025: 6, 2028: 5, 2031: 3, 2033: 11,
    }  # fmt: skip


def test_years_have_their_names():
    assert [year_name(year) for year in (1945, 1968, 1984, 2000, 2024, 2025, 2026)] == [
        "Ất Dậu", "Mậu Thân", "Giáp Tý", "Canh Thìn", "Giáp Thìn", "Ất Tỵ", "Bính Ngọ"
    ]  # fmt: skip


@pytest.mark.parametrize("day", [date(1967, 12, 31), date(2101, 1, 1), date(1, 1, 1)])
def test_other_times_are_not_computed(day):
    with pytest.raises(ValueError, match="computed for"):
        lunar(day)
    assert LunarDay(1, 1, 2025).month_name == "tháng Giêng"
