"""`manage.py deploy`: one at a time, giving way to whoever holds a lock, stopping before what would hold everybody up."""

import os
import threading
from io import StringIO

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from portal import deploying

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other():
    """Another connection to the same database."""
    found = psycopg2.connect(**connection.get_connection_params())
    found.autocommit = True
    yield found.cursor()
    found.close()


@pytest.fixture(autouse=True)
def collected(monkeypatch):
    """How often static files were to be collected; that itself takes seconds and is tried elsewhere."""
    calls = []
    monkeypatch.setattr(deploying, "collect_static", calls.append)
    return calls


def deploy(**options):
    said = StringIO()
    call_command("deploy", stdout=said, stderr=said, **options)
    return said.getvalue()


def test_whoever_comes_second_waits_and_says_so(other):
    other.execute("SELECT pg_advisory_lock(%s)", [deploying.LOCK])
    told = []

    def second():
        with deploying.alone(told.append):
            told.append("in")

    waiting = threading.Thread(target=second)
    waiting.start()
    while not told:
        pass
    assert told == ["Một lần cập nhật khác đang chạy trên cơ sở dữ liệu này; đợi nó xong…"]
    other.execute("SELECT pg_advisory_unlock(%s)", [deploying.LOCK])
    waiting.join(5)
    assert told[1:] == ["in"]


def test_a_migration_gives_way_to_a_lock_and_tries_again(other, monkeypatch):
    monkeypatch.setattr(deploying, "LOCK_TIMEOUT", "50ms")
    monkeypatch.setattr(deploying, "PAUSE", 0)
    monkeypatch.setattr(deploying, "pending", lambda: ["one"])
    tries, told = [], []

    def step():
        tries.append(1)
        if len(tries) == 3:
            other.execute("ROLLBACK")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE portal_relatedlink IN ACCESS EXCLUSIVE MODE")

    other.execute("BEGIN; LOCK TABLE portal_relatedlink IN ACCESS SHARE MODE")
    monkeypatch.setattr(deploying, "_migrate_now", step)
    deploying.migrate(told.append)
    assert (len(tries), len(told)) == (3, 3)


def test_a_step_that_would_hold_up_a_big_table_needs_a_word(monkeypatch):
    monkeypatch.setattr(deploying, "risks", lambda: ["news.0099: tạo chỉ mục chặn ghi news_article (2,000,000 dòng)"])
    with pytest.raises(CommandError, match="--may-lock"):
        deploy()
    assert "Chú ý: news.0099" in deploy(may_lock=True)


def test_what_holds_up_readers_or_writers_is_seen_in_the_sql():
    assert deploying._INDEX.findall('CREATE INDEX "a" ON "news_article" ("x");') == ["news_article"]
    assert deploying._INDEX.findall('CREATE INDEX CONCURRENTLY "a" ON "news_article" ("x");') == []
    retyped = 'ALTER TABLE "stats_dailycount" ALTER COLUMN "n" TYPE numeric USING "n"::numeric;'
    assert deploying._REWRITE.findall(retyped) == ["stats_dailycount"]


def test_nothing_to_do_is_quick_and_says_what_comes_next(collected):
    said = deploy()
    assert "Xong (0 bước)" in said and "systemctl reload portal" in said
    assert len(collected) == 1


def test_behind_pgbouncer_it_refuses(settings):
    settings.PGBOUNCER = True
    for command in (["deploy"], ["backup", "/nowhere"], ["restore", "/nowhere"]):
        with pytest.raises(CommandError, match="không qua pgbouncer"):
            call_command(*command)
    assert os.path.exists("/nowhere") is False
