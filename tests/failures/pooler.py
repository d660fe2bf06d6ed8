"""The portal behind pgbouncer in transaction mode: `python -m tests.failures.pooler`.

Readers, searches and 200 ballots at once over a pool of four connections, then PostgreSQL stopped and started. Wanted:
no failed request, exactly 200 ballots, limits set on every connection, and nothing of a session left on any.
"""

import contextlib
import http.client
import os
import re
import signal
import sys
import threading
import time
from collections import Counter
from urllib.parse import urlencode

import psycopg2

from bench.ground import AGENT, demo
from tests.failures import rig
from tests.failures.rig import ask, say, until

VOTERS = 200


def sql(url, statement):
    with contextlib.closing(psycopg2.connect(url.replace("postgres://", "postgresql://"))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()


def vote(port, path, answers):
    """One citizen: the ballot page with its cookies and token, then the ballot."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"User-Agent": AGENT})
        page = connection.getresponse()
        body = page.read().decode()
        cookies = "; ".join(line.split(";")[0] for name, line in page.getheaders() if name.lower() == "set-cookie")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', body)[1]
        option = re.search(r'name="option"[^>]* value="(\d+)"', body)[1]
        sent = {"User-Agent": AGENT, "Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", path, urlencode({"csrfmiddlewaretoken": token, "option": option}), sent)
        answers[connection.getresponse().status] += 1
    except (OSError, http.client.HTTPException, TypeError) as error:
        answers[type(error).__name__] += 1


def ballots(primary, port):
    poll = sql(primary, "SELECT id FROM polls_poll WHERE is_approved AND closes_at IS NULL ORDER BY id LIMIT 1")[0][0]
    count = f"SELECT count(*) FROM polls_ballot WHERE poll_id = {poll}"
    before, answers = sql(primary, count)[0][0], Counter()
    for _ in range(VOTERS // 20):
        threads = [threading.Thread(target=vote, args=[port, f"/binh-chon/{poll}/", answers]) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    stored = sql(primary, count)[0][0] - before
    return say(
        f"{VOTERS} ballots: answers, stored", (dict(answers), stored), answers == {303: VOTERS} and stored == VOTERS
    )


def sessions(pooled):
    """Settings as a client of the pool finds them, on many transactions."""
    found = {
        sql(pooled, "SELECT current_setting('statement_timeout'), current_setting('lock_timeout')")[0]
        for _ in range(20)
    }
    held = sql(pooled, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")[0][0]
    fine = say("limits on the pool's connections", found, found == {("20s", "3s")})
    return fine & say("advisory locks left behind", held, held == 0)


def outage(cluster, port, path):
    os.kill(cluster.server_pid(), signal.SIGQUIT)
    time.sleep(4)
    kept = ask(port, path)[0]
    cluster.start()
    took = until(lambda: ask(port, "/readyz")[0] == 200 and ask(port, "/tim-kiem/?q=a")[0] == 200, 20)
    fine = say("page in memory while PostgreSQL is away", kept, kept == 200)
    return fine & say("ready again after", f"{took:.1f} s", took <= 5)


def main():
    limits = {"POLL_SOFT_LIMIT": "100000", "POLL_HARD_LIMIT": "100000"}
    with (
        demo(**limits) as (cluster, environment, _, path),
        rig.pgbouncer(cluster, default_pool_size=4, reserve_pool_size=0) as pooled,
    ):
        with rig.portal({**environment, "DATABASE_URL": pooled, "PGBOUNCER": "1"}) as (port, _):
            until(lambda: all(ask(port, "/readyz")[0] == 200 for _ in range(20)), what="the portal behind pgbouncer")
            with rig.Readers(port, [path, "/tim-kiem/?q=phuong", "/thong-ke/", "/tin-tuc/?page=2"], 60) as readers:
                fine = ballots(environment["DATABASE_URL"], port)
            fine &= say("readers meanwhile", dict(readers.answers), set(readers.answers) == {200})
            fine &= sessions(pooled)
            fine &= outage(cluster, port, path)
    sys.exit(not fine)


if __name__ == "__main__":
    main()
