"""Duty hours: a week and its holidays written on one line that people and programs read alike.

"T2–T6 08:00–12:00, 13:30–17:30; T7 08:00–11:30; Lễ 08:00–11:00", or "24/7". What is not named is off duty. Whether
somebody is on duty now is a live hole of the page, told anew at each beat: it stays right on a remembered page.
"""

import hashlib
import re
from collections.abc import Collection
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from portal.lib import clock, languages, live, text
from portal.lib.fields import LineField

ALWAYS = "24/7"
DAYS = ("T2", "T3", "T4", "T5", "T6", "T7", "CN", "Lễ")
IN_ENGLISH = dict(zip(DAYS, ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "public holidays"), strict=True))
HOLIDAY = 7
DAY_MINUTES = 24 * 60
_NAMES = {text.fold(name): place for place, name in enumerate(DAYS)} | {"chu nhat": 6, "ngay le": 7, "le tet": 7}
_DAY = re.compile("|".join(DAYS))
_DASH = re.compile(r"\s*(?:[-–—]|\bđến\b)\s*")
_TIME = re.compile(r"^(\d{1,2})(?:(?::|h|g)(\d{2})?)?$")
_FIRST_TIME = re.compile(r"(?<![\wÀ-ỹ])\d{1,2}\s*(?:[:hg]|[-–—])")

Spans = tuple[tuple[int, int], ...]  # (from, to) in minutes of the day; to <= from reaches into the next day
Week = tuple[Spans, ...]  # Monday … Sunday, holiday


@lru_cache(maxsize=2048)
def parse(written: str) -> Week:
    """The week that `written` tells. Raises ValueError with a Vietnamese sentence that names the part it cannot read."""
    if text.fold(written).replace(" ", "") in {ALWAYS, "24/24", "24/24h", "cangaydem"}:
        return (((0, DAY_MINUTES),),) * 8
    week: list[Spans] = [()] * 8
    for part in filter(None, (part.strip() for part in written.split(";"))):
        try:
            days, spans = _part(part)
        except (ValueError, KeyError):
            raise ValueError(
                _(
                    "“%(part)s” is not understood. Right example: T2–T6 08:00–12:00, 13:30–17:30; T7 08:00–11:30; Lễ nghỉ"
                )
                % {"part": part}
            ) from None
        for day in days:
            week[day] = tuple(sorted({*week[day], *spans}))
    return tuple(week)


def _part(part: str) -> tuple[list[int], Spans]:
    """(days, spans) of "T2–T6, CN 08:00–12:00, 13:30–17:30"."""
    if text.fold(part).endswith(" nghi"):
        return _days(part.rpartition(" ")[0]), ()
    first = _FIRST_TIME.search(part)
    if not first:
        raise ValueError(part)
    spans = tuple(_span(span) for span in part[first.start() :].split(","))
    if not spans:
        raise ValueError(part)
    return _days(part[: first.start()]), spans


def _days(names: str) -> list[int]:
    found: list[int] = []
    for name in names.strip(" ,:").split(","):
        ends = [_NAMES[" ".join(text.fold(end).split())] for end in _DASH.split(name.strip())]
        if len(ends) > 2 or ends[-1] < ends[0] or (len(ends) == 2 and HOLIDAY in ends):
            raise ValueError(names)
        found += range(ends[0], ends[-1] + 1)
    return found


def _span(span: str) -> tuple[int, int]:
    start, end = (_minute(moment) for moment in _DASH.split(span.strip()))
    if start in (end, DAY_MINUTES) or end == 0:
        raise ValueError(span)
    return start, end


def _minute(moment: str) -> int:
    found = _TIME.match(moment.strip().lower().replace(" ", ""))
    if not found:
        raise ValueError(moment)
    minute = int(found[1]) * 60 + int(found[2] or 0)
    if minute > DAY_MINUTES or int(found[2] or 0) > 59:
        raise ValueError(moment)
    return minute


def normal(written: str) -> str:
    """`written` in its one form: "t2-t6 8h-12h" -> "T2–T6 08:00–12:00"; empty for no hours."""
    week = parse(text.line(written))
    if week == parse(ALWAYS):
        return ALWAYS
    parts, day = [], 0
    while day < len(DAYS):
        last = day
        while last + 1 < HOLIDAY and week[last + 1] == week[day]:
            last += 1
        if week[day]:
            name = DAYS[day] if last == day else f"{DAYS[day]}–{DAYS[last]}"
            parts.append(f"{name} {', '.join(f'{_clock(start)}–{_clock(end)}' for start, end in week[day])}")
        day = last + 1
    return "; ".join(parts)


def spoken(written: str) -> str:
    """Duty hours in their one form as the language of the page says them: "Mon–Fri 08:00–12:00"."""
    return _DAY.sub(lambda name: IN_ENGLISH[name[0]], written) if languages.is_english() else written


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


class DutyField(LineField):
    """Duty hours in their one form; refuses what `parse` cannot read."""

    normal = staticmethod(normal)  # type: ignore[assignment]

    def to_python(self, value):
        try:
            return super().to_python(value)
        except ValueError as nonsense:
            raise ValidationError(str(nonsense)) from nonsense


# --- On duty now ------------------------------------------------------------------------------------------------------
def is_on(written: str, at: datetime, holidays: Collection[date]) -> bool:
    """Whether somebody is on duty at the moment `at`. A night shift belongs to the day on which it begins."""
    local = at.astimezone(clock.ZONE)
    minute, today = local.hour * 60 + local.minute, local.date()
    begun = any(start <= minute and (minute < end or end <= start) for start, end in _spans(written, today, holidays))
    night = _spans(written, today - timedelta(days=1), holidays)
    return begun or any(end <= start and minute < end for start, end in night)


def _spans(written: str, day: date, holidays: Collection[date]) -> Spans:
    return parse(written)[HOLIDAY if day in holidays else day.weekday()]


def state(written: str, at: datetime, holidays: Collection[date]) -> str:
    """ "on", "off", or "holiday": off because today is one."""
    if is_on(written, at, holidays):
        return "on"
    return "holiday" if clock.local_day(at) in holidays else "off"


_watched: dict[tuple[str, str], str] = {}  # (duty hours that pages show, language of the pages): name of their hole
_holidays: Collection[date] = ()


def hole(written: str, holidays: Collection[date]) -> str:
    """The placeholder for the state of `written`; from now on each beat tells it."""
    global _holidays
    _holidays = holidays
    language = get_language()
    digest = hashlib.blake2b(f"{language} {written}".encode(), digest_size=6).hexdigest()
    name = _watched.setdefault((written, language), f"duty:{digest}")
    live.tell({name: _shown(written, language, timezone.now())})
    return live.hole(name)


def tell(at: datetime) -> None:
    """Tells the state of all duty hours that pages show; needs no database."""
    live.tell({name: _shown(*shown, at) for shown, name in _watched.items()})


def _shown(written: str, language: str, at: datetime) -> str:
    code = state(written, at, _holidays)
    with override(language):
        words = {"on": _("on duty"), "off": _("outside duty hours"), "holiday": _("closed for the holiday")}
    return format_html('<b class="tag duty-{}">{}</b>', code, words[code])
