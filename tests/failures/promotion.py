"""The primary dies and its replica takes its place: `python -m tests.failures.promotion`.

First an editor works while the replica stands still: whoever is signed in never sees an old state. Then the primary is
killed and the replica promoted; DATABASE_URL names both (`target_session_attrs=read-write`), so the portal finds the
new primary by itself. Wanted: no reader of a page in memory notices, nothing is read that is older than what was known,
and what an editor writes afterwards is there.
"""

import os
import signal
import sys
import time
from urllib.parse import quote

from bench.ground import demo
from tests.failures import rig
from tests.failures.replica import edit, sees, sql
from tests.failures.rig import ask, say, until
from tests.failures.staff import Staff

ALERTS = "/quan-tri/portal/alert/"
BEHIND = 10  # alerts that an editor puts up while the replica stands still


def put_up(staff, text):
    fields = {"level": "notice", "text": text, "link": "", "starts_at_0": "01/01/2026", "starts_at_1": "00:00",
              "ends_at_0": "01/01/2099", "ends_at_1": "00:00", "_save": "Lưu"}  # fmt: skip
    return staff.post(f"{ALERTS}add/", fields, form=f"{ALERTS}add/")[0]


def editor(staff, copy):
    """What an editor has just saved stands in every list that they open, however late the replica is."""
    sql(copy, "SELECT pg_wal_replay_pause()")
    statuses, missing = set(), 0
    for n in range(BEHIND):
        statuses.add(put_up(staff, f"Thông báo thử số {n}."))
        missing += sum(f"Thông báo thử số {n}." not in staff.get(ALERTS)[1] for _ in range(4))
    behind = sql(copy, "SELECT count(*) FROM portal_alert WHERE text LIKE 'Thông báo thử%'")[0][0]
    sql(copy, "SELECT pg_wal_replay_resume()")
    fine = say(
        f"{BEHIND} alerts saved (statuses), of them on the replica",
        (statuses, behind),
        (statuses, behind) == ({302}, 0),
    )
    return fine & say(f"of {4 * BEHIND} lists that the editor opened, old ones", missing, missing == 0)


def promoted(cluster, data):
    os.kill(cluster.server_pid(), signal.SIGQUIT)
    time.sleep(3)
    done = cluster._run("pg_ctl", "promote", "-D", data, "-w")
    if done.returncode:
        raise SystemExit(f"not promoted: {done.stderr}")


def succession(cluster, environment, copy, data, port, path, staff):
    edit(environment["DATABASE_URL"], 7)
    until(lambda: all(sees(port, 7) for _ in range(20)), 10)
    until(lambda: b"7" in sql(copy, "SELECT title FROM portal_page WHERE path = 'gioi-thieu'")[0][0].encode())
    for _ in range(20):
        ask(port, path)
    with rig.Readers(port, [path, "/", "/duong-day-nong/"], 100) as readers:
        time.sleep(2)
        promoted(cluster, data)
        took = until(lambda: ask(port, "/readyz")[0] == 200 and ask(port, "/tim-kiem/?q=a")[0] == 200, 30, "recovery")
        older = sum(not sees(port, 7) for _ in range(50))
        time.sleep(2)
    fine = say("primary killed, replica promoted: answers", dict(readers.answers), set(readers.answers) == {200})
    say("slowest of these", f"{readers.slowest * 1000:.0f} ms")
    fine &= say("writing again after the promotion", f"{took:.1f} s", took <= 5)
    fine &= say("of 50 pages, older than what was known", older, older == 0)
    status = put_up(staff, "Thông báo sau khi đổi máy chính.")
    stored = sql(copy, "SELECT count(*) FROM portal_alert WHERE text LIKE '%đổi máy chính.'")[0][0]
    return fine & say(
        "an editor writes on the new primary (status, rows)", (status, stored), (status, stored) == (302, 1)
    )


def main():
    with demo() as (cluster, environment, _, path), rig.replica(cluster) as (copy, data):
        hosts = quote(f"{cluster.socket},{data.parent / 'socket'}", safe="/,")
        both = f"postgres://portal@/portal?host={hosts}&port=5432,5432&target_session_attrs=read-write"
        settings = {**environment, "DATABASE_URL": both, "DATABASE_REPLICA_URL": copy}
        with rig.portal(settings) as (port, _):
            until(lambda: all(ask(port, "/readyz")[0] == 200 for _ in range(20)))
            staff = Staff(environment, port)
            fine = editor(staff, copy)
            fine &= succession(cluster, environment, copy, data, port, path, staff)
    sys.exit(not fine)


if __name__ == "__main__":
    main()
