"""Everybody reads while the content changes: `python -m tests.failures.stampede [--changes 8]`.

64 connections ask for one article as fast as they can; once a second a page of the site is edited, which makes every page
in memory an old one. Wanted: each process builds the article once for each change, and nobody waits for it.
"""

import argparse
import re
import subprocess
import sys
import time

from bench.ground import ROOT, demo
from tests.failures import rig
from tests.failures.replica import sql
from tests.failures.rig import ask, say

TOKEN, WORKERS, CONNECTIONS = "stampede", 2, 64
PREPARED = 3  # pages that a process builds by itself: home and directory in both languages (portal/preparing.py)


def built(port):
    """Answers that Django has made, in all processes."""
    time.sleep(1.5)  # each process writes its numbers down once a second
    text = ask(port, "/metrics", Authorization=f"Bearer {TOKEN}")[2].decode()
    return sum(int(n) for n in re.findall(r'portal_answers_total\{[^}]*source="django"[^}]*\} (\d+)', text))


def storm(port, path, seconds):
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "20s", "-s", "bench/visitors.lua"]
    return subprocess.Popen([*command, f"http://127.0.0.1:{port}{path}"], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changes", type=int, default=8)
    changes = parser.parse_args().changes
    with demo(METRICS_TOKEN=TOKEN) as (_, environment, _, path), rig.portal(environment, WORKERS) as (port, _):
        rig.until(lambda: all(ask(port, "/readyz")[0] == 200 for _ in range(9)))
        for _ in range(40):
            ask(port, path)
        before = built(port)
        wrk = storm(port, path, changes + 4)
        time.sleep(2)
        for n in range(changes):
            sql(environment["DATABASE_URL"], f"UPDATE portal_page SET title = 'Lần {n}' WHERE path = 'gioi-thieu'")
            time.sleep(1)
        _, requests, _, p50, p99, errors = next(
            line for line in wrk.communicate()[0].splitlines() if line.startswith("RESULT")
        ).split()
        n = built(port) - before
    most = changes * WORKERS * (1 + PREPARED) + 2  # and the question for the numbers
    fine = say(f"requests during {changes} changes, failed", (int(requests), int(errors)), errors == "0")
    say("p50, p99", f"{int(p50) / 1e3:.1f}, {int(p99) / 1e3:.1f} ms")
    fine &= say(f"pages built (at most {most}: one of each per change, process)", n, n <= most)
    sys.exit(not fine)


if __name__ == "__main__":
    main()
