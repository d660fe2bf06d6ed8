"""How fast pages leave, as ratios measured in one run: `python bench/pages.py [--seconds 5] [--rounds 3]`.

Needs wrk, and nginx for one of the rows. Starts the embedded PostgreSQL (cluster "bench") with the demo content, then
serves each target by the production server with the settings of `make run` (2 processes, 4 threads) and asks for the
same article. The rounds of all targets alternate, so that a slow minute of the machine touches every row.
"""

import argparse
import gzip
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from portal.embedded import Cluster  # noqa: E402

SERVE = (
    "from granian import Granian; Granian('bench.targets:application', port={port}, interface='wsgi', workers=2,"
    " blocking_threads=4, backpressure=512, backlog=1024, respawn_failed_workers=True, log_level='error').serve()"
)
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
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 reader/1"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fetch(port, path, **headers):
    return fetch_whole(port, path, **headers)[1]


def fetch_whole(port, path, **headers):
    """([(name, value) of the headers that the application has set], body)"""
    headers = {"User-Agent": AGENT, "Accept-Language": "vi", **headers}
    with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)) as answer:
        kept = [line for line in answer.headers.items() if line[0].lower() not in {"date", "server", "connection"}]
        return kept, answer.read()


class Target:
    """A server to be measured; `rows` collects (requests/s, p50 µs, p99 µs) of its rounds."""

    def __init__(self, name, path, environment=None, command=None, port=None, gzip=False):
        self.name, self.path, self.gzip, self.rows, self.port = name, path, gzip, [], port or free_port()
        command = command or [sys.executable, "-c", SERVE.format(port=self.port)]
        self.process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **(environment or {})})
        self.wait()

    def wait(self):
        for _ in range(200):
            try:
                return fetch(self.port, self.path)
            except OSError:
                time.sleep(0.05)
        raise SystemExit(f"{self.name} does not answer")

    def measure(self, seconds, connections):
        headers = ["-H", "Accept-Encoding: gzip"] if self.gzip else []
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", "bench/visitors.lua", *headers]
        said = subprocess.run(
            [*command, f"http://127.0.0.1:{self.port}{self.path}"], cwd=ROOT, capture_output=True, text=True
        )
        _, requests, micros, p50, p99, errors = next(
            line for line in said.stdout.splitlines() if line.startswith("RESULT")
        ).split()
        if int(errors):
            raise SystemExit(f"{self.name}: {errors} failed requests")
        self.rows.append((int(requests) / int(micros) * 1e6, int(p50), int(p99)))

    def memory(self):
        """Resident megabytes of the server's processes, each."""
        listed = subprocess.run(
            ["ps", "-o", "rss=", "--ppid", str(self.process.pid)], capture_output=True, text=True
        ).stdout
        return [int(kilobytes) // 1024 for kilobytes in listed.split()]

    @property
    def rate(self):
        return median(row[0] for row in self.rows)

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


def manage(environment, *arguments):
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env={**os.environ, **environment}, check=True)


def article_path(environment):
    code = "from news.models import Article; print(max(Article.objects.public(), key=lambda a: len(a.body)).get_absolute_url())"
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", code]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True
    ).stdout.strip()


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
    yield Target("Django hello", "/", {"BENCH_TARGET": "hello"})
    if shutil.which("nginx"):
        served = nginx(folder, plain)
        yield (server := Target("nginx, same bytes", "/", **served))
        again = Target.__new__(Target)
        again.__dict__ = {**server.__dict__, "name": "nginx, same bytes, gzip", "gzip": True, "rows": []}
        yield again


def report(measured, page_bytes):
    by_name = {target.name: target for target in measured}
    print(f"\n{'':34}{'requests/s':>12}{'p50 ms':>9}{'p99 ms':>9}   MB a process     (page: {page_bytes:,} bytes)")
    for target in measured:
        p50, p99 = (median(row[i] for row in target.rows) / 1000 for i in (1, 2))
        print(f"{target.name:34}{target.rate:12,.0f}{p50:9.2f}{p99:9.2f}   {target.memory()}")

    def ratio(one, other):
        if one in by_name and other in by_name:
            print(f"  {one} / {other}: {by_name[one].rate / by_name[other].rate:.2f}")

    print("\nRatios of this run:")
    ratio("cached article, counted", "bare WSGI, same bytes")
    ratio("cached article, counted, gzip", "bare WSGI, same bytes, gzip")
    ratio("cached article, counted", "Django hello")
    ratio("cached article, counted", "nginx, same bytes")
    ratio("cached article, counted, gzip", "nginx, same bytes, gzip")
    ratio("cached article, counted", "cached article, not counted")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=16)
    options = parser.parse_args()
    cluster = Cluster("bench")
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    environment = {
        "DATABASE_URL": cluster.start(), "DEBUG": "0", "SECRET_KEY": "b" * 60, "ALLOWED_HOSTS": "127.0.0.1",
        "MEDIA_ROOT": str(folder / "media"), "STATIC_ROOT": str(folder / "static"),
    }  # fmt: skip
    running = []
    try:
        for command in (["migrate", "-v0"], ["seed_demo", "--quiet"], ["collectstatic", "--noinput", "-v0"]):
            manage(environment, *command)
        running = list(targets(environment, article_path(environment), folder))
        time.sleep(2)
        for target in running:  # fills both processes' memory
            target.measure(1, options.connections)
            target.rows.clear()
        for number in range(options.rounds):
            for target in running:
                print(f"round {number + 1}/{options.rounds}: {target.name}", file=sys.stderr)
                target.measure(options.seconds, options.connections)
        report(running, len((folder / "plain.body").read_bytes()))
    finally:
        for target in running:
            target.stop()
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
