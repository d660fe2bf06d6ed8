"""Days that do not exist, weekdays and lunar days that are not those of the day beside them."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext_lazy as _

from news.checking.finding import Finding
from portal.lib import clock, lunar

_NAMED_MONTHS = {
    name: number
    for number, names in enumerate(
        ["giêng", "hai", "ba", "tư bốn", "năm", "sáu", "bảy bẩy", "tám", "chín", "mười", "một", "chạp"], start=1
    )
    for name in names.split()
}
_DAY = (
    r"(?<![\d/.,-])(?:(?P<d{n}>\d{{1,2}})(?P<s{n}>[/.-])(?P<m{n}>\d{{1,2}})(?:(?P=s{n})(?P<y{n}>\d{{4}}))?(?![\d/]|[.,-]\d)"
    r"|(?P<wd{n}>\d{{1,2}})\s+tháng\s+(?P<wm{n}>\d{{1,2}})(?!\d)(?:(?:\s+năm\s+|/)(?P<wy{n}>\d{{4}})(?!\d))?)"
)
_LUNAR_MARK = r"\s*(?:nhuận|âm lịch|âl\b|năm\s+(?:{})\b)".format("|".join(lunar.STEMS).lower())
_LONG = re.compile(_DAY.format(n=""), re.IGNORECASE)
_BAD_YEAR = re.compile(r"(?<![\w/.,-])(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])/(?:\d{3}|\d{5,6})(?![\d/])")
_SAYS_DAY = re.compile(r"\b(?:ngày|hôm nay|đến|từ|sáng|trưa|chiều|tối|đêm)\s+\(?$", re.IGNORECASE)
_LUNAR_BEFORE = re.compile(r"\b(?:tức|nhằm|mùng|mồng|rằm|âm lịch)\b[^.;\d]{0,20}$", re.IGNORECASE)
_LUNAR_AFTER = re.compile(_LUNAR_MARK, re.IGNORECASE)

_WEEKDAY = r"(?:thứ\s+(?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|chủ\s+nhật|(?-i:T[2-7]|CN))"
_WEEKDAYS = {"hai": 0, "ba": 1, "tư": 2, "năm": 3, "sáu": 4, "bảy": 5, "bẩy": 5, "nhật": 6, "cn": 6}
_WEEKDAYS |= {f"{short}{n}": n - 2 for n in range(2, 8) for short in ("", "t")}
_WEEKDAY_FIRST = re.compile(
    rf"\b(?P<weekday>{_WEEKDAY})\s*(?:[,–-]\s*)?\(?\s*(?:ngày\s+)?{_DAY.format(n='')}", re.IGNORECASE
)
_WEEKDAY_LAST = re.compile(
    rf"{_DAY.format(n='')}\s*(?:\(\s*(?P<inside>{_WEEKDAY})\s*\)|,\s*(?P<weekday>{_WEEKDAY})(?=\s*(?:[.;)]|$)))",
    re.IGNORECASE | re.MULTILINE,
)
_ORDINAL = re.compile(
    r"\b(?:lần|kỳ họp|họp|hội nghị|đại hội|khóa|khoá|phiên|quý|ngày|năm|tuần|tháng|hạng|đứng|loại|người|bước|vòng|số|đến"
    r"|đợt|tập|cấp|tòa|toà|nhà|lô|tầng|phòng|cổng|ga|nhóm|mẫu|dòng)\s+$|[-–]\s*$",
    re.IGNORECASE,
)
_YEAR_AND_NAME = re.compile(
    rf"\b(?P<name>(?P<stem>{'|'.join(lunar.STEMS)}|Quí|Kỉ)\s+(?P<branch>{'|'.join(lunar.BRANCHES)}|Tị))\b"
    r"(?:\s*[-–(,]?\s*(?:năm\s+)?(?P<year>(?:19|20)\d{2})\b(?!/))?"
)
_SAYS_YEAR = re.compile(r"\b(?:năm|Tết|Xuân|xuân|đán|tuổi)\s+$")

_NAMED_DAYS = {"một": 1, "mười": 10} | {name: n for name, n in _NAMED_MONTHS.items() if 2 <= n <= 9}
_LUNAR_DAY = (
    rf"(?:(?P<full>rằm)|(?:ngày\s+)?(?P<mung>mùng\s+|mồng\s+)(?P<nd>{'|'.join(_NAMED_DAYS)})"
    r"|(?:ngày\s+)?(?P<digits>mùng\s+|mồng\s+)?(?P<ld>\d{1,2}))"
    rf"(?:\s+tháng\s+(?P<lm>\d{{1,2}}(?!\d)|{'|'.join(_NAMED_MONTHS)}\b)|/(?P<ln>\d{{1,2}})(?![\d/])|\s+(?P<tet>tết)\b)"
    r"(?P<leap>\s+nhuận)?(?P<marked>\s*\(?(?:âm lịch|âl\b))?"
)
_SOLAR_FIRST = re.compile(
    rf"{_DAY.format(n='')}(?:\s+dương lịch)?\s*[,(–-]*\s*(?P<link>tức(?:\s+là)?|nhằm(?:\s+vào)?|trùng(?:\s+vào)?|âm lịch là)?"
    rf"[\s(]*{_LUNAR_DAY}",
    re.IGNORECASE,
)
_LUNAR_FIRST = re.compile(
    rf"(?<![\d/.,]){_LUNAR_DAY}(?:\s+năm\s+[^\W\d]+\s+[^\W\d]+|\s+(?:{'|'.join(lunar.STEMS)})\s+[^\W\d]+)?\s*[,(–-]+\s*(?P<link>tức(?:\s+là)?|nhằm(?:\s+vào)?)?\s*"
    rf"(?:ngày\s+)?{_DAY.format(n='')}",
    re.IGNORECASE,
)


def no_such_day(plain: str) -> Iterator[Finding]:
    """31/02/2025, "ngày 31 tháng 4", a year of three or five digits."""
    reason = _("There is no such day.")
    for match in _LONG.finditer(plain):
        day, month, year = _parts(match)
        before = plain[max(0, match.start() - 40) : match.start()]
        named = bool(_SAYS_DAY.search(before))
        certain = year and (
            match["s"] == "/" or match["wd"] or named or (1900 <= year <= 2100 and day <= 31 and month <= 12)
        )
        without_year = not year and named and 1 <= month <= 12 and day <= 31
        is_lunar = _LUNAR_AFTER.match(plain, match.end()) or (not year and _LUNAR_BEFORE.search(before))
        if (certain or without_year) and not is_lunar and not _exists(day, month, year):
            yield Finding("day", match[0], match.start(), reason, _last_day(month, year))
    for match in _BAD_YEAR.finditer(plain):
        yield Finding("day", match[0], match.start(), reason)


def wrong_weekdays(plain: str, today: date) -> Iterator[Finding]:
    """ "Thứ Ba, ngày 22/01/2025"; a day without its year is the one nearest to `today`."""
    for match in _WEEKDAY_FIRST.finditer(plain):
        if not _ORDINAL.search(plain[max(0, match.start() - 20) : match.start()]):
            yield from _weekday(match, match["weekday"], today)
    for match in _WEEKDAY_LAST.finditer(plain):
        yield from _weekday(match, match["inside"] or match["weekday"], today)


def _weekday(match: re.Match[str], weekday: str, today: date) -> Iterator[Finding]:
    day = _meant(match, today)
    said = _WEEKDAYS[weekday.split()[-1].lower()]
    if day and day.weekday() != said:
        right = clock.WEEKDAYS[day.weekday()]
        yield Finding(
            "weekday", match[0], match.start(), _("The day is not on this day of the week."), f"{right}, {day:%d/%m/%Y}"
        )


def wrong_lunar_days(plain: str, today: date) -> Iterator[Finding]:
    """ "20/01/2025 (tức 20 tháng Chạp)" """
    for match in [*_SOLAR_FIRST.finditer(plain), *_LUNAR_FIRST.finditer(plain)]:
        month_name = (match["lm"] or "").lower()
        is_lunar = (
            match["link"]
            or match["marked"]
            or match["leap"]
            or match["tet"]
            or match["full"]
            or match["mung"]
            or match["digits"]
        )
        day = _meant(match, today)
        if not (is_lunar or month_name in {"giêng", "chạp"}) or not day or day.year < lunar.FIRST_YEAR:
            continue
        right = lunar.lunar(day)
        if _said_lunar(match, right) != (right.day, right.month, right.is_leap):
            reason = _("By the calendar of Việt Nam the lunar day is another one.")
            yield Finding("lunar", match[0], match.start(), reason, f"{day:%d/%m/%Y} = {right}")


def _said_lunar(match: re.Match[str], right: lunar.LunarDay) -> tuple[int, int, bool]:
    day = 15 if match["full"] else int(match["ld"] or _NAMED_DAYS[match["nd"].lower()])
    if match["tet"]:
        month = 12 if day > 20 else 1
    elif match["ln"]:
        month = int(match["ln"])
    else:
        name = match["lm"].lower()
        # "tháng Một" is the eleventh to the old and the first to the young.
        month = right.month if name == "một" and right.month in (1, 11) else int(_NAMED_MONTHS.get(name, name))
    return day, month, bool(match["leap"])


def wrong_year_names(plain: str, today: date) -> Iterator[Finding]:
    """ "Tết Giáp Thìn 2025", and names that no year bears: "năm Giáp Tỵ"."""
    for match in _YEAR_AND_NAME.finditer(plain):
        stem = lunar.STEMS.index({"Quí": "Quý", "Kỉ": "Kỷ"}.get(match["stem"], match["stem"]))
        branch = lunar.BRANCHES.index({"Tị": "Tỵ"}.get(match["branch"], match["branch"]))
        said_year = match["year"] or _SAYS_YEAR.search(plain[max(0, match.start() - 8) : match.start()])
        if (stem - branch) % 2 and said_year:
            yield Finding("year-name", match["name"], match.start(), _("No lunar year bears this name."))
        elif match["year"] and ((int(match["year"]) - 4) % 10, (int(match["year"]) - 4) % 12) != (stem, branch):
            right = f"{lunar.year_name(int(match['year']))} {match['year']}"
            yield Finding(
                "year-name", match[0], match.start(), _("The lunar year of this number has another name."), right
            )


def _parts(match: re.Match[str]) -> tuple[int, int, int | None]:
    year = match["y"] or match["wy"]
    return int(match["d"] or match["wd"]), int(match["m"] or match["wm"]), int(year) if year else None


def _exists(day: int, month: int, year: int | None) -> bool:
    try:
        date(year or 2024, month, day)  # 29 February exists while nobody says the year
    except ValueError:
        return False
    return True


def _last_day(month: int, year: int | None) -> str:
    if not 1 <= month <= 12 or (year is not None and not 1 <= year <= 9999):
        return ""
    last = monthrange(year or 2024, month)[1]
    return f"{last:02}/{month:02}/{year}" if year else f"{last:02}/{month:02}"


def _meant(match: re.Match[str], today: date) -> date | None:
    """The day that stands in `match`; of those without a year the one nearest to `today`. None: it does not exist."""
    day, month, year = _parts(match)
    years = [year] if year else [today.year - 1, today.year, today.year + 1]
    days = [
        date(y, month, day)
        for y in years
        if 1 <= y <= 9999 and 1 <= month <= 12 and 1 <= day <= monthrange(y, month)[1]
    ]
    return min(days, key=lambda d: abs((d - today).days), default=None)
