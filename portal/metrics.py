"""What monitoring wants to know, in Prometheus' text format: `/metrics` with the token METRICS_TOKEN.

Each process leaves its numbers in a file at every beat, and whichever is asked tells those of all that live: there is no
common memory between them, and the database may be what is in trouble.
"""

import hashlib
import json
import logging
import os
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

from django.conf import settings
from django.http import HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from portal import replica
from portal.lib import pagecache
from portal.lib.labels import needs_no_database, uncached
from stats import counting

log = logging.getLogger(__name__)
ALIVE = 10  # seconds: a process that has not beaten for longer is gone, or in trouble that its silence tells
HELP = {
    "portal_answers_total": ("counter", "Answers by where they came from and class of status."),
    "portal_answer_seconds_total": ("counter", "Seconds that answers made by Django took together."),
    "portal_pages": ("gauge", "Whole pages in memory."),
    "portal_pages_bytes": ("gauge", "Bytes that these pages may hold."),
    "portal_generation": ("gauge", "Generation of the content that the process knows."),
    "portal_database_away": ("gauge", "1 while the database does not answer."),
    "portal_replica_away": ("gauge", "1 while the replica does not answer."),
    "portal_pulse_age_seconds": ("gauge", "Seconds since the last beat that went well."),
    "portal_counts_waiting": ("gauge", "Counted readers that are not in the database yet."),
    "portal_memory_bytes": ("gauge", "Resident memory of the process."),
}
# Plain additions: two threads may lose one now and then, and a lock in every request would cost more than that.
_answers: Counter[tuple[str, str]] = Counter()
_seconds = [0.0]
_remembered = 0


def from_memory() -> None:
    global _remembered
    _remembered += 1


def from_django(status: int, seconds: float) -> None:
    _answers["django", f"{status // 100}xx"] += 1
    _seconds[0] += seconds


def now(pulse_age: float) -> dict[str, float]:
    """{name and labels: number} of this process."""
    pages, size = pagecache.held()
    counted = {("memory", "2xx"): _remembered, **_answers}
    numbers = {f'portal_answers_total{{source="{source}",status="{kind}"}}': n for (source, kind), n in counted.items()}
    return numbers | {
        "portal_answer_seconds_total": round(_seconds[0], 3),
        "portal_pages": pages,
        "portal_pages_bytes": size,
        "portal_generation": pagecache.known()[0] or 0,
        "portal_database_away": int(pagecache.is_stale()),
        "portal_replica_away": int(replica.is_away()),
        "portal_pulse_age_seconds": round(min(pulse_age, 1e9), 1),
        "portal_counts_waiting": counting.waiting(),
        "portal_memory_bytes": _resident(),
    }


def leave(pulse_age: float) -> None:
    """Writes this process' numbers where the others find them; nothing unless somebody may ask."""
    if not settings.METRICS_TOKEN:
        return
    try:
        folder = _folder()
        file = folder / f".{os.getpid()}"
        file.write_text(json.dumps(now(pulse_age)))
        file.rename(folder / f"{os.getpid()}.json")
    except OSError as error:  # a full disk must not cost a beat; that no new numbers come is told by their absence
        log.warning("the figures for monitoring were not written: %s", error)


@needs_no_database
@require_safe
def metrics(request):
    token = settings.METRICS_TOKEN
    if not token or not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {token}"):
        return uncached(HttpResponse("not found\n", status=404, content_type="text/plain"))
    return uncached(HttpResponse(_text(_living()), content_type="text/plain; version=0.0.4; charset=utf-8"))


def _living() -> dict[str, dict[str, float]]:
    """{process id: numbers}; files of processes that are gone are cleared away."""
    found = {}
    for file in _folder().glob("*.json"):
        try:
            if time.time() - file.stat().st_mtime < ALIVE:
                found[file.stem] = json.loads(file.read_text())
            else:
                file.unlink()
        except FileNotFoundError:  # another process was faster
            continue
    return found


def _text(processes: dict[str, dict[str, float]]) -> str:
    lines = defaultdict(list)
    for pid, numbers in sorted(processes.items()):
        for name, number in numbers.items():
            plain, _, labels = name.rstrip("}").partition("{")
            labels = ",".join(filter(None, [f'process="{pid}"', labels]))
            lines[plain].append(f"{plain}{{{labels}}} {number}")
    told = [[f"# HELP {name} {text}", f"# TYPE {name} {kind}", *lines[name]] for name, (kind, text) in HELP.items()]
    return "\n".join(line for group in told for line in group) + "\n"


def _folder() -> Path:
    """A folder of this portal's processes alone: several portals may share a machine."""
    name = hashlib.sha256(f"{settings.BASE_DIR}{settings.DATABASES['default']}".encode()).hexdigest()[:12]
    folder = Path(settings.METRICS_FOLDER or Path(tempfile.gettempdir()) / f"portal-metrics-{name}")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid != os.geteuid():
        raise PermissionError(f"{folder} belongs to somebody else")
    return folder


def _resident() -> int:
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
