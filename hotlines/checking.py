"""Trial calls: what somebody heard who dialled a number. Each is kept; the number knows when it is due again."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hotlines.models import RETRY_DAYS, Check, Hotline
from portal.lib import audit, clock

RESULT = Check.Result


@transaction.atomic
def record(
    hotline: Hotline,
    result: str,
    *,
    by: User | None,
    at: datetime | None = None,
    note: str = "",
    called: str | None = None,
    new_number: str = "",
) -> Check:
    """Writes down that `by` dialled `hotline` and heard `result`; a changed number takes its place at once.

    `called` is what the caller saw (`Hotline.dialled`). Raises ValidationError when the number is another one by now,
    and when `new_number` is none.
    """
    at = at or timezone.now()
    hotline = Hotline.objects.select_for_update(of=("self",)).select_related("office").get(pk=hotline.pk)
    if called is not None and called != hotline.dialled:
        raise ValidationError(_("Somebody has changed this number meanwhile. Please call the new one."))
    if bool(new_number) != (result == RESULT.CHANGED):
        raise ValidationError(_("A new number belongs to the result “number has changed”, and only to it."))
    said = f"{hotline.office} – {hotline.purpose}: {hotline.shown}"
    check = Check(hotline=hotline, called=said[:500], at=at, by=by, result=result, note=note)
    check.full_clean(exclude=["hotline", "by"])
    check.save()
    before = hotline.number
    if new_number:
        _renumber(hotline, new_number)
    _schedule(hotline, result, at)
    hotline.save()
    audit.record("Called on trial", hotline, by=by, result=result, before=before, after=hotline.number, note=note)
    return check


def _renumber(hotline: Hotline, number: str) -> None:
    hotline.number, hotline.extension = number, ""
    hotline.clean_fields(exclude=["office", "owner", "dialled"])
    hotline.prepare()
    twins = Hotline.objects.filter(
        office=hotline.office_id, purpose=hotline.purpose, dialled=hotline.dialled, extension=""
    )
    if twins.exclude(pk=hotline.pk).exists():
        raise ValidationError(_("This office already has this number for this purpose."))


def _schedule(hotline: Hotline, result: str, at: datetime) -> None:
    """An answered number is due after the usual time, a wrong or new one stays due.

    One that nobody answered is not confirmed: what was overdue stays so for citizens, only the queue waits some days.
    """
    today = clock.local_day(at)
    if result == RESULT.ANSWERED:
        hotline.checked_on = today
        hotline.next_check_on = today + timedelta(days=settings.HOTLINE_CHECK_DAYS)
    elif result != RESULT.NO_ANSWER:
        hotline.checked_on, hotline.next_check_on = None, None
    elif hotline.next_check_on:
        hotline.next_check_on = min(hotline.next_check_on, today + timedelta(days=RETRY_DAYS))
