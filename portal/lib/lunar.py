"""The Vietnamese lunar calendar: months begin on the day of the new moon in UTC+7, month 11 holds the winter solstice.

Computed from the moon and the sun themselves, because the tables of Chinese libraries (UTC+8) are wrong for Tết 1985,
2007 and 2030. Formulae: J. Meeus, Astronomical Algorithms, chapters 25 and 49: good to half a minute for the moon and
eight minutes for the sun, which decides every month since 1968, when UTC+7 became law. In the future one new moon
(15/11/2077, four seconds before midnight) hangs on how fast the earth will turn.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import cos, floor, radians, sin

STEMS = ("Giáp", "Ất", "Bính", "Đinh", "Mậu", "Kỷ", "Canh", "Tân", "Nhâm", "Quý")
BRANCHES = ("Tý", "Sửu", "Dần", "Mão", "Thìn", "Tỵ", "Ngọ", "Mùi", "Thân", "Dậu", "Tuất", "Hợi")
_MONTHS = {1: "Giêng", 12: "Chạp"}
_EPOCH = date(2000, 1, 1)
_EPOCH_JD = 2451544.5 - 7 / 24  # when that day began in Việt Nam
_MONTH_LENGTH = 29.530588861
FIRST_YEAR, LAST_YEAR = 1968, 2100

# New moon: factor in days, power of E, then the multiples of M (sun), M' (moon), F and Ω whose sine is taken.
_NEW_MOON = [
    *((-0.40720, 0, 0, 1, 0, 0), (0.17241, 1, 1, 0, 0, 0), (0.01608, 0, 0, 2, 0, 0), (0.01039, 0, 0, 0, 2, 0)),
    *((0.00739, 1, -1, 1, 0, 0), (-0.00514, 1, 1, 1, 0, 0), (0.00208, 2, 2, 0, 0, 0), (-0.00111, 0, 0, 1, -2, 0)),
    *((-0.00057, 0, 0, 1, 2, 0), (0.00056, 1, 1, 2, 0, 0), (-0.00042, 0, 0, 3, 0, 0), (0.00042, 1, 1, 0, 2, 0)),
    *((0.00038, 1, 1, 0, -2, 0), (-0.00024, 1, -1, 2, 0, 0), (-0.00017, 0, 0, 0, 0, 1), (-0.00007, 0, 2, 1, 0, 0)),
    *((0.00004, 0, 0, 2, -2, 0), (0.00004, 0, 3, 0, 0, 0), (0.00003, 0, 1, 1, -2, 0), (0.00003, 0, 0, 2, 2, 0)),
    *((-0.00003, 0, 1, 1, 2, 0), (0.00003, 0, -1, 1, 2, 0), (-0.00002, 0, -1, 1, -2, 0), (-0.00002, 0, 1, 3, 0, 0)),
    (0.00002, 0, 0, 4, 0, 0),
]
# The planets: factor in days, angle at k = 0, its growth with k.
_PLANETS = [
    *((0.000325, 299.77, 0.107408), (0.000165, 251.88, 0.016321), (0.000164, 251.83, 26.651886)),
    *((0.000126, 349.42, 36.412478), (0.000110, 84.66, 18.206239), (0.000062, 141.74, 53.303771)),
    *((0.000060, 207.14, 2.453732), (0.000056, 154.84, 7.306860), (0.000047, 34.52, 27.261239)),
    *((0.000042, 207.19, 0.121824), (0.000040, 291.34, 1.844379), (0.000037, 161.72, 24.198154)),
    *((0.000035, 239.56, 25.513099), (0.000023, 331.55, 3.592518)),
]
# Seconds by which the earth's clock is behind the planets', each twentieth year from 1900; the future is an estimate.
_DELAY = (-3, 21, 24, 33, 51, 64, 72, 85, 110, 150, 203)


@dataclass(frozen=True)
class LunarDay:
    """A day of the lunar calendar; `year` is the solar year in which that lunar year began."""

    day: int
    month: int
    year: int
    is_leap: bool = False

    def __str__(self) -> str:
        """ "21 tháng Chạp năm Giáp Thìn" """
        return f"{self.day} {self.month_name} năm {year_name(self.year)}"

    @property
    def month_name(self) -> str:
        """ "tháng Giêng", "tháng 6 nhuận", "tháng Chạp" """
        return f"tháng {_MONTHS.get(self.month, self.month)}{' nhuận' if self.is_leap else ''}"


def year_name(year: int) -> str:
    """The name of the lunar year that begins in the solar `year`: year_name(2025) == "Ất Tỵ"."""
    return f"{STEMS[(year - 4) % 10]} {BRANCHES[(year - 4) % 12]}"


def lunar(day: date) -> LunarDay:
    """The lunar day of `day`. ValueError outside 1968 to 2100."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"The lunar calendar is computed for {FIRST_YEAR} to {LAST_YEAR}.")
    number = (day - _EPOCH).days
    for months in (_months(day.year), _months(day.year + 1)):
        for first, month, is_leap in reversed(months):
            if first <= number < months[-1][0]:
                year = day.year - (month >= 11 and day.month <= 2)
                return LunarDay(number - first + 1, month, year, is_leap)
    raise AssertionError("two winters hold the whole year")


@lru_cache(maxsize=512)
def _months(year: int) -> list[tuple[int, int, bool]]:
    """(first day, number, is it leap) of the months from month 11 of the year before to that of `year`, both included."""
    begin, end = _winter_month(year - 1), _winter_month(year)
    count = round((_new_moon_day(end) - _new_moon_day(begin)) / _MONTH_LENGTH)
    leap = _leap_place(begin) if count == 13 else None
    return list(_numbered(begin, count, leap))


def _numbered(begin: int, count: int, leap: int | None) -> Iterator[tuple[int, int, bool]]:
    number = 10
    for place in range(count + 1):
        number += place != leap
        yield _new_moon_day(begin + place), (number - 1) % 12 + 1, place == leap


def _leap_place(begin: int) -> int:
    """Which month after the winter month is the first in which the sun enters no new sign."""
    signs = [_sign(_new_moon_day(begin + place)) for place in range(15)]
    return next(place for place in range(1, 14) if signs[place] == signs[place + 1])


def _winter_month(year: int) -> int:
    """The number of the new moon whose month holds the winter solstice of `year`."""
    last = (date(year, 12, 31) - _EPOCH).days
    k = floor((last - 5) / _MONTH_LENGTH) + 1
    while _new_moon_day(k) > last or _sign(_new_moon_day(k)) >= 9:
        k -= 1
    return k


def _sign(number: int) -> int:
    """In which twelfth of its way the sun stands when day `number` begins; the ninth begins with the winter solstice."""
    return floor(_sun(_EPOCH_JD + number) / 30)


@lru_cache(maxsize=4096)
def _new_moon_day(k: int) -> int:
    """The day, counted from 01/01/2000, on which new moon number `k` (0: January 2000) falls in Việt Nam."""
    return floor(_new_moon(k) - _EPOCH_JD)


def _new_moon(k: int) -> float:
    """The Julian date, universal time, of new moon number `k`."""
    t = k / 1236.85
    e = 1 - 0.002516 * t - 0.0000074 * t**2
    angles = (
        2.5534 + 29.10535670 * k - 0.0000014 * t**2,
        201.5643 + 385.81693528 * k + 0.0107582 * t**2 + 0.00001238 * t**3,
        160.7108 + 390.67050284 * k - 0.0016118 * t**2 - 0.00000227 * t**3,
        124.7746 - 1.56375588 * k + 0.0020672 * t**2,
    )
    at = 2451550.09766 + _MONTH_LENGTH * k + 0.00015437 * t**2 - 0.000000150 * t**3
    for factor, power, *multiples in _NEW_MOON:
        angle = sum(n * a for n, a in zip(multiples, angles, strict=True))
        at += factor * e**power * sin(radians(angle))
    at += sum(factor * sin(radians(start + growth * k)) for factor, start, growth in _PLANETS)
    return at - _delay(at)


def _sun(at: float) -> float:
    """The apparent longitude of the sun in degrees at the Julian date `at`, universal time."""
    t = (at + _delay(at) - 2451545.0) / 36525
    m = radians(357.52911 + 35999.05029 * t - 0.0001537 * t**2)
    centre = (
        (1.914602 - 0.004817 * t - 0.000014 * t**2) * sin(m)
        + (0.019993 - 0.000101 * t) * sin(2 * m)
        + 0.000289 * sin(3 * m)
    )
    since_1900 = t + 1
    disturbed = (
        0.00134 * cos(radians(153.23 + 22518.7541 * since_1900))
        + 0.00154 * cos(radians(216.57 + 45037.5082 * since_1900))
        + 0.00200 * cos(radians(312.69 + 32964.3577 * since_1900))
        + 0.00179 * sin(radians(350.74 + 445267.1142 * since_1900))
        + 0.00178 * sin(radians(231.19 + 20.20 * since_1900))
    )
    seen = -0.00569 - 0.00478 * sin(radians(125.04 - 1934.136 * t))
    return (280.46646 + 36000.76983 * t + 0.0003032 * t**2 + centre + disturbed + seen) % 360


def _delay(at: float) -> float:
    """Days by which universal time is behind the uniform time of the formulae."""
    place = min(max((at - 2415020.5) / 7305, 0), 9.999)
    before = floor(place)
    return (_DELAY[before] + (place - before) * (_DELAY[before + 1] - _DELAY[before])) / 86400
