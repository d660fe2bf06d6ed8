"""Public pages from a streaming replica: `python -m tests.failures.replica`.

Lag (replay paused), a replica that is stopped and comes back, the order of what readers and editors see. Wanted: nobody
ever reads content older than what the process knows, staff read the primary, and a replica that goes costs no request.
"""

import contextlib
import sys
import time

import psycopg2

from bench.ground import demo
from tests.failures import rig
from tests.failures.rig import ask, say, until

TITLE = "Trang Giới thiệu vừa được sửa lần {}"


def sql(url, statement):
    with contextlib.closing(psycopg2.connect(url.replace("postgres://", "postgresql://"))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else None


def reads(url):
    """How many rows of the articles' table have been read on this server."""
    return sql(
        url, "SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables WHERE relname = 'news_article'"
    )[0][0]


def edit(primary, number):
    """Changes a page as any editor's transaction does."""
    sql(primary, f"UPDATE portal_page SET title = '{TITLE.format(number)}' WHERE path = 'gioi-thieu'")


def sees(port, number):
    return TITLE.format(number).encode() in ask(port, "/gioi-thieu/")[2]


def used(primary, copy, port):
    before = reads(primary), reads(copy)
    for n in range(1, 40):
        ask(port, f"/tim-kiem/?q=phuong+{n}")
    time.sleep(1.5)  # the servers write their statistics down once a second
    after = reads(primary), reads(copy)
    grown = after[0] - before[0], after[1] - before[1]
    return say("rows of articles read by 39 searches: primary, replica", grown, grown[1] > 100 * max(1, grown[0] // 10))


def lag(primary, copy, port):
    """While the replica does not replay, every new state is read from the primary at once."""
    sql(copy, "SELECT pg_wal_replay_pause()")
    fine, waits = True, []
    for number in range(1, 6):
        edit(primary, number)
        waits.append(until(lambda number=number: sees(port, number), 10))
        # From now on no process that knows the new state shows an older one.
        until(lambda number=number: all(sees(port, number) for _ in range(20)), 10)
        fine &= all(sees(port, number) for _ in range(100))
    fine = say("5 edits while the replica stands still, seen after", f"≤ {max(waits):.2f} s", max(waits) < 3 and fine)
    behind = sql(copy, "SELECT n FROM portal_generation")[0][0] < sql(primary, "SELECT n FROM portal_generation")[0][0]
    fine &= say("the replica was behind meanwhile", behind, behind)
    sql(copy, "SELECT pg_wal_replay_resume()")
    until(lambda: sql(copy, "SELECT n FROM portal_generation") == sql(primary, "SELECT n FROM portal_generation"))
    return fine


def away(cluster, copy, data, port, path):
    """The replica is killed and comes back under readers."""
    with rig.Readers(port, ["/tim-kiem/?q=van+hoa", path, "/", "/tin-tuc/?page=2"], 60) as readers:
        time.sleep(1)
        cluster._run("pg_ctl", "stop", "-D", data, "-m", "immediate", "-w")
        time.sleep(4)
        options = f"-k {data.parent / 'socket'} -c listen_addresses= -c max_connections=200"
        cluster._run("pg_ctl", "start", "-D", data, "-l", data.parent / "server.log", "-w", "-o", options)
        time.sleep(4)
    fine = say("replica killed and started again, answers", dict(readers.answers), set(readers.answers) == {200})
    fine &= say("slowest answer", f"{readers.slowest:.2f} s", readers.slowest < 3.5)
    before = reads(copy)
    for n in range(20):
        ask(port, f"/tim-kiem/?q=ba+{n}")
    time.sleep(1.5)
    return fine & say("it is read again", reads(copy) - before, reads(copy) > before)


def main():
    with demo() as (cluster, environment, _, path), rig.replica(cluster) as (copy, data):
        primary = environment["DATABASE_URL"]
        with rig.portal({**environment, "DATABASE_REPLICA_URL": copy}) as (port, _):
            until(lambda: all(ask(port, "/readyz")[0] == 200 for _ in range(20)))
            time.sleep(2)
            fine = used(primary, copy, port)
            fine &= lag(primary, copy, port)
            fine &= away(cluster, copy, data, port, path)
    sys.exit(not fine)


if __name__ == "__main__":
    main()
