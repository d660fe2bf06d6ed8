"""The audit log: one line for every act of staff that citizens or auditors may ask about.

It is Django's own `LogEntry`, into which the admin already writes; a trigger (`portal/migrations`) lets nobody change or
delete its rows, not even by SQL.
"""

import json
import re
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.utils.translation import gettext as _


def record(verb: str, thing: Model | None, *, by: User | None, flag: int = CHANGE, **details: Any) -> LogEntry:
    """Writes that `by` did `verb` (an English msgid such as "Published") to `thing`; None: to the portal as a whole.

    `details` stand beside the verb as JSON: `before` and `after` (codes of states), `reason` (the person's own words),
    and whatever else an auditor needs; never a password, a token or a citizen's address. `by` None: the portal itself
    did it. Call it inside the transaction of the act, so that neither stands without the other.
    """
    return LogEntry.objects.create(
        user=by or _portal(),
        content_type=ContentType.objects.get_for_model(thing) if thing else None,
        object_id=str(thing.pk) if thing else None,
        object_repr=str(thing)[:200] if thing else "",
        action_flag=flag,
        change_message=json.dumps({"verb": verb, **details}, ensure_ascii=False),
    )


def details(line: LogEntry) -> dict[str, Any]:
    """What `record` wrote into `line`: {"verb", "before", …}; {} for a line of Django's own admin."""
    try:
        written = json.loads(line.change_message)
    except ValueError:
        return {}
    return written if isinstance(written, dict) else {}


def spoken(line: LogEntry) -> str:
    """What was done, in words: "Đã trả lại: chờ duyệt → trả lại", or what Django says about a form that was saved."""
    written = details(line)
    if not written:
        return line.get_change_message() or line.get_action_flag_display()
    words = _(written["verb"])
    if written.get("before") or written.get("after"):
        words += f": {_state(written.get('before'))} → {_state(written.get('after'))}"
    return words


def _state(code: Any) -> str:
    """A code of a state in words; lists and fields with their values are joined, whatever else stands there as it is."""
    if isinstance(code, dict):
        return ", ".join(f"{_(str(name).replace('_', ' '))}: {_state(value)}" for name, value in code.items())
    if isinstance(code, list):
        return ", ".join(map(str, code)) or "—"
    return (
        _(code)
        if isinstance(code, str) and re.fullmatch("[a-z_]+", code)
        else "—"
        if code is None or code == ""
        else str(code)
    )


def _portal() -> User:
    """The account that stands in the log for what no person did; nobody can sign in with it."""
    return User.objects.get_or_create(
        username="he-thong", defaults={"is_active": False, "password": "!", "last_name": "Hệ thống"}
    )[0]
