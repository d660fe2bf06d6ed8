"""200,000 requests of all kinds, twice: does memory grow? `python -m tests.failures.soak [--requests 200000]`.

Most are pages from memory, some are searches, lists, addresses that lead nowhere; every five seconds the content changes. The
first time fills what has a bound (pages, words, addresses); wanted: the second time the processes grow by at most 5 %.
"""

import argparse
import subprocess
import sys
import time

from bench.ground import ROOT, demo
from tests.failures import rig
from tests.failures.replica import sql
from tests.failures.rig import ask, children, say

MOST = 0.05


def memory(server):
    """Resident megabytes of all processes, once the beats have written who came."""
    time.sleep(20)
    return resident(server)


def resident(server):
    listed = subprocess.run(
        ["ps", "-o", "rss=", "-p", ",".join(map(str, children(server.pid)))], capture_output=True, text=True
    )
    return sum(map(int, listed.stdout.split())) / 1024


def ask_for(port, paths, many, database, server):
    """About `many` requests; (requests, failures, seconds)."""
    done = failed = 0
    began = time.monotonic()
    while done < many:
        command = ["wrk", "-t1", "-c16", "-d5s", "-s", "bench/soak.lua", f"http://127.0.0.1:{port}", "--", *paths]
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout
        words = next(line for line in said.splitlines() if line.startswith("RESULT")).split()
        done, failed = done + int(words[1]), failed + int(words[5])
        sql(database, f"UPDATE portal_page SET title = 'Sau {done} yêu cầu' WHERE path = 'gioi-thieu'")
        print(f"{done:9,} requests, {resident(server):.0f} MB", file=sys.stderr, flush=True)
    return done, failed, time.monotonic() - began


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=200_000)
    many = parser.parse_args().requests
    with (
        demo() as (_, environment, _, _),
        rig.portal(environment, log=subprocess.DEVNULL) as (port, server),  # a line for each lost address
    ):
        rig.until(lambda: all(ask(port, "/readyz")[0] == 200 for _ in range(9)))
        rows = sql(environment["DATABASE_URL"], "SELECT id FROM news_article WHERE state = 'published'")
        paths = [f"/tin-tuc/tin/{pk}-x/" for (pk,) in rows]  # they lead to the real addresses
        paths = [headers["Location"] for path in paths if (headers := ask(port, path)[1]) and "Location" in headers]
        database = environment["DATABASE_URL"]
        begun = resident(server)
        ask_for(port, paths, many, database, server)
        before = memory(server)
        done, failed, seconds = ask_for(port, paths, many, database, server)
        after = memory(server)
    growth = after / before - 1
    fine = say("requests, failed, seconds", (done, failed, round(seconds)), failed == 0)
    say("memory of the processes: begun, filled, after", f"{begun:.0f}, {before:.0f}, {after:.0f} MB")
    fine &= say("growth", f"{growth * 100:+.1f} %", growth <= MOST)
    sys.exit(not fine)


if __name__ == "__main__":
    main()
