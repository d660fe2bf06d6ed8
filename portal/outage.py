"""The page that stands when the database does not: it holds the numbers as last known, in memory and as a file.

The file is for the web server in front (README.md) and for a process that is started while the database is away.
"""

import logging
import os
import re
import tempfile
from pathlib import Path

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation

from hotlines.models import Office
from portal.lib import pagecache, patience

RETRY_AFTER = "30"  # seconds
MOST_BYTES = 15_000  # of the whole page: it must reach a telephone with one bar of signal
_PLACE = "<!--numbers--><!--/numbers-->"
_NUMBERS = re.compile("<!--numbers-->(.*)<!--/numbers-->", re.DOTALL)
_STAMP = re.compile("<time .*?</time>")
_last = {"numbers": None}  # HTML; None: this process has not seen the database yet
log = logging.getLogger(__name__)


def remember(hotlines, portal="") -> None:
    """Takes the portal's name and hotlines (with offices) as they are now; writes the file if it says something else."""
    _last["numbers"] = numbers(list(hotlines), portal)
    try:
        keep(Path(settings.OUTAGE_FILE), whole(is_voting=False, was_sent=False))
    except OSError as error:  # a folder that nobody may write to must not cost a beat
        log.warning("the outage page was not written: %s", error)


def page(request):
    """A 503 in Vietnamese with the numbers one may call meanwhile."""
    match = request.resolver_match
    is_voting = match is not None and match.app_name == "polls"
    response = HttpResponse(whole(is_voting=is_voting, was_sent=request.method == "POST"), status=503)
    response.is_outage = True
    response._has_been_logged = True  # the pulse says once that the database is away; a line for each reader drowns it
    response["Retry-After"] = RETRY_AFTER
    response["Cache-Control"] = "no-store"
    return response


def after(error, request):
    """The page for a request that ended with `error`, a fault of the database; the log and the process learn of it."""
    if not pagecache.is_stale() and patience.nobody_answers(error):
        pagecache.database_is_away()  # who waits in line for a thread shall not wait in vain once more
    log.error("database: %s", str(error).splitlines()[0] if str(error) else type(error).__name__)
    return page(request)


def whole(**sentences: bool) -> str:
    """The page with the numbers in their place."""
    if _last["numbers"] is None:
        _last["numbers"] = kept(Path(settings.OUTAGE_FILE))
    with translation.override(settings.LANGUAGE_CODE):  # the numbers are kept in one language
        shell = render_to_string("503.html", sentences)
    return shell.replace(_PLACE, f"<!--numbers-->{_last['numbers']}<!--/numbers-->")


def numbers(hotlines, portal) -> str:
    """As many of the hotlines as a short page holds, by office; emergency numbers on top."""
    room = MOST_BYTES - max(len(render_to_string("503.html", sentences).encode()) for sentences in _SENTENCES)
    first = sorted(hotlines, key=_is_later)
    many = len(first)
    while True:
        chosen = {line.pk for line in first[:many]}
        context = {
            "hotlines": [line for line in hotlines if line.pk in chosen],
            "emergency": [line for line in hotlines if line.is_emergency and line.pk in chosen],
            "total": len(hotlines),
            "portal": portal,
        }
        html = render_to_string("hotlines/_outage.html", {**context, "known_at": timezone.now()})
        if len(html.encode()) <= room or not many:
            return html
        many = min(many - 1, many * room // len(html.encode()))


def _is_later(line) -> int:
    """Emergency numbers come before those of the box and of the authority, these before all others."""
    return 0 if line.is_emergency else 1 if line.is_in_box or line.office.kind == Office.Kind.AUTHORITY else 2


_SENTENCES = [{"is_voting": is_voting, "was_sent": was_sent} for is_voting in (0, 1) for was_sent in (0, 1)]


def kept(path: Path) -> str:
    """The numbers that stand in the file; nothing if there is none."""
    try:
        found = _NUMBERS.search(path.read_text("utf-8"))
    except (OSError, ValueError):
        return ""
    return found[1] if found else ""


def keep(path: Path, text: str) -> None:
    """Writes `text` at once, unless all but its time of day stands there already."""
    if path.exists() and _STAMP.sub("", path.read_text("utf-8", "replace")) == _STAMP.sub("", text):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".503-")
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(name, 0o644)  # for the web server, which is somebody else
        os.replace(name, path)
    except OSError:
        os.unlink(name)
        raise
