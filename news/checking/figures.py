"""Figures in a text that an editor should look at again. Pure: plain text in, findings out; nothing is corrected."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from news.checking.dates import no_such_day
from news.checking.finding import Finding
from portal.lib import text

_UNIT = r"(?:đồng|đ\b|vnđ|vnd|triệu|tỷ|tỉ|nghìn|ngàn|người|lượt|suất|hộ|%)"
_NUMBER = r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?"
_DOTTED = re.compile(rf"(?<![\w.,/-])\d+(?:\.\d+)+(?:(?=đ\b|vnđ|vnd)|(?![\w/]))(?P<unit>\s*{_UNIT})?", re.I)
_GROUPS = re.compile(r"\d{1,3}(?:\.\d{3})+")
_DAY_OR_CLAUSE = re.compile(
    r"\d{1,2}\.\d{1,2}\.(\d{4}|\d{2})|\d{1,2}(\.\d{1,2})+|(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.|$)){4}"
)
_TELEPHONE = re.compile(r"(0|84|1[89]00)[\d.]{6,}|1[89]00(\.\d+)+")
_POINT = re.compile(r"(?<![\w.,/-])\d+\.\d{1,2}(?=\s*(?:triệu|tỷ|tỉ|nghìn|ngàn|%|phần trăm))", re.I)
_COMMAS = re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{3}){2,}(?![\d,])")
_NO_UNIT = re.compile(
    r"(?:số tiền|kinh phí|trị giá|giá trị|tổng tiền|mức chi|mức hỗ trợ|trợ cấp)[^.;:\d]{0,20}(?::|là)?\s*(\d{1,3}(?:\.\d{3})+)"
    r"(?=\s*(?:[;,)]|\.(?:\s|$)|$|/\s?(?:người|hộ|suất|lượt|tháng|năm|ngày|trẻ)))",
    re.I | re.M,
)
_GIFT_WITHOUT_UNIT = re.compile(
    r"\b(?:quà|thưởng|phạt|lương|phí|học bổng|tiền|hỗ trợ|chi trả|đóng góp|ủng hộ|quyên góp|nộp)\b[^.;:\d\n]{0,30}"
    r"\b(\d{1,3}(?:\.\d{3}){2,})(?=\s*(?:[;)]|\.(?:\s|$)|$))",
    re.I | re.M,
)
_SHARE = re.compile(
    rf"(?<![\w/.,])(?P<part>{_NUMBER})(?:/|\s+(?:trên|trong)(?:\s+tổng(?:\s+số)?)?\s+)(?P<whole>{_NUMBER})(?![\w/])"
    rf"(?P<between>[^\d.;:]{{0,60}}?)(?P<share>{_NUMBER})\s*%",
    re.I,
)
_SAYS_SHARE = re.compile(r"\b(đạt|bằng|chiếm|tương đương|tỷ lệ|tỉ lệ)\b|=|\(\s*$", re.I)
_BEFORE_DAY = re.compile(r"(ngày|sáng|chiều|tối|đến|tháng|hôm nay|số|và|,)\s*\(?$", re.I)
_NO_QUOTIENT_BEFORE = re.compile(
    r"\b(?:ngõ|ngách|hẻm|kiệt|nhà|số nhà|mừng|dịp|lễ|niệm|nghị định|quyết định)\s+(?:số\s+)?$", re.I
)
_AROUND_THE_CLOCK = {"24/7", "24/24", "7/7"}
_EXCEEDS = re.compile(
    rf"(?P<part>{_NUMBER})\s*(?P<unit>triệu|tỷ|tỉ|người|hộ)\b[^\d.;]{{0,20}}\bvượt\s+(?P<share>{_NUMBER})\s*%"
    rf"[^\d.;]{{0,40}}(?P<whole>{_NUMBER})\s*(?P=unit)\b",
    re.I,
)
_AS_OF = re.compile(r"tính đến (?:hết )?(?:ngày )?(\d{1,2}/\d{1,2}/\d{4})([^\n]*?)(?=\.\s|\.?$)", re.I | re.M)


def doubtful_figures(plain: str) -> list[Finding]:
    """Figures of a plain text that are badly written or contradict each other, in the order of the text."""
    plain = text.nfc(plain)
    findings = {found.start: found for check in reversed(_CHECKS) for found in check(plain)}
    return [findings[start] for start in sorted(findings)]


def _wrong_groups(plain: str) -> Iterator[Finding]:
    reason = _("The groups between the dots do not have three digits each.")
    for match in _DOTTED.finditer(plain):
        figure = match[0].removesuffix(match["unit"] or "").rstrip()
        single = figure.count(".") == 1
        other = _DAY_OR_CLAUSE.fullmatch(figure) or _TELEPHONE.fullmatch(figure)
        if _GROUPS.fullmatch(figure) or (other and not match["unit"]):
            continue
        if single and (not match["unit"] or len(figure.split(".")[1]) < 3):
            continue  # a section, a version, or a decimal point, which has its own check
        yield Finding("groups", figure, match.start(), reason, _regrouped(figure))


def _regrouped(figure: str) -> str:
    """What was probably meant: "136.000.0000" is one digit too many, or its digits are to be grouped anew."""
    digits = figure.replace(".", "")
    if len(digits) > 18:
        return ""
    head, _dot, tail = figure.rpartition(".")
    shorter = f"{head}.{tail[:3]}"
    guesses = [shorter] if _GROUPS.fullmatch(shorter) else []
    return " / ".join([*guesses, f"{int(digits):,}".replace(",", ".")])


def _decimal_point(plain: str) -> Iterator[Finding]:
    reason = _("A decimal point: Vietnamese writes a comma, as in 852,3 triệu.")
    return (
        Finding("point", match[0], match.start(), reason, match[0].replace(".", ","))
        for match in _POINT.finditer(plain)
    )


def _comma_groups(plain: str) -> Iterator[Finding]:
    reason = _("Thousands are parted by commas: Vietnamese writes dots, as in 136.000.000.")
    return (
        Finding("commas", match[0], match.start(), reason, match[0].replace(",", "."))
        for match in _COMMAS.finditer(plain)
    )


def _sum_without_unit(plain: str) -> Iterator[Finding]:
    reason = _("A sum of money without its unit.")
    found = [*_NO_UNIT.finditer(plain), *_GIFT_WITHOUT_UNIT.finditer(plain)]
    return (Finding("unit", match[1], match.start(1), reason, f"{match[1]} đồng") for match in found)


def _share_is_not_the_quotient(plain: str) -> Iterator[Finding]:
    reason = _("The share is not the quotient of the two numbers before it.")
    for match in _SHARE.finditer(plain):
        between = match["between"]
        if _is_no_quotient(plain, match) or not _SAYS_SHARE.search(between) or "vượt" in between.lower():
            continue
        if not _is_share(match) and _value(match["whole"]):
            quotient = f"{100 * _value(match['part']) / _value(match['whole']):.1f}".replace(".", ",").removesuffix(
                ",0"
            )
            yield Finding("share", match[0], match.start(), reason, f"{match['part']}/{match['whole']} = {quotient}%")


def _is_no_quotient(plain: str, match: re.Match[str]) -> bool:
    """Whether the two numbers are a day, an address, the hours of a service or the number of a document."""
    before = plain[max(0, match.start() - 30) : match.start()]
    is_day = _BEFORE_DAY.search(before) and _value(match["whole"]) <= 12
    return bool(
        is_day or _NO_QUOTIENT_BEFORE.search(before) or f"{match['part']}/{match['whole']}" in _AROUND_THE_CLOCK
    )


def _exceeds_by_the_whole_share(plain: str) -> Iterator[Finding]:
    reason = _("The first number is this share of the second one; it exceeds it by 100 points less.")
    for match in _EXCEEDS.finditer(plain):
        if _is_share(match):
            less = f"{_value(match['share']) - 100:.1f}".replace(".", ",").removesuffix(",0")
            yield Finding("exceeds", match[0], match.start(), reason, f"vượt {less}% / bằng {match['share']}%")


def _two_days_for_one_figure(plain: str) -> Iterator[Finding]:
    reason = _("The same figures are given elsewhere in the text as of another day.")
    said: dict[str, str] = {}  # figure: day as of which it was given first
    for match in _AS_OF.finditer(plain):
        figures = _GROUPS.findall(match[2])
        if any(said.setdefault(figure, match[1]) != match[1] for figure in figures):
            yield Finding("as-of", match[1], match.start(1), reason)


def _value(number: str) -> float:
    return float(number.replace(".", "").replace(",", "."))


def _is_share(match: re.Match[str]) -> bool:
    """Whether `share` is part/whole in percent, rounded or cut at its last decimal."""
    whole = _value(match["whole"])
    tolerance = 10.0 ** -len(match["share"].partition(",")[2])
    return bool(whole) and abs(100 * _value(match["part"]) / whole - _value(match["share"])) < tolerance


# Where two of them meet at one place, the first speaks.
_CHECKS = [
    *(_wrong_groups, _decimal_point, _comma_groups, _sum_without_unit, no_such_day),
    *(_share_is_not_the_quotient, _exceeds_by_the_whole_share, _two_days_for_one_figure),
]
