"""The local calendar: days, weeks from Monday, months and years roll over at 00:00 in Asia/Ho_Chi_Minh."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")


def local_day(at: datetime | None = None) -> date:
    """The calendar day of the aware moment `at` (default: now) in Việt Nam."""
    return (at or timezone.now()).astimezone(ZONE).date()


def period_start(period: str, day: date) -> date:
    """First day of the calendar "day", "week", "month" or "year" that holds `day`."""
    starts = {
        "day": day,
        "week": day - timedelta(days=day.weekday()),
        "month": day.replace(day=1),
        "year": day.replace(month=1, day=1),
    }
    return starts[period]


def midnight(day: date) -> datetime:
    """The aware moment at which `day` begins in Việt Nam."""
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)


def long_day(day: date) -> str:
    """`day` as the portal's header writes it: "Thứ Tư, ngày 22/01/2025"."""
    return f"{WEEKDAYS[day.weekday()]}, ngày {day:%d/%m/%Y}"
