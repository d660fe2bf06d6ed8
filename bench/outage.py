"""What readers notice when PostgreSQL is away: `python bench/outage.py [--seconds 60] [--rate 200]`.

Asks for pages that were read before at a steady rate, each time as a different visitor; stops the database (immediate,
as in a crash) for so many seconds in the middle, starts it again, and prints what was answered and what was counted.
"""

import argparse
import os
import signal
import sys
import threading
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.counting import REQUEST, Connection, counted, settled
from bench.ground import Target, demo, fetch

THREADS = 8


class Status(Connection):
    """A connection that tells the status instead of judging it."""

    def finish(self, status):
        super().finish(status)
        return status.split()[1].decode()


def readers(port, path, rate, stop, answers, waits):
    """Threads that ask `rate` times a second together until `stop`; fills the counters."""

    def work(number):
        connection, n, due = Status(port), 0, time.monotonic()
        while not stop.is_set():
            due += THREADS / rate
            time.sleep(max(0, due - time.monotonic()))
            began = time.monotonic()
            visitor = f"{time.time_ns()}-{number}-{n}"
            answers[connection.ask(REQUEST.format(path=path, port=port, visitor=visitor).encode())] += 1
            waits.append(time.monotonic() - began)
            n += 1

    return [threading.Thread(target=work, args=[number]) for number in range(THREADS)]


def is_back(port):
    try:
        return fetch(port, "/readyz") != b""
    except OSError:
        return False


def trial(cluster, server, environment, path, options):
    """Readers at a steady rate, the database away in the middle; prints answers and counts."""
    time.sleep(2)
    for _ in range(60):
        fetch(server.port, path)
    time.sleep(2)
    before = counted(environment, path)
    stop, answers, waits = threading.Event(), Counter(), []
    threads = readers(server.port, path, options.rate, stop, answers, waits)
    for thread in threads:
        thread.start()
    time.sleep(5)
    os.kill(cluster.server_pid(), signal.SIGQUIT)
    print(f"database stopped for {options.seconds} s", flush=True)
    time.sleep(options.seconds)
    cluster.start()
    began = time.monotonic()
    while not is_back(server.port):
        time.sleep(0.05)
    print(f"ready again {time.monotonic() - began:.1f} s after the database")
    time.sleep(5)
    stop.set()
    for thread in threads:
        thread.join()
    found = settled(environment, path) - before
    waits.sort()
    p50, p99 = (waits[len(waits) * part // 100] * 1000 for part in (50, 99))
    print(f"answers: {dict(answers)}; p50 {p50:.1f} ms, p99 {p99:.1f} ms")
    print(f"answered {answers['200']:,}, counted {found:,}, difference {found - answers['200']:+,}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--rate", type=int, default=200)
    options = parser.parse_args()
    with demo() as (cluster, environment, _, path):
        server = Target("portal", path, environment)
        try:
            trial(cluster, server, environment, path, options)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
