"""Counting: what counts, how often, and exactly once over threads, retries and midnight."""

import hmac
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import OperationalError, connection

from portal.lib import client
from stats import counting
from stats.models import ROBOT, VISIT, DailyCount, DailySecret, Recent
from tests.conftest import BROWSER

NOON = datetime(2026, 3, 4, 5, 0, tzinfo=UTC)  # 12:00 in Việt Nam


def environ(address="203.0.113.7", agent=BROWSER, **more):
    return {"REQUEST_METHOD": "GET", "REMOTE_ADDR": address, "HTTP_USER_AGENT": agent, **more}


def counts():
    return {(row.day, row.key): row.n for row in DailyCount.objects.all()}


def see(minutes, key=None, start=NOON, **who):
    counting.count(environ(**who), key or "", (start + timedelta(minutes=minutes)).timestamp())


@pytest.mark.django_db
def test_a_visit_goes_on_while_pages_follow_within_half_an_hour():
    for minutes in (0, 29, 58, 87):
        see(minutes)
    counting.flush()
    assert counts() == {(date(2026, 3, 4), VISIT): 1}


@pytest.mark.django_db
def test_after_half_an_hour_of_inactivity_a_new_visit_begins():
    see(0)
    see(30)
    counting.flush()
    assert counts() == {(date(2026, 3, 4), VISIT): 2}


@pytest.mark.django_db
def test_the_window_holds_over_many_flushes():
    for minutes in (0, 20, 40, 60, 95):
        see(minutes)
        counting.flush()
    assert counts() == {(date(2026, 3, 4), VISIT): 2}


@pytest.mark.django_db
@pytest.mark.parametrize("flush_each_time", [True, False])
def test_a_reader_who_stays_views_the_article_once_in_each_half_hour(flush_each_time):
    for minutes in (0, 10, 29, 31, 50, 62):
        see(minutes, "article:1")
        if flush_each_time:
            counting.flush()
    counting.flush()
    assert counts() == {(date(2026, 3, 4), VISIT): 1, (date(2026, 3, 4), "article:1"): 3}


@pytest.mark.django_db
def test_two_articles_and_two_visitors():
    see(0, "article:1")
    see(1, "article:2")
    see(2, "article:1", address="203.0.113.8")
    counting.flush()
    day = date(2026, 3, 4)
    assert counts() == {(day, VISIT): 2, (day, "article:1"): 2, (day, "article:2"): 1}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "request_fields",
    [
        {"REQUEST_METHOD": "HEAD"},
        {"REQUEST_METHOD": "POST"},
        {"HTTP_SEC_PURPOSE": "prefetch;prerender"},
        {"HTTP_PURPOSE": "prefetch"},
        {"HTTP_COOKIE": "a=b; sessionid=abc"},
    ],
)
def test_what_no_citizen_looks_at_counts_nothing(request_fields):
    counting.count({**environ(), **request_fields}, "article:1", NOON.timestamp())
    assert counting.waiting() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "agent", ["", "Googlebot/2.1 (+http://www.google.com/bot.html)", "curl/8.5.0", "coccocbot-web/1.0"]
)
def test_robots_are_counted_apart(agent):
    see(0, "article:1", agent=agent)
    counting.flush()
    assert counts() == {(date(2026, 3, 4), ROBOT): 1}


@pytest.mark.django_db
def test_a_visit_over_midnight_belongs_to_the_day_it_began():
    evening = datetime(2026, 3, 4, 16, 50, tzinfo=UTC)  # 23:50 in Việt Nam; the visitor keys change in ten minutes
    for minutes in (0, 15, 35, 60):
        see(minutes, start=evening)
        counting.flush()
    assert counts() == {(date(2026, 3, 4), VISIT): 1}


@pytest.mark.django_db
def test_a_view_is_not_doubled_by_midnight():
    evening = datetime(2026, 3, 4, 16, 50, tzinfo=UTC)
    for minutes in (0, 15, 31):
        see(minutes, "article:1", start=evening)
        counting.flush()
    assert counts()[date(2026, 3, 4), "article:1"] == 1
    assert counts()[date(2026, 3, 5), "article:1"] == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("seconds", "expected"),
    [((-0.5, 0.3), 1), ((-600, 30), 1), ((1799.8, 1800.3), 1), ((-0.5, 1799.8, 1800.3), 2)],
)
def test_hits_around_midnight_and_half_past_in_one_batch(seconds, expected):
    """The visitor keys change at midnight; until half past a hit may go on with a visit under the old one."""
    midnight = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)
    for moment in seconds:
        see(moment / 60, "article:1", start=midnight)
    counting.flush()
    for key in (VISIT, "article:1"):
        assert sum(n for (_, name), n in counts().items() if name == key) == expected


@pytest.mark.django_db
def test_a_statement_written_twice_counts_once():
    see(0, "article:1")
    counting.collect()
    hits = dict(counting._buffer)
    counting.flush()
    counting._buffer.update(hits)  # the answer to the commit was lost, so the process tries again
    counting.flush()
    assert set(counts().values()) == {1}


@pytest.mark.django_db
def test_a_reader_on_the_move_is_not_a_row_a_second(monkeypatch):
    rows = []
    write = counting._write
    monkeypatch.setattr(counting, "_write", lambda part: (rows.append(len(part)), write(part)))
    for seconds in (0, 1, 2, 3):
        see(seconds / 60, "article:1")
        counting.flush()
    assert rows == [2]
    assert counting.waiting() == 2
    counting.flush(at_the_end=True)
    assert rows == [2, 2]
    assert counting.waiting() == 0
    assert set(counts().values()) == {1}
    assert Recent.objects.get(key=VISIT).seen_at == NOON + timedelta(seconds=3)


@pytest.mark.django_db
def test_nothing_is_lost_while_the_database_is_away(monkeypatch):
    see(0, "article:1")
    write = counting._write
    monkeypatch.setattr(counting, "_write", lambda part: (_ for _ in ()).throw(OperationalError("away")))
    with pytest.raises(OperationalError):
        counting.flush()
    see(5, "article:1")
    see(45, "article:1")
    monkeypatch.setattr(counting, "_write", write)
    counting.flush()
    assert counts() == {(date(2026, 3, 4), VISIT): 2, (date(2026, 3, 4), "article:1"): 2}


@pytest.mark.django_db(transaction=True)
def test_processes_that_see_the_same_visitors_count_each_once():
    """Eight connections write overlapping visitors at once, in different orders: no deadlock, no double count."""
    visitors = [f"198.51.100.{n}" for n in range(200)]
    spans = []
    for start in range(8):
        for address in visitors[start * 25 :] + visitors[: start * 25]:
            see(0, "article:1", address=address)
        counting.collect()
        spans.append(dict(counting._buffer))
        counting._buffer.clear()

    def write(mine):
        try:
            counting._write(mine)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=[mine]) for mine in spans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts() == {(date(2026, 3, 4), VISIT): 200, (date(2026, 3, 4), "article:1"): 200}


@pytest.mark.django_db
def test_a_full_buffer_says_so_and_keeps_what_it_has(monkeypatch, caplog):
    monkeypatch.setattr(counting, "LIMIT", 1)
    see(0, "article:1")
    see(0, "article:2")
    see(0, "article:2")
    assert counting.waiting() == 1
    counting.collect()
    assert [record.getMessage() for record in caplog.records] == [
        "counting buffer is full (1 entries): 2 hits are lost",
        "counting buffer is full (1 entries): hits are lost",  # the one hit is a visit and a view
    ]


def test_headers_without_end_take_no_room():
    see(0, agent=BROWSER + "x" * 60_000, HTTP_ACCEPT_LANGUAGE="vi" * 30_000, HTTP_X_FORWARDED_FOR="9" * 60_000)
    (sender,) = counting._hits
    assert sum(len(part) for part in sender if isinstance(part, str)) < 1600


@pytest.mark.django_db
def test_a_beat_ends_however_many_come_and_the_oldest_are_first(monkeypatch):
    monkeypatch.setattr(counting, "SENDERS", 3)
    for n in range(5):
        see(n, f"article:{n}", address=f"203.0.113.{n}")
    counting.flush()
    assert {key for _, key in counts()} == {VISIT, "article:0", "article:1", "article:2"}
    counting.flush(at_the_end=True)
    assert counts()[date(2026, 3, 4), VISIT] == 5


@pytest.mark.django_db
def test_secrets_are_shared_and_destroyed_with_their_day():
    counting.learn_secrets(NOON)
    assert [row.day for row in DailySecret.objects.all()] == [date(2026, 3, 4)]
    ours = counting.secret_of(date(2026, 3, 4))
    counting._known_days.clear()  # as another process
    counting.learn_secrets(NOON)
    assert counting.secret_of(date(2026, 3, 4)) == ours
    counting.learn_secrets(NOON + timedelta(days=1))
    assert [row.day for row in DailySecret.objects.all()] == [date(2026, 3, 5)]


@pytest.mark.django_db
def test_who_has_the_rows_alone_finds_no_address_by_trying_all(settings):
    settings.SECRET_KEY = "not in the dump"
    counting.learn_secrets(NOON)
    see(0, "article:1", address="203.0.113.77")
    counting.flush()
    stolen, visitors = bytes(DailySecret.objects.get().secret), {bytes(row.visitor) for row in Recent.objects.all()}
    with_the_key = hmac.digest(b"not in the dump", stolen, "sha256")
    for secret, found in ((stolen, 0), (hmac.digest(b"another", stolen, "sha256"), 0), (with_the_key, 1)):
        tried = {client.visitor_key(environ(f"203.0.113.{n}"), secret) for n in range(256)}
        assert len(tried & visitors) == found


@pytest.mark.django_db
def test_what_is_stored_holds_no_address_and_no_user_agent():
    see(0, "article:1", address="203.0.113.77")
    counting.flush()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(r)::text FROM stats_recent r")
        rows = " ".join(row for (row,) in cursor.fetchall())
    assert Recent.objects.count() == 2
    assert "203.0.113" not in rows
    assert "Mozilla" not in rows


@pytest.mark.django_db
def test_prune_forgets_the_visitors_of_hours_ago():
    see(0)
    counting.flush()
    counting.prune(NOON + timedelta(hours=1))
    assert Recent.objects.count() == 1
    counting.prune(NOON + timedelta(hours=2, seconds=1))
    assert Recent.objects.count() == 0
