"""Which server carries our pages best: `python bench/servers.py [--seconds 5] [--rounds 3]`.

Nineteen of twenty requests are for an article that stands in memory, one is a search that asks the database. Measures
granian with several numbers of threads and, where gunicorn is installed, gunicorn with threads, in alternating rounds.
"""

import argparse
import importlib.util
import sys
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.ground import SERVE, Target, demo, free_port


class Mixed(Target):
    """A server that is asked for cached pages and for searches."""

    script = "mixed.lua"


def servers(environment, path):
    """All servers, running, each with two processes."""
    for threads in (1, 4, 16):
        port = free_port()
        command = SERVE.format(port=port).replace("threads=4", f"threads={threads}")
        yield Mixed(f"granian, {threads} threads", path, environment, [sys.executable, "-c", command], port)
    if importlib.util.find_spec("gunicorn"):
        for threads in (4, 16):
            port = free_port()
            command = f"-m gunicorn -w 2 -k gthread --threads {threads} --log-level error -b 127.0.0.1:{port}"
            yield Mixed(
                f"gunicorn, {threads} threads",
                path,
                environment,
                [sys.executable, *command.split(), "bench.targets:application"],
                port,
            )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=16)
    options = parser.parse_args()
    with demo() as (_, environment, _, path):
        running = []
        try:
            running += servers(environment, path)
            time.sleep(2)
            for _ in range(options.rounds):
                for server in running:
                    server.measure(options.seconds, options.connections)
            for server in running:
                p50, p99 = (median(row[i] for row in server.rows) / 1000 for i in (1, 2))
                share = server.rate / running[1].rate
                print(
                    f"{server.name:24}{server.rate:9,.0f}/s  p50 {p50:7.2f} ms  p99 {p99:7.2f} ms  {share:5.2f} of granian with 4"
                )
        finally:
            for server in running:
                server.stop()


if __name__ == "__main__":
    main()
