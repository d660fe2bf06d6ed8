"""PostgreSQL stopped, then frozen, under readers: `python -m tests.failures.database [--seconds 15] [--rate 100]`.

Wanted: every page that somebody had read before is answered, quickly; what is not in memory says so within seconds, with
the numbers to call; the portal recovers by itself, and every reader was counted.
"""

import argparse
import os
import signal
import sys
import time

from bench.counting import counted, settled
from bench.ground import demo
from tests.failures import rig
from tests.failures.rig import ask, children, say, until


def stopped(cluster, seconds):
    """As in a crash."""
    os.kill(cluster.server_pid(), signal.SIGQUIT)
    time.sleep(seconds)
    cluster.start()


def frozen(cluster, seconds):
    """As on a disk that hangs: connections stay open, nobody answers."""
    everyone = {cluster.server_pid(), *children(cluster.server_pid())}
    for pid in everyone:
        os.kill(pid, signal.SIGSTOP)
    try:
        time.sleep(seconds)
    finally:
        for pid in everyone:
            os.kill(pid, signal.SIGCONT)


def unread(port, word):
    """(status, seconds, whether numbers stand there) of a page that is not in memory."""
    began = time.monotonic()
    status, _, body = ask(port, f"/tim-kiem/?q={word}")
    return status, round(time.monotonic() - began, 1), b"tel:" in body


def trial(name, trouble, cluster, port, path, options):
    from threading import Thread

    with rig.Readers(port, [path], options.rate) as readers, rig.Readers(port, ["/", "/duong-day-nong/"], 20) as others:
        time.sleep(2)
        away = Thread(target=trouble, args=[cluster, options.seconds])
        away.start()
        time.sleep(options.seconds / 2)
        first, second = unread(port, f"{name}-1"), unread(port, f"{name}-2")
        away.join()
        took = until(lambda: ask(port, "/readyz")[0] == 200 and unread(port, f"{name}-3")[0] == 200, 60, "recovery")
        time.sleep(2)
    fine = say(f"{name}: pages in memory", dict(readers.answers), set(readers.answers) == {200})
    fine &= say(f"{name}: home and directory", dict(others.answers), set(others.answers) == {200})
    slowest = max(readers.slowest, others.slowest)
    say(f"{name}: slowest of these", f"{slowest * 1000:.0f} ms")
    right = (first[0], second[0]) == (503, 503) and first[2] and max(first[1], second[1]) < 5
    fine &= say(f"{name}: pages not in memory (status, s, numbers)", (first, second), right)
    fine &= say(f"{name}: ready again after", f"{took:.1f} s", took <= 5)
    return fine, readers.answers[200]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--rate", type=int, default=100)
    options = parser.parse_args()
    with demo() as (cluster, environment, _, path), rig.portal(environment) as (port, _):
        until(lambda: all(ask(port, "/readyz")[0] == 200 for _ in range(9)))
        for _ in range(30):  # both processes hold them
            for page in (path, "/", "/duong-day-nong/"):
                ask(port, page)
        time.sleep(2)
        before, fine, answered = counted(environment, path), True, 0
        for name, trouble in (("stopped", stopped), ("frozen", frozen)):
            reached, n = trial(name, trouble, cluster, port, path, options)
            fine, answered = fine & reached, answered + n
        found = settled(environment, path) - before
        fine &= say("different readers who were answered, counted", (answered, found), answered == found)
    sys.exit(not fine)


if __name__ == "__main__":
    main()
