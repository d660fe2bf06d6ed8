"""How much is enough? `python bench/capacity.py --measure` and then `python bench/capacity.py`.

`--measure` finds on this machine what a request of each kind, a beat and a counted reader cost our processes and
PostgreSQL (CPU, bytes), and some mixed loads, and leaves all of it in bench/costs.json. Without it: adds these costs up
for each mixed load and compares with what was measured there; plays each size of deployment request by request; prints
what must be bought, and what ends first. Exit code 1 where arithmetic and measurement differ by more than a quarter.
"""

import argparse
import heapq
import json
import os
import random
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

COSTS = Path(__file__).with_name("costs.json")
TICK = os.sysconf("SC_CLK_TCK")
PROCESSES = 2
KINDS = {"memory": "visitors.lua", "gzip": "visitors.lua", "home": "visitors.lua", "built": "visitors.lua",
         "search": "searches.lua", "lost": "lost.lua"}  # fmt: skip
# Shares of each kind in the mixed loads (bench/soak.lua and bench/mixed.lua) and in the plans; the rest is "gzip".
MIXES = {
    "soak.lua": {"memory": 0.475, "gzip": 0.475, "search": 0.03, "lost": 0.02},
    "mixed.lua": {"memory": 0.95, "search": 0.05},
}
READERS = {"search": 0.02, "lost": 0.005, "built": 0.002}
ROWS_PER_REQUEST = 0.5  # in the plans: every fourth request is a new reader's, who is a visit and a view
TOLERANCE = 0.25
BUSY = 0.6  # of a core: more in the mean leaves no room for the peaks within a minute


# --- Measuring --------------------------------------------------------------------------------------------------------
def cpu(pids):
    """CPU seconds of these processes."""
    fields = [
        Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        for pid in pids
        if Path(f"/proc/{pid}").exists()
    ]
    return sum(int(n) for row in fields for n in row[11:13]) / TICK


class Bench:
    """A portal under wrk, with the meters of its processes and of PostgreSQL."""

    def __init__(self, cluster, server, port, database):
        self.cluster, self.server, self.port, self.database = cluster, server, port, database

    def meters(self):
        from tests.failures.replica import sql
        from tests.failures.rig import children

        postmaster = self.cluster.server_pid()
        # A connection that has ended takes its seconds to its parent's account of waited-for children: none ends here.
        rows = sql(self.database, "SELECT n_tup_ins FROM pg_stat_user_tables WHERE relname = 'stats_recent'")[0][0]
        return time.monotonic(), cpu(children(self.server.pid)), cpu(children(postmaster)), rows

    def drained(self):
        """The meters once nobody who was counted waits to be written any more."""
        last, still = self.meters(), 0
        while still < 3:  # beats of a busy machine may be late
            time.sleep(2)
            now = self.meters()
            still = still + 1 if now[3] == last[3] else 0
            last = now
        return last

    def load(self, script, path, seconds, connections=8, headers=(), more=()):
        """(requests, seconds, app CPU, PostgreSQL CPU, rows of new readers)"""
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", f"bench/{script}", *headers]
        before = self.meters()
        said = subprocess.run(
            [*command, f"http://127.0.0.1:{self.port}{path}", *more], capture_output=True, text=True
        ).stdout
        words = next(line for line in said.splitlines() if line.startswith("RESULT")).split()
        after = self.drained()
        return int(words[1]), *(b - a for a, b in zip(before, after, strict=True))


def measure(seconds):
    from bench.ground import demo, fetch_whole
    from tests.failures import rig

    if os.environ.get("BENCH_TARGET"):
        sys.exit("without BENCH_TARGET, please")
    with demo() as (cluster, environment, _, path), ExitStack() as stack:
        port, server = stack.enter_context(rig.portal(environment, PROCESSES))
        rig.until(lambda: all(rig.ask(port, "/readyz")[0] == 200 for _ in range(9)))
        bench = Bench(cluster, server, port, environment["DATABASE_URL"])
        for page in (path, "/"):
            for _ in range(30):
                rig.ask(port, page)
        costs = {"idle": idle(bench), "kinds": {}, "points": []}
        _, packed = fetch_whole(port, path, **{"Accept-Encoding": "gzip"})
        costs["bytes"] = len(packed)
        costs["row"] = [0.0, 0.0]
        costs["kinds"]["memory"] = one(bench, "memory", KINDS["memory"], path, seconds, costs)
        costs["row"] = row(bench, path, seconds, costs)
        for kind, script in KINDS.items():
            if kind not in {"built", "memory"}:
                costs["kinds"][kind] = one(bench, kind, script, "/" if kind == "home" else path, seconds, costs)
        for script, connections in (("soak.lua", 4), ("soak.lua", 16), ("mixed.lua", 8)):
            found = bench.load(script, "" if script == "soak.lua" else path, seconds, connections,
                               more=["--", path] if script == "soak.lua" else [])  # fmt: skip
            costs["points"].append([script, connections, *found])
    with demo(BENCH_TARGET="fresh") as (cluster, environment, _, path):
        from bench.ground import Target

        target = Target("built", path, environment)
        try:
            bench = Bench(cluster, target.process, target.port, environment["DATABASE_URL"])
            time.sleep(2)
            bench.load("visitors.lua", path, 2)
            costs["kinds"]["built"] = one(bench, "built", "visitors.lua", path, seconds, costs)
        finally:
            target.stop()
    costs["machine"] = f"{os.cpu_count()} cores, {cpu_name()}, {time.strftime('%d/%m/%Y')}"
    COSTS.write_text(json.dumps(costs, indent=1) + "\n")


def cpu_name():
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(": ")[1] for line in lines if line.startswith("model name")), "unknown")


def idle(bench, seconds=10):
    """CPU of one process' beats in a second, of it and of PostgreSQL, when nobody reads."""
    before = bench.meters()
    time.sleep(seconds)
    took, app, database, _ = (b - a for a, b in zip(before, bench.meters(), strict=True))
    return [app / took / PROCESSES, database / took / PROCESSES]


def row(bench, path, seconds, costs):
    """CPU of (our processes, PostgreSQL) for one row of a new reader: all different readers ask for one page in memory."""
    n, took, app, database, rows = bench.load("strangers.lua", path, seconds)
    beats = [share * PROCESSES * took for share in costs["idle"]]
    if not rows:
        sys.exit("no reader was written: is the machine too busy for its beats?")
    return [max(0.0, app - beats[0] - n * costs["kinds"]["memory"][0]) / rows, max(0.0, database - beats[1]) / rows]


def one(bench, kind, script, path, seconds, costs):
    """[app CPU, PostgreSQL CPU] of a request, without the beats and the counting."""
    headers = ["-H", "Accept-Encoding: gzip"] if kind == "gzip" else []
    n, took, app, database, rows = bench.load(script, path, seconds, headers=headers)
    beats = [share * PROCESSES * took for share in costs["idle"]]
    counted = [rows * each for each in costs["row"]]
    return [max(0.0, app - beats[0] - counted[0]) / n, max(0.0, database - beats[1] - counted[1]) / n]


# --- Adding up --------------------------------------------------------------------------------------------------------
def needed(costs, rate, mix, rows, processes):
    """CPU seconds a second of (our processes, PostgreSQL) at `rate` requests and `rows` new rows a second."""
    mix = {**mix, "gzip": mix.get("gzip", 0) + 1 - sum(mix.values())}
    app, database = (sum(share * costs["kinds"][kind][i] for kind, share in mix.items()) * rate for i in (0, 1))
    more = [processes * beat + rows * row for beat, row in zip(costs["idle"], costs["row"], strict=True)]
    return app + more[0], database + more[1]


def check(costs):
    """Whether what is added up is what was measured, for each mixed load."""
    fine = True
    print(
        f"{'mixed load':24}{'requests/s':>12}{'our CPU: measured':>19}{'added up':>10}{'database':>10}{'added up':>10}"
    )
    for script, connections, n, took, app, database, rows in costs["points"]:
        told = needed(costs, n / took, MIXES[script], rows / took, PROCESSES)
        measured = app / took, database / took
        right = all(abs(a - b) <= TOLERANCE * max(a, b) for a, b in zip(told, measured, strict=True))
        fine &= right
        print(f"{f'{script}, {connections} at once':24}{n / took:12,.0f}{measured[0]:19.2f}{told[0]:10.2f}"
              f"{measured[1]:10.2f}{told[1]:10.2f}  {'ok' if right else 'NOT REACHED'}")  # fmt: skip
    return fine


def play(costs, rate, processes, cores, seconds=20, seed=1):
    """Plays `rate` requests a second at `processes` that share `cores`, beats included: (busy share, p50, p99 in ms)."""
    dice, kinds = random.Random(seed), {**READERS, "gzip": 1 - sum(READERS.values())}
    names, weights = list(kinds), list(kinds.values())
    free, waits, busy, at, beat = [0.0] * min(cores, processes), [], 0.0, 0.0, 0.0
    heapq.heapify(free)
    while at < seconds:
        at += dice.expovariate(rate)
        while beat < at:  # the beats of all processes, spread over the second
            took, begins = costs["idle"][0], heapq.heappop(free)
            heapq.heappush(free, max(begins, beat) + took)
            busy, beat = busy + took, beat + 1 / processes
        app, database = costs["kinds"][dice.choices(names, weights)[0]]
        took, begins = dice.uniform(0.5, 1.5) * app, max(at, heapq.heappop(free))
        heapq.heappush(free, begins + took)
        busy += took
        waits.append(begins + took + database - at)
    waits.sort()
    return busy / seconds / len(free), waits[len(waits) // 2] * 1e3, waits[len(waits) * 99 // 100] * 1e3


PLANS = [  # name, requests/s, machines, cores of each, through a CDN
    ("a ward: one machine", 50, 1, 2, 0),
    ("a district: one machine", 500, 1, 4, 0),
    ("a city: ten machines", 5_000, 10, 4, 0),
    ("a national event, no CDN", 10_000, 10, 8, 0),
    ("a national event, CDN", 10_000, 4, 4, 0.9),
]


def plan(costs):
    print(f"\n{'deployment':28}{'readers/s':>10}{'machines':>10}{'our cores':>11}{'database':>10}{'Gbit/s':>8}"
          f"{'busy':>7}{'p99 ms':>8}  ends first")  # fmt: skip
    for name, rate, machines, cores, cached in PLANS:
        # Through a CDN the pages stay there; each reader's beacon comes, and counts.
        origin = rate * (1 - cached)
        beacons = rate * cached
        processes = machines * cores
        app, database = needed(costs, origin + beacons, READERS, rate * ROWS_PER_REQUEST, processes)
        bits = (origin * costs["bytes"] + beacons * 300) * 8 / 1e9
        busy, _, p99 = play(costs, (origin + beacons) / machines, cores, cores)
        shares = {
            "our processes": app / (machines * cores),
            "the database's cores": database / 8,
            "the line (1 Gbit/s)": bits,
        }
        first = max(shares, key=shares.get)
        print(f"{name:28}{rate:10,}{machines:10}{app:11.2f}{database:10.2f}{bits:8.2f}{busy:7.0%}{p99:8.1f}"
              f"  {first}: {shares[first]:.0%}")  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--measure", action="store_true")
    parser.add_argument("--seconds", type=int, default=8, help="of each load that is measured")
    options = parser.parse_args()
    if options.measure:
        measure(options.seconds)
    if not COSTS.exists():
        sys.exit("nothing was measured yet: --measure")
    costs = json.loads(COSTS.read_text())
    print(f"Measured on: {costs['machine']}\n{'CPU, µs':14}{'ours':>9}{'database':>10}")
    for kind, (app, database) in {**costs["kinds"], "beat": costs["idle"], "a row": costs["row"]}.items():
        print(f"{kind:14}{app * 1e6:9,.0f}{database * 1e6:10,.0f}")
    print()
    fine = check(costs)
    plan(costs)
    sys.exit(not fine)


if __name__ == "__main__":
    main()
