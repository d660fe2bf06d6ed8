"""Data of persons that do not belong before all eyes; numbers and units that are no longer right."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from news.checking.finding import Finding
from portal.lib import phone

_TWELVE = re.compile(r"(?<![\d.,/+-])0(?:\d{11}|\d{2}[ .]\d{3}[ .]\d{3}[ .]\d{3})(?![\d/]|[.,-]\d)")
_PROVINCES = range(1, 97)
_NOT_A_PERSON = re.compile(
    r"(?:tài khoản|STK|số TK|mã số thuế|MST|mã hồ sơ|mã vạch|báo danh|SBD|hợp đồng|vận đơn|hóa đơn|hoá đơn|seri|sê-ri)"
    r"[^.;\n]{0,25}$",
    re.IGNORECASE,
)
_AFTER_ITS_NAME = re.compile(
    r"\b(?:CCCD|CMND|CMTND|CMT|căn cước(?: công dân)?|chứng minh(?: nhân dân| thư)?|định danh(?: cá nhân)?|hộ chiếu)"
    r"(?:\s+số|\s+cá nhân|\s+mang|\s*[:.])*\s*(?P<number>[A-Z]\d{7}|[A-Z]?\d[\d ]{6,13}\d)(?!\d)",
    re.IGNORECASE,
)
_TELEPHONE = re.compile(
    r"(?<![\w.,/+-])(?:\+84|\(?0)\d?[\d .()-]{6,14}\d(?![\w/]|[.,-]\d)|(?<![\w.,/-])1[89]00[\d .]{4,8}"
    r"|(?<![\w.,/+-])(?P<bare>84 ?[35789]\d{1,2} ?\d{3} ?\d{3,4})(?![\w/]|[.,-]\d|\s*(?:đồng|đ\b|VNĐ|VND))"
)
_CALLED = re.compile(
    r"\b(?:điện thoại|ĐT|SĐT|hotline|đường dây nóng|tổng đài|gọi|liên hệ|zalo)(?:\s+(?:đến|tới|theo|qua|số|máy))*\s*:?\s*"
    r"(?P<number>(?:\+84|\(?0)[\d .()-]{5,16}\d)(?![\w/]|[.,-]\d|\s*(?:đồng|đ\b|%))",
    re.IGNORECASE,
)
_DASH = re.compile(r"\s*[-–—]\s*")
_DAY_OR_YEAR = re.compile(r"(?<![\d.,/])(?:(?:(\d{1,2})[/.-])?(\d{1,2})[/.-])?((?:19|20)\d{2})(?![\d.,/]\d|\d|/[A-ZĐ])")
_SAYS_FORMER = re.compile(r"[^.;\n]{0,30}?\s\(?(?:cũ|trước đây|trước kia)\b")
_MOBILE = re.compile(r"\+84[35789]\d{8}")


def identity_numbers(plain: str) -> Iterator[Finding]:
    """Numbers of identity cards: twelve digits that begin with a province, or whatever the text calls one."""
    reason = _("This looks like a person's identity number. Personal data are not to be published.")
    named = {match.start("number"): match["number"] for match in _AFTER_ITS_NAME.finditer(plain)}
    for match in _TWELVE.finditer(plain):
        in_province = int(match[0].replace(" ", "").replace(".", "")[:3]) in _PROVINCES
        if in_province and not _NOT_A_PERSON.search(plain[max(0, match.start() - 60) : match.start()]):
            named.setdefault(match.start(), match[0])
    for start, number in named.items():
        masked = f"{number[:3]}{'*' * (len(number) - 6)}{number[-3:]}"
        yield Finding("identity", number, start, reason, masked)


def telephones(plain: str, directory: Collection[str], retired: Mapping[str, str]) -> Iterator[Finding]:
    """Mobiles that stand in no `directory` of dialled numbers, and `retired` numbers: {dialled: what to use instead}."""
    for match in _TELEPHONE.finditer(plain):
        shown = match[0].strip()
        if match["bare"] and _NOT_A_PERSON.search(plain[max(0, match.start() - 60) : match.start()]):
            continue
        try:
            dialled = phone.dial(shown)
        except ValueError:
            continue
        if dialled in retired:
            yield Finding("retired", shown, match.start(), _("This number is out of service."), retired[dialled])
        elif _MOBILE.fullmatch(dialled) and dialled not in directory:
            reason = _("A mobile number that is not in the directory: perhaps a private one.")
            yield Finding("mobile", shown, match.start(), reason)


def uncallable(plain: str) -> Iterator[Finding]:
    """What the text gives as a telephone number and nobody can dial: digits are missing, or there are too many."""
    reason = _("Nobody can call this number: a digit is missing or too many, or its area code is no longer in use.")
    for match in _CALLED.finditer(plain):
        try:
            phone.dial(match["number"])
        except ValueError:
            yield Finding("telephone", match["number"], match.start("number"), reason)


def ended_units(plain: str, ended: Mapping[str, str]) -> Iterator[Finding]:
    """Units of `ended`, {name: what followed}, that the text names."""
    if not ended:
        return
    follows = {_spaced(name): successor for name, successor in ended.items()}
    names = "|".join(_however_spaced(name) for name in sorted(follows, key=len, reverse=True))
    for match in re.finditer(rf"(?<!\w)(?:{names})(?!\w)", plain, re.IGNORECASE):
        yield Finding("ended", match[0], match.start(), _("This unit no longer exists."), follows[_spaced(match[0])])


def former_names(plain: str, names: Mapping[str, tuple[str, date]]) -> Iterator[Finding]:
    """Names of `names`, {former: (today's, since when)}, each once, and not beside a day or year before the change."""
    told = {_spaced(name): said for name, said in names.items()}
    written = "|".join(_however_spaced(name) for name in sorted(told, key=len, reverse=True)) or r"(?!)"
    end, days, is_of_then = -1, [], {}
    for match in re.finditer(rf"(?<!\w)(?:{written})(?!\w)", plain, re.IGNORECASE):
        if match.start() > end:  # another line: its days are read once, however often it says a name
            end = plain.find("\n", match.start())
            end = len(plain) if end < 0 else end
            days, is_of_then = _days(plain[plain.rfind("\n", 0, match.start()) + 1 : end]), {}
        name = _spaced(match[0])
        if name not in told or _SAYS_FORMER.match(plain, match.end()):
            continue
        right, since = told[name]
        if since not in is_of_then:
            is_of_then[since] = any(_is_before(day, since) for day in days)
        if not is_of_then[since]:
            del told[name]
            words = {"day": date_format(since, "SHORT_DATE_FORMAT")}
            reason = _("Another name since %(day)s; in a piece about the time before it may stay.") % words
            yield Finding("former", match[0], match.start(), reason, right)


def _days(line: str) -> list[tuple[int, int, int]]:
    """(year, month, day) of what `line` says, with 0 for what it leaves out."""
    return [(int(year), int(month or 0), int(day or 0)) for day, month, year in _DAY_OR_YEAR.findall(line)]


def _is_before(day: tuple[int, int, int], since: date) -> bool:
    return day < (since.year, since.month if day[1] else 0, since.day if day[2] else 0)


def _spaced(name: str) -> str:
    """The name of a unit in one spelling, whichever dashes and blanks it was typed with."""
    return " ".join(_DASH.sub(" - ", name).replace("&", " & ").lower().replace("uỷ", "ủy").split())


def _however_spaced(name: str) -> str:
    words = r"\s*[-–—]\s*".join(r"\s+".join(map(re.escape, part.split())) for part in _DASH.split(name))
    words = re.sub(r"(?:\\s\+)?\\?&(?:\\s\+)?", r"\\s*&\\s*", words)
    return re.sub("ủy|uỷ", "(?:ủy|uỷ)", words, flags=re.IGNORECASE)
