"""The line under a title of the old portal: "Publish date 22/01/2025 | 16:12 | Lượt xem: 40", in its many spellings."""

import re
from dataclasses import dataclass
from datetime import datetime

from portal.legacy.reading import NotUnderstood
from portal.lib import clock, text

# All patterns read folded text: lower case without accents.
_LABEL = re.compile(
    r"^(publish(ed)? ?(date|on)?|posted ?(on)?|ngay (dang|xuat ban|cap nhat|tao|viet)( tin| bai)?|dang (ngay|luc|vao)"
    r"|thoi gian dang( tin| bai)?|cap nhat( ngay| luc)?)\b\s*:?"
)
_DAY = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)")
_TIME = re.compile(r"(?<!\d)(\d{1,2})\s?[:hg]\s?(\d{2})(?::\d{2})?(?:\s?(am|pm|sa|ch)\b)?(?!\d)")
_VIEWS = re.compile(
    r"\b(?:luot (?:xem|doc|truy cap)|so (?:luot|lan) (?:xem|doc)|da xem|views?|hits?)\b\s*:?\s*([\d.,\s]*)"
)
_AROUND = re.compile(r"thu (hai|ba|tu|nam|sau|bay|\d)\b|chu nhat|\bngay\b|\bluc\b|gmt\s?\+\s?7|[\s|,;:()–-]")
_GROUPED = re.compile(r"\d{1,3}(?:[., ]\d{3})+|\d+")


@dataclass(frozen=True)
class Stamp:
    """When an article was published, and how often it was read; None: no number, or one that cannot be read."""

    at: datetime
    has_time: bool
    views: int | None


def read(line: str) -> Stamp | None:
    """The stamp in `line`, or None for a line that is none. NotUnderstood for a day or an hour that does not exist."""
    folded = text.fold(line)
    label, day, time = _LABEL.match(folded), _DAY.search(folded), _TIME.search(folded)
    if day is None or len(folded) > 160:
        return None
    views = _VIEWS.search(folded)
    rest = folded
    for found in (views, time, day, label):
        rest = rest.replace(found[0], " ", 1) if found else rest
    is_stranger = _AROUND.sub("", rest) and not (label and len(rest.strip()) <= 20)
    if is_stranger or not (label or time or views):
        return None
    return Stamp(_moment(day, time), time is not None, whole(views[1]) if views else None)


def is_label(line: str) -> bool:
    """Whether the line holds only the words "Ngày đăng"; its date stands on another line."""
    folded = text.fold(line)
    return bool(found := _LABEL.match(folded)) and found.end() == len(folded)


def views(line: str) -> int | None:
    """The number of a line that says nothing but "Lượt xem: 1.234"."""
    found = _VIEWS.fullmatch(text.fold(line))
    return whole(found[1]) if found else None


def whole(digits: str) -> int | None:
    """The number in "1.234", "1,234", "1 234" or "1234"; None when the groups are wrong or nothing is there."""
    digits = digits.strip(" .,")
    return int(re.sub(r"\D", "", digits)) if _GROUPED.fullmatch(digits) else None


def _moment(day: re.Match[str], time: re.Match[str] | None) -> datetime:
    hour, minute = (int(time[1]), int(time[2])) if time else (0, 0)
    if time and time[3]:
        hour = hour % 12 + (12 if time[3] in ("pm", "ch") else 0)
    try:
        return datetime(int(day[3]), int(day[2]), int(day[1]), hour, minute, tzinfo=clock.ZONE)
    except ValueError:
        given = f"{day[0]} {time[0] if time else ''}".strip()
        raise NotUnderstood(f"ngày hoặc giờ đăng không có thật: {given}") from None
