"""How fast pages leave, as ratios measured in one run: `python bench/pages.py [--seconds 8] [--rounds 2]`.

Needs wrk, and nginx for one of the rows. Starts the embedded PostgreSQL (cluster "bench") with the demo content, then
serves each target by the production server with the settings of `make run` (2 processes, 4 threads) and asks for the
same article: a thousand readers who turn pages. The rounds of all targets alternate, so that a slow minute of the machine
touches every row; a round holds the second in which the readers arrive.
"""

import argparse
import gzip
import json
import shutil
import sys
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.ground import Target, demo, fetch, fetch_whole, free_port
from tests.failures.replica import sql

NGINX = """
worker_processes 2; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
    access_log off; sendfile on; gzip_static on; default_type text/html;
    client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    server {{ listen 127.0.0.1:{port}; root {folder}/site; location / {{ try_files /page.html =404; }} }}
}}
"""


def nginx(folder, plain):
    site, port = folder / "site", free_port()
    site.mkdir()
    folder.chmod(0o755)
    (site / "page.html").write_bytes(plain)
    (site / "page.html.gz").write_bytes(gzip.compress(plain))
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port))
    return {"command": ["nginx", "-c", str(folder / "nginx.conf")], "port": port}


def targets(environment, path, folder):
    """All targets, running."""
    yield (cached := Target("cached article, counted", path, environment))
    time.sleep(2)  # two beats: both processes know the generation
    for _ in range(50):
        plain = fetch(cached.port, path)
    for name, wanted in (("plain", {}), ("gzip", {"Accept-Encoding": "gzip"})):
        headers, body = fetch_whole(cached.port, path, **wanted)
        (folder / f"{name}.json").write_text(json.dumps(headers))
        (folder / f"{name}.body").write_bytes(body)
    yield Target("cached article, counted, gzip", path, environment, gzip=True)
    yield Target("cached home, counted", "/", environment)
    yield Target("cached article, not counted", path, {**environment, "BENCH_TARGET": "uncounted"})
    yield Target("fresh article", path, {**environment, "BENCH_TARGET": "fresh"})
    for name, title in (("plain", "bare WSGI, same bytes"), ("gzip", "bare WSGI, same bytes, gzip")):
        same = {"BENCH_BYTES": str(folder / name), "BENCH_TARGET": "bare"}
        yield Target(title, "/", same, gzip=name == "gzip")
    # As granian serves an application left to itself, in several threads.
    alone = {"BENCH_BYTES": str(folder / "plain"), "BENCH_TARGET": "bare", "BENCH_ALONE": "1"}
    yield Target("bare WSGI, granian alone", "/", alone)
    yield Target("Django hello", "/", {"BENCH_TARGET": "hello"})
    if shutil.which("nginx"):
        served = nginx(folder, plain)
        yield (server := Target("nginx, same bytes", "/", **served))
        again = Target.__new__(Target)
        again.__dict__ = {**server.__dict__, "name": "nginx, same bytes, gzip", "gzip": True, "rows": []}
        yield again


def after_changes(target, environment, changes=10):
    """Milliseconds until the first article after a change of the content is there, each with its connection."""
    took = []
    for _ in range(changes):
        sql(environment["DATABASE_URL"], "UPDATE portal_page SET title = title || '.' WHERE path = 'gioi-thieu'")
        time.sleep(2.5)
        began = time.perf_counter()
        fetch(target.port, target.path)
        took.append((time.perf_counter() - began) * 1000)
    return took


def report(measured, page_bytes, firsts):
    by_name = {target.name: target for target in measured}
    titles = ("requests/s", "p50 ms", "p99 ms", "CPU ms")
    print(
        f"\n{'':34}{titles[0]:>12}{titles[1]:>9}{titles[2]:>9}{titles[3]:>9}   MB a process     (page: {page_bytes:,} bytes)"
    )
    for target in measured:
        p50, p99, cpu = (median(row[i] for row in target.rows) / 1000 for i in (1, 2, 3))
        print(f"{target.name:34}{target.rate:12,.0f}{p50:9.2f}{p99:9.2f}{cpu:9.3f}   {target.memory()}")

    def ratio(one, other):
        if one in by_name and other in by_name:
            print(f"  {one} / {other}: {by_name[one].rate / by_name[other].rate:.2f}")

    print(
        f"\nfirst article after a change: median {median(firsts):.1f} ms, longest {max(firsts):.1f} ms of {len(firsts)}"
    )
    print("\nRatios of this run:")
    ratio("cached article, counted", "bare WSGI, same bytes")
    ratio("cached article, counted, gzip", "bare WSGI, same bytes, gzip")
    ratio("cached article, counted", "bare WSGI, granian alone")
    ratio("cached article, counted", "Django hello")
    ratio("cached article, counted", "nginx, same bytes")
    ratio("cached article, counted, gzip", "nginx, same bytes, gzip")
    ratio("cached article, counted", "cached article, not counted")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--connections", type=int, default=16)
    options = parser.parse_args()
    with demo() as (_, environment, folder, path):
        running = []
        try:
            running += targets(environment, path, folder)
            time.sleep(2)
            firsts = after_changes(running[0], environment)
            for target in running:  # fills both processes' memory
                target.measure(1, options.connections)
                target.rows.clear()
            for number in range(options.rounds):
                for target in running:
                    print(f"round {number + 1}/{options.rounds}: {target.name}", file=sys.stderr)
                    target.measure(options.seconds, options.connections)
            report(running, len((folder / "plain.body").read_bytes()), firsts)
        finally:
            for target in running:
                target.stop()


if __name__ == "__main__":
    main()
