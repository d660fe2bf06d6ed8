"""How much is enough? `python bench/capacity.py --measure` and then `python bench/capacity.py`.

`--measure` (some three minutes on a quiet machine) finds what a request of each kind, a beat, a new reader and a ballot
cost nginx, our processes and PostgreSQL, by their processor time at an even pace, and leaves it in bench/costs.json
together with mixed loads. Without it: adds the costs up for each mixed load and plays it, compares with what was measured,
and tells for each size of deployment what it needs and what ends first. Exit code 1 where sum or play is off by more than
a quarter.
"""

import argparse
import heapq
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

COSTS = Path(__file__).with_name("costs.json")
TICK = os.sysconf("SC_CLK_TCK")
PARTS = ("nginx", "ours", "database")
PROCESSES = 2
CONNECTIONS = 16
# Pause of each connection in ms; of a thousand requests: searches, lost addresses, new readers.
ALONE = {"page": (24, 0, 0, 0), "new reader": (40, 0, 0, 1000), "search": (400, 1000, 0, 0), "lost": (300, 0, 1000, 0)}
MIXED = {
    "quiet": (40, 10, 5, 100), "busy": (16, 10, 5, 250), "many searches": (80, 100, 10, 100), "full": (0, 10, 5, 250),
}  # fmt: skip
VOTES = 120
READERS = {"search": 0.01, "lost": 0.005, "fresh": 0.002}  # of all requests in the plans; the rest is pages in memory
ROWS = 0.5  # a request in the plans: every fourth is of somebody new, who is a visit and a view
TOLERANCE = 0.25
BUSY = 0.6  # of a core: more in the mean leaves no room for the peaks within a minute
LINE = 1.0  # Gbit/s


# --- Measuring --------------------------------------------------------------------------------------------------------
def cpu(pids):
    """CPU seconds of these processes."""
    stats = [Path(f"/proc/{pid}/stat") for pid in pids]
    fields = [stat.read_text().rpartition(")")[2].split() for stat in stats if stat.exists()]
    return sum(int(n) for row in fields for n in row[11:13]) / TICK


class Bench:
    """A portal behind nginx, with the meters of both and of PostgreSQL."""

    def __init__(self, cluster, server, database, port, nginx=None):
        self.cluster, self.server, self.database, self.port, self.nginx = cluster, server, database, port, nginx

    def meters(self):
        """[time, nginx, ours, database, rows of new readers]"""
        from tests.failures.replica import sql
        from tests.failures.rig import children

        rows = sql(self.database, "SELECT count(*) FROM stats_recent")[0][0]
        front = cpu(children(self.nginx)) if self.nginx else 0.0
        return [time.monotonic(), front, cpu(children(self.server)), cpu(children(self.cluster.server_pid())), rows]

    def used(self, work):
        """What `work()` says, and how far the meters moved until all who were counted are written."""
        before = self.meters()
        said = work()
        after = self.meters()
        while True:  # beats of a busy machine may be late
            time.sleep(1.5)
            last, after = after, self.meters()
            if after[4] == last[4]:
                return said, [b - a for a, b in zip(before, after, strict=True)]

    def load(self, path, mix, seconds):
        """(requests, seconds of the load, [time, nginx, ours, database, rows])"""
        scheme = "https" if self.nginx else "http"
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", "bench/load.lua"]
        command += [f"{scheme}://127.0.0.1:{self.port}{path}", "--", *map(str, mix)]
        said, used = self.used(lambda: subprocess.run(command, capture_output=True, text=True).stdout)
        words = next(line for line in said.splitlines() if line.startswith("RESULT")).split()
        return int(words[1]), int(words[2]) / 1e6, used


def measure(seconds):
    from bench.ground import Target, demo, fetch_whole
    from tests.failures import rig

    settings = {
        "TRUSTED_PROXIES": "127.0.0.1",
        "LOG_LEVEL": "ERROR",
        "POLL_SOFT_LIMIT": "100000",
        "POLL_HARD_LIMIT": "100000",
    }
    costs = {}
    with demo(**settings) as (cluster, environment, folder, path), ExitStack() as stack:
        database = environment["DATABASE_URL"]
        port, server = stack.enter_context(rig.portal(environment, PROCESSES))
        _, tls, places = stack.enter_context(rig.nginx([port], folder / "static"))
        rig.until(lambda: all(rig.ask(port, "/readyz")[0] == 200 for _ in range(9)))
        bench = Bench(cluster, server.pid, database, tls, int((places / "nginx.pid").read_text()))
        bench.load(path, ALONE["page"], 2)  # each process has the page, each connection to the database is open
        costs["bytes"] = len(fetch_whole(port, path, **{"Accept-Encoding": "gzip"})[1])
        costs["beat"] = beat(bench)
        for kind, mix in ALONE.items():
            each(costs, kind, *bench.load(path, mix, seconds)[::2])
        each(costs, "ballot", *votes(bench, port, database))
        costs["points"] = {name: bench.load(path, mix, seconds) for name, mix in MIXED.items()}
        stack.pop_all().close()  # the portal makes room for one that keeps no page
        target = Target("fresh", path, {**environment, "BENCH_TARGET": "fresh"})
        try:
            bench = Bench(cluster, target.process.pid, database, target.port)
            bench.load(path, (200, 0, 0, 0), 2)
            each(costs, "fresh", *bench.load(path, (200, 0, 0, 0), seconds)[::2])
            costs["fresh"][0] = costs["page"][0]
        finally:
            target.stop()
    costs["machine"] = f"{os.cpu_count()} cores, {cpu_name()}, {time.strftime('%d/%m/%Y')}"
    COSTS.write_text(json.dumps(costs, indent=1) + "\n")


def cpu_name():
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(": ")[1] for line in lines if line.startswith("model name")), "unknown")


def beat(bench, seconds=10):
    """CPU of one process' beat when nobody reads, for each part."""
    _, (took, *used, _) = bench.used(lambda: time.sleep(seconds))
    return [part / took / PROCESSES for part in used]


def votes(bench, port, database):
    """(ballots, meters) of citizens who open the ballot page and vote, eight at once."""
    from tests.failures.pooler import vote
    from tests.failures.replica import sql

    poll = sql(database, "SELECT id FROM polls_poll WHERE is_approved AND closes_at IS NULL ORDER BY id LIMIT 1")[0][0]
    answers = Counter()

    def work():
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: vote(port, f"/binh-chon/{poll}/", answers), range(VOTES)))

    _, used = bench.used(work)
    if answers != {303: VOTES}:
        sys.exit(f"ballots were refused: {dict(answers)}")
    return VOTES, used


def each(costs, kind, n, used):
    """Notes what one request of `kind` costs each part, without the beats and the writing down of new readers."""
    took, *parts, rows = used
    known = [PROCESSES * took * beat for beat in costs["beat"]]
    if kind == "new reader":  # a row of theirs, over what any page costs
        known = [a + n * b for a, b in zip(known, costs["page"], strict=True)]
        n = max(1, rows)
    elif "new reader" in costs:
        known = [a + rows * b for a, b in zip(known, costs["new reader"], strict=True)]
    costs[kind] = [max(0.0, part - less) / n for part, less in zip(parts, known, strict=True)]


# --- Adding up --------------------------------------------------------------------------------------------------------
def needed(costs, amounts, processes):
    """CPU seconds a second of each part for `amounts` of each kind a second."""
    beats = [processes * beat for beat in costs["beat"]]
    return [beats[i] + sum(n * costs[kind][i] for kind, n in amounts.items()) for i in range(3)]


def amounts(rate, rows, search=0.0, lost=0.0, fresh=0.0):
    page = rate * (1 - search - lost - fresh)
    return {"page": page, "search": rate * search, "lost": rate * lost, "fresh": rate * fresh, "new reader": rows}


def check(costs):
    """Whether sum and play are what was measured, for each mixed load; the price of crowding at full speed."""
    fine, crowding = True, 1.0
    print(
        f"{'mixed load':16}{'requests/s':>11}{'measured: nginx, ours, db':>28}{'added up':>22}{'all':>6}{'sum':>7}{'play':>7}"
    )
    for name, (n, seconds, (took, *parts, rows)) in costs["points"].items():
        searches, lost = (MIXED[name][i] / 1000 for i in (1, 2))
        told = needed(costs, amounts(n / took, rows / took, searches, lost), PROCESSES)
        measured = [part / took for part in parts]
        played = play(costs, amounts(n / took, rows / took, searches, lost), PROCESSES, os.cpu_count())
        ratios = sum(told) / sum(measured), played * os.cpu_count() / sum(measured)
        verdict = ""
        if name == "full":  # two threads of one core hinder one another: no sum of even loads tells how much
            crowding = max(1.0, 1 / ratios[0])
        else:
            right = all(abs(1 - ratio) <= TOLERANCE for ratio in ratios)
            fine, verdict = fine and right, "ok" if right else "NOT REACHED"
        texts = [", ".join(f"{x:.3f}" for x in row) for row in (measured, told)]
        print(f"{name:16}{n / seconds:11,.0f}{texts[0]:>28}{texts[1]:>22}{sum(measured):6.2f}{ratios[0]:7.2f}{ratios[1]:7.2f}"
              f"  {verdict}")  # fmt: skip
    print(f"at full speed everything costs {crowding:.2f} times as much; the plans reckon with that")
    return fine, crowding


def play(costs, load, processes, cores, seconds=20, seed=1):
    """Plays one machine with all three parts, request by request: how much of its cores is busy."""
    dice = random.Random(seed)
    kinds = {kind: n for kind, n in load.items() if n and kind not in {"new reader"}}
    events = []
    for kind, rate in kinds.items():
        at = dice.expovariate(rate)
        while at < seconds:
            events.append((at, sum(costs[kind])))
            at += dice.expovariate(rate)
    rows = load.get("new reader", 0) / processes * sum(costs["new reader"])
    for number in range(processes):  # beats, spread over the second, with the readers of that second
        events += [(second + number / processes, sum(costs["beat"]) + rows) for second in range(seconds)]
    free, busy = [0.0] * cores, 0.0
    for at, cost in sorted(events):
        took = dice.uniform(0.5, 1.5) * cost
        began = max(at, heapq.heappop(free))
        heapq.heappush(free, began + took)
        busy += took if began < seconds else 0.0  # a machine that cannot keep up is busy no more than all the time
    return busy / seconds / cores


PLANS = [  # name, requests/s, machines, cores of each, cores of the database's machine (0: the same one), through a CDN
    ("a ward: one machine", 50, 1, 2, 0, 0.0),
    ("a district: one machine", 500, 1, 4, 0, 0.0),
    ("a city: ten machines", 5_000, 10, 4, 8, 0.0),
    ("a national event, no CDN", 10_000, 10, 8, 16, 0.0),
    ("a national event, CDN", 10_000, 4, 8, 16, 0.9),
]


def shares(costs, rate, machines, cores, database, cached):
    """Share of each resource that `rate` takes; of the cores, those that may be busy."""
    # Through a CDN the pages stay there; each reader's beacon comes, and counts: at most what a page in memory costs.
    processes = machines * cores
    front, ours, db = needed(costs, amounts(rate, rate * ROWS, **READERS), processes)
    if cached:
        front, ours, db = needed(costs, amounts(rate, rate * ROWS, **{k: v * (1 - cached) for k, v in READERS.items()}),
            processes)  # fmt: skip
    sent = rate * (1 - cached) * costs["bytes"] + rate * cached * 500
    found = {"the line": sent * 8 / 1e9 / LINE}
    if database:
        return found | {
            "nginx' and our cores": (front + ours) / processes / BUSY,
            "the database's cores": db / database / BUSY,
        }
    return found | {"the machine's cores": (front + ours + db) / cores / BUSY}


def plan(costs, crowding):
    costs = {
        kind: [crowding * part for part in cost] if isinstance(cost, list) else cost for kind, cost in costs.items()
    }
    print(
        f"\n{'deployment':26}{'requests/s':>11}{'machines':>13}{'line':>7}{'cores':>7}{'db':>7}  ends first, at requests/s"
    )
    for name, rate, machines, cores, database, cached in PLANS:
        taken = shares(costs, rate, machines, cores, database, cached)
        first = max(taken, key=taken.get)
        most, step = rate, 1.02
        while max(shares(costs, most, machines, cores, database, cached).values()) < 1:
            most *= step
        while most > 1 and max(shares(costs, most, machines, cores, database, cached).values()) > 1:
            most /= step
        line, ours, *db = taken.values()
        print(f"{name:26}{rate:11,}{f'{machines} x {cores}' + (f' + {database}' if database else ''):>13}{line:7.0%}{ours:7.0%}"
              f"{f'{db[0]:.0%}' if db else '':>7}  {first}, {most:,.0f}{'' if taken[first] <= 1 else ': TOO SMALL'}")  # fmt: skip


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
    print(f"Measured on: {costs['machine']}\n{'CPU, µs':14}" + "".join(f"{part:>10}" for part in PARTS))
    for kind, cost in costs.items():
        if kind not in {"bytes", "points", "machine"}:
            print(f"{kind:14}" + "".join(f"{part * 1e6:10,.0f}" for part in cost))
    print()
    fine, crowding = check(costs)
    plan(costs, crowding)
    sys.exit(not fine)


if __name__ == "__main__":
    main()
