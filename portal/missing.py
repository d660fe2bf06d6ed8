"""What people look for and do not find: questions without results and addresses without a page.

A request only notes it in memory; the beat writes it. No key of anybody is noted, what may be somebody's number or address
is masked, robots and staff do not count, and both tables have an end however much is asked.
"""

import re
import threading
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from urllib.parse import unquote

from django.db import connection
from django.utils import timezone

from portal.lib import asked, client, clock, text
from portal.models import LostAddress, MissedQuery

HELD = 500  # different ones of a kind that one process holds until its next beat
A_DAY, ROWS = 1000, 5000  # questions kept of one day; addresses kept in all
QUERIES_KEPT, ALONE_KEPT, PATHS_KEPT = timedelta(days=366), timedelta(days=30), timedelta(days=366)
_MAIL = re.compile(r"\S+@\S+")
_DIGITS = re.compile(r"\d(?:[\s./()–-]{0,4}\d){6,}")  # telephones, identity and account numbers, however grouped
_LONG_NUMBER = re.compile(r"\d{9,}")
# What only programs in search of holes ask for.
_PROBE = re.compile(
    r"\.(?:php\d?|aspx?|jsp|cgi|env|git|sql|bak|ini|ya?ml|zip|gz|tar|rar|exe|sh)(?:$|[/~])|/\.|wp-|\.\.|[@<>{}\"'`|^]",
    re.I,
)
_lock = threading.Lock()
_queries: Counter[str] = Counter()
_paths: Counter[str] = Counter()


def masked(query: str) -> str:
    """`query` in one spelling, without what may belong to a person."""
    told = _DIGITS.sub(" … ", _MAIL.sub(" … ", text.line(query)))
    return text.line(" ".join("…" if word == "…" else asked.Asked(word).key for word in told.split()))[:80].strip()


def note_query(environ: Mapping[str, str], query: str) -> None:
    """Somebody has asked for `query` and found nothing."""
    if _is_person(environ) and (told := masked(query)).strip("… "):
        _note(_queries, told)


def note_path(environ: Mapping[str, str], path: str) -> None:
    """Somebody, a search engine perhaps, has asked for `path`, which is not there."""
    told = _LONG_NUMBER.sub("…", text.line(unquote(path)))
    is_asked = environ.get("REQUEST_METHOD") == "GET" and not client.is_staff_browser(environ)
    if is_asked and len(told) <= 300 and not _PROBE.search(told):
        _note(_paths, told)


def _is_person(environ: Mapping[str, str]) -> bool:
    is_first = environ.get("REQUEST_METHOD") == "GET" and not client.is_prefetch(environ)
    return is_first and not client.is_staff_browser(environ) and not client.is_robot(environ)


def _note(counts: Counter[str], what: str) -> None:
    with _lock:
        if what in counts or len(counts) < HELD:
            counts[what] += 1


# What a full table has no room for is dropped; what stands in it goes on being counted.
WRITE_QUERIES = """
INSERT INTO portal_missedquery AS m (day, query, n)
SELECT %(day)s, t.what, t.n FROM unnest(%(what)s::text[], %(n)s::int[]) AS t(what, n)
WHERE (SELECT count(*) FROM portal_missedquery WHERE day = %(day)s) < %(room)s
    OR EXISTS (SELECT FROM portal_missedquery o WHERE o.query = t.what AND o.day = %(day)s)
ORDER BY t.what
ON CONFLICT (query, day) DO UPDATE SET n = m.n + excluded.n
"""
WRITE_PATHS = """
INSERT INTO portal_lostaddress AS l (path, n, first_on, last_on)
SELECT t.what, t.n, %(day)s, %(day)s FROM unnest(%(what)s::text[], %(n)s::int[]) AS t(what, n)
WHERE (SELECT count(*) FROM portal_lostaddress) < %(room)s
    OR EXISTS (SELECT FROM portal_lostaddress o WHERE o.path = t.what)
ORDER BY t.what
ON CONFLICT (path) DO UPDATE SET n = l.n + excluded.n, last_on = excluded.last_on
"""


def flush(at: datetime | None = None) -> None:
    """Writes what was noted. On an error it waits for the next beat."""
    day = clock.local_day(at)
    for counts, statement, room in ((_queries, WRITE_QUERIES, A_DAY), (_paths, WRITE_PATHS, ROWS)):
        with _lock:
            taken = Counter(counts)
            counts.clear()
        if not taken:
            continue
        try:
            _write(statement, taken, day, room)
        except Exception:
            with _lock:
                counts.update(taken)
            raise


def _write(statement: str, taken: Counter[str], day: date, room: int) -> None:
    with connection.cursor() as cursor:
        values = {"day": day, "what": list(taken), "n": list(taken.values()), "room": room}
        cursor.execute(statement, values)


def prune(at: datetime | None = None) -> None:
    """Deletes what is old, questions that were not asked often within a month, and the rarest of too many addresses."""
    today = clock.local_day(at or timezone.now())
    MissedQuery.objects.filter(day__lt=today - QUERIES_KEPT).delete()
    often = MissedQuery.objects.told().values("query")
    MissedQuery.objects.filter(day__lt=today - ALONE_KEPT).exclude(query__in=often).delete()
    LostAddress.objects.filter(last_on__lt=today - PATHS_KEPT).delete()
    if LostAddress.objects.count() >= ROWS:
        rarest = LostAddress.objects.order_by("n", "last_on", "pk").values_list("pk", flat=True)[: ROWS // 10]
        LostAddress.objects.filter(pk__in=list(rarest)).delete()
