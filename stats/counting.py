"""Counting people: a buffer in memory, one SQL statement for each beat (and 2,000 rows), exact over any number of processes.

`Recent` holds when a visitor was last seen on a thing. A hit counts when that is more than WINDOW ago; the row lock
of the upsert makes processes take turns, and repeating a statement whose commit was lost adds nothing.
"""

import hmac
import logging
import secrets
import time
import uuid
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from portal.lib import client, clock
from stats.models import ROBOT, VISIT, DailySecret, Recent

WINDOW = timedelta(minutes=30)
_WINDOW = WINDOW.total_seconds()
ONLINE = timedelta(minutes=5)
KEPT = timedelta(hours=2)  # of Recent: the window, and a flush that an outage has delayed
# A visit goes on as long as pages follow within WINDOW; a view counts once in each WINDOW.
SLIDING = (VISIT, ROBOT)
HELD = 15  # seconds, far below WINDOW: what waits is written long before it could decide whether a visit is new
ROWS = 2000  # of one statement: short enough that a beat never looks like a database that does not answer
SENDERS = 10_000  # of one beat: whatever comes in meanwhile, a beat ends
LIMIT = 1_000_000  # entries in the buffer
PEOPLE = 100_000  # of whom the key is remembered, for a minute at most
LONGEST = 500  # letters of a header in an entry
log = logging.getLogger(__name__)

# What requests leave in memory until the next beat: peer, forwarded addresses, user agent, language, key and minute, with
# the times of the first and the last of them. By minute, because no minute belongs to two days.
Sender = tuple[str, str, str, str, str, float]


@dataclass(slots=True)
class Seen:
    """When somebody saw something: [[first, last], …] apart by WINDOW or more; `before` is the key of the day before."""

    before: bytes | None
    spans: list[list[float]]  # Unix times


Spans = dict[tuple[bytes, str], Seen]  # by visitor and count key

# Requests write `_hits`; all the rest belongs to the beat, of which there is one at a time.
_hits: OrderedDict[Sender, list[float]] = OrderedDict()
_lost = 0
_buffer: Spans = {}
_written: dict[tuple[bytes, str], tuple[float, float]] = {}  # when this process wrote somebody, and up to which hit
_secrets: dict[date, bytes] = {}
# (visitor key, key of the day before, whether it is a robot) of who was here lately, under a number that only this
# process could make of them: who turns pages is not worked out anew at every beat, and no address stays.
_people: dict[int, tuple[bytes, bytes | None, bool]] = {}


def count(environ: Mapping[str, str], key: str, at: float | None = None) -> None:
    """Notes that the sender of this request was shown a page (and `key`, if the page is something of its own).

    `at` is a Unix time, default now. Staff, HEAD and prefetches count nothing.
    """
    if environ["REQUEST_METHOD"] == "GET" and not client.is_staff_browser(environ):
        note(environ, key, at or time.time())


def note(environ: Mapping[str, str], key: str, at: float) -> None:
    """`count` for a GET of which the caller knows that no staff sent it: one look into a dictionary in every request."""
    if client.is_prefetch(environ):
        return
    of = environ.get
    sender = (
        of("REMOTE_ADDR", ""),
        of("HTTP_X_FORWARDED_FOR", ""),
        of("HTTP_USER_AGENT", ""),
        of("HTTP_ACCEPT_LANGUAGE", ""),
        key,
        at // 60,
    )
    if (span := _hits.get(sender)) is not None:
        span[1] = at  # when the beat has just taken it, the sender is counted and only this moment is not noted
    else:
        _note_new(sender, at)


def _note_new(sender: Sender, at: float) -> None:
    global _lost
    peer, forwarded, agent, language, key, minute = sender
    # The nearest hops stand last.
    sender = (peer, forwarded[-LONGEST:], agent[:LONGEST], language[:LONGEST], key, minute)
    if (span := _hits.get(sender)) is not None:
        span[1] = at
    elif len(_hits) < LIMIT:
        _hits[sender] = [at, at]
    else:
        _lost += 1


def collect(*, at_the_end: bool = False) -> None:
    """Turns what requests have left into visitor keys, the oldest first: addresses and user agents are forgotten here."""
    global _lost
    if _lost:
        log.error("counting buffer is full (%s entries): %s hits are lost", LIMIT, _lost)
        _lost = 0
    for _ in range(len(_hits) if at_the_end else min(len(_hits), SENDERS)):
        sender, span = _hits.popitem(last=False)
        visitor, before, is_robot = _person(sender)
        if is_robot:
            _note((visitor, ROBOT), before, span)
            continue
        _note((visitor, VISIT), before, span)
        if sender[4]:
            _note((visitor, sender[4]), before, span)


def _person(sender: Sender) -> tuple[bytes, bytes | None, bool]:
    """(visitor key, key of the day before if a visit may have begun under it, whether it is a robot)"""
    peer, forwarded, agent, language, _, minute = sender
    day, yesterday = days = _days(minute)
    number = hash((peer, forwarded, agent, language, days))
    if number not in _people:
        environ = {"REMOTE_ADDR": peer, "HTTP_USER_AGENT": agent, "HTTP_ACCEPT_LANGUAGE": language}
        if forwarded:
            environ["HTTP_X_FORWARDED_FOR"] = forwarded
        visitor = client.visitor_key(environ, secret_of(day))
        # For half an hour after midnight a visit may have begun under the secret of the day before.
        before = client.visitor_key(environ, secret_of(yesterday)) if yesterday != day else None
        if len(_people) >= PEOPLE:
            _people.clear()
        _people[number] = visitor, before, client.is_robot(environ)
    return _people[number]


@lru_cache(maxsize=16)
def _days(minute: float) -> tuple[date, date]:
    """The day of this minute (of Unix time), and the day of half an hour before."""
    at = datetime.fromtimestamp(minute * 60, UTC)
    return clock.local_day(at), clock.local_day(at - WINDOW)


def _note(who: tuple[bytes, str], before: bytes | None, moments: list[float]) -> None:
    first, last = moments
    seen = _buffer.get(who)
    if seen is None:
        if len(_buffer) >= LIMIT:
            log.error("counting buffer is full (%s entries): hits are lost", LIMIT)
            return
        seen = _buffer[who] = Seen(before, [[first, first]])
    elif before and not seen.before:
        seen.before = before
    sliding = who[1] in SLIDING
    for at in moments if last > first else (first,):
        span = seen.spans[-1]
        if at - span[sliding] >= _WINDOW:
            seen.spans.append([at, at])
        elif at > span[1]:
            span[1] = at


FLUSH = """
WITH hit AS (
    SELECT decode(visitor, 'hex') AS visitor, key, decode(before, 'hex') AS before,
           to_timestamp(first) AS first_at, to_timestamp(last) AS last_at
    FROM unnest(%(visitor)s::text[], %(key)s::text[], %(before)s::text[], %(first)s::float8[], %(last)s::float8[])
        AS t(visitor, key, before, first, last)
), fresh AS (
    INSERT INTO stats_recent AS r (visitor, key, seen_at, counted_at, batch)
    SELECT h.visitor, h.key,
           CASE WHEN p.key IS NULL OR h.key = ANY(%(sliding)s) THEN h.last_at ELSE p.counted_at END,
           CASE WHEN p.key IS NULL THEN h.first_at ELSE p.counted_at END,
           CASE WHEN p.key IS NULL THEN %(batch)s::uuid END
    FROM hit h
    LEFT JOIN LATERAL (SELECT * FROM stats_recent WHERE visitor = h.before AND key = h.key LIMIT 1) p
        ON h.first_at < p.seen_at + %(window)s
    ORDER BY h.visitor, h.key
    ON CONFLICT (visitor, key) DO UPDATE SET
        counted_at = CASE WHEN excluded.counted_at >= r.seen_at + %(window)s THEN excluded.counted_at ELSE r.counted_at END,
        batch = CASE WHEN excluded.counted_at >= r.seen_at + %(window)s THEN excluded.batch ELSE r.batch END,
        seen_at = GREATEST(r.seen_at, excluded.seen_at)
    WHERE r.key = ANY(%(sliding)s) OR excluded.counted_at >= r.seen_at + %(window)s
    RETURNING key, counted_at, batch
)
INSERT INTO stats_dailycount AS d (day, key, n)
SELECT (counted_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day, key, count(*)
FROM fresh WHERE batch = %(batch)s::uuid GROUP BY day, key ORDER BY key, day
ON CONFLICT (key, day) DO UPDATE SET n = d.n + excluded.n
"""


def flush(*, at_the_end: bool = False) -> None:
    """Writes the buffer to the database. On an error what was not written stays in the buffer for the next beat.

    Who was written less than HELD ago waits, unless this is the last beat of the process: a reader who turns page after
    page is one row every quarter of a minute, not one every second.
    """
    collect(at_the_end=at_the_end)
    now = time.monotonic()
    due = [who for who, seen in _buffer.items() if at_the_end or not _can_wait(_written.get(who), seen, now)]
    waiting = {who: _buffer.pop(who) for who in due}
    try:
        # Who may go on with a visit of before midnight comes second: by then that visit is written.
        for goes_on in (False, True):
            while part := dict(islice(((w, s) for w, s in waiting.items() if bool(s.before) is goes_on), ROWS)):
                _write(part)
                _written.update({who: (time.monotonic(), seen.spans[0][1]) for who, seen in part.items()})
                for who, seen in part.items():
                    if len(seen.spans) > 1:  # came again after WINDOW while the database was away
                        waiting[who] = Seen(seen.before, seen.spans[1:])
                    else:
                        del waiting[who]
    except Exception:
        _take_back(waiting)
        raise


def _can_wait(written: tuple[float, float] | None, seen: Seen, now: float) -> bool:
    return written is not None and now - written[0] < HELD and seen.spans[-1][1] - written[1] < HELD


def _write(part: Spans) -> None:
    firsts = {who: seen.spans[0] for who, seen in part.items()}
    columns = {
        "visitor": _array(who[0].hex() for who in part),
        "key": _array(_quoted(who[1]) for who in part),
        "before": _array(seen.before.hex() if seen.before else "NULL" for seen in part.values()),
        "first": _array(repr(span[0]) for span in firsts.values()),
        # A view's window begins when it was counted, however long the reader stays.
        "last": _array(repr(span[1] if who[1] in SLIDING else span[0]) for who, span in firsts.items()),
    }
    values: dict[str, Any] = {**columns, "batch": str(uuid.uuid4()), "window": WINDOW, "sliding": list(SLIDING)}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FLUSH, values)


def _quoted(key: str) -> str:
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _array(texts: Iterable[str]) -> str:
    """One constant: of a list psycopg2 makes thousands, which PostgreSQL needs as long to parse as to write the rows."""
    return f"{{{','.join(texts)}}}"


def _take_back(waiting: Spans) -> None:
    """Puts what could not be written before what has come since."""
    for who, seen in waiting.items():
        since = _buffer.get(who, Seen(None, []))
        joined = _joined(seen.spans + since.spans, sliding=who[1] in SLIDING)
        _buffer[who] = Seen(seen.before or since.before, joined)


def _joined(seen: list[list[float]], *, sliding: bool) -> list[list[float]]:
    joined: list[list[float]] = []
    for first, last in sorted(seen):
        if joined and first - joined[-1][1 if sliding else 0] < _WINDOW:
            joined[-1][1] = max(last, joined[-1][1])
        else:
            joined.append([first, last])
    return joined


def waiting() -> int:
    """How many entries the buffer of this process holds."""
    return len(_hits) + len(_buffer)


def secret_of(day: date) -> bytes:
    """The secret of `day` as far as this process knows it, else one of its own until `learn_secrets` has come by."""
    if day not in _secrets:
        _secrets[day] = secrets.token_bytes(32)
    return _secrets[day]


def learn_secrets(at: datetime | None = None) -> None:
    """Makes sure that all processes use the same secrets: today's, yesterday's for its last visits, soon tomorrow's."""
    at = at or timezone.now()
    days = {clock.local_day(at), clock.local_day(at - WINDOW), clock.local_day(at + timedelta(hours=1))}
    if days == _known_days:
        return
    DailySecret.objects.bulk_create(
        [DailySecret(day=day, secret=secrets.token_bytes(32)) for day in sorted(days)], ignore_conflicts=True
    )
    DailySecret.objects.filter(day__lt=min(days)).delete()
    _secrets.clear()
    # Mixed with a key that is in no table: a dump alone, which holds visitor keys and secrets, tells of no address.
    key = settings.SECRET_KEY.encode()
    _secrets.update({row.day: hmac.digest(key, bytes(row.secret), "sha256") for row in DailySecret.objects.all()})
    _known_days.clear()
    _known_days.update(_secrets)


_known_days: set[date] = set()


def prune(at: datetime | None = None) -> None:
    """Deletes what was seen longer than KEPT ago, and forgets the keys of who was here."""
    _people.clear()
    recently = time.monotonic() - HELD
    for who in [who for who, (written, _) in list(_written.items()) if written <= recently]:
        del _written[who]
    Recent.objects.filter(seen_at__lt=(at or timezone.now()) - KEPT).delete()
