"""The ground that all measurements stand on: the demo in a PostgreSQL of its own, and servers before it."""

import contextlib
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

import psycopg2

from portal.embedded import Cluster

ROOT = Path(__file__).resolve().parent.parent
SERVE = (
    "from portal import serving; serving.APPLICATION = 'bench.targets.application';"
    " serving.serve(serving.server('127.0.0.1', {port}, 2, threads=4))"
)
PREPARE = """
from django.core.management import call_command
from news.models import Article
call_command("migrate", verbosity=0)
call_command("seed_demo", "--quiet")
call_command("collectstatic", interactive=False, verbosity=0)
print(max(Article.objects.public(), key=lambda article: len(article.body)).get_absolute_url())
"""
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 reader/1"


@contextlib.contextmanager
def demo(**settings):
    """(cluster, environment, folder, path of the longest article) of the demo; `settings` are environment variables."""
    cluster, folder = Cluster("bench"), Path(tempfile.mkdtemp(prefix="bench-"))
    environment = {
        "DATABASE_URL": cluster.start(), "DEBUG": "0", "SECRET_KEY": "b" * 60, "ALLOWED_HOSTS": "127.0.0.1",
        "MEDIA_ROOT": str(folder / "media"), "STATIC_ROOT": str(folder / "static"), **settings,
    }  # fmt: skip
    try:
        # What an earlier measurement has left (a hundred thousand visitors of today) would slow this one down.
        with (
            contextlib.closing(psycopg2.connect(environment["DATABASE_URL"])) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public; COMMIT")
        yield cluster, environment, folder, prepared(environment)
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fetch(port, path, **headers):
    return fetch_whole(port, path, **headers)[1]


def fetch_whole(port, path, **headers):
    """([(name, value) of the headers that the application has set], body)"""
    headers = {"User-Agent": AGENT, "Accept-Language": "vi", **headers}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    with urllib.request.urlopen(request) as answer:  # loopback # nosec B310
        kept = [line for line in answer.headers.items() if line[0].lower() not in {"date", "server", "connection"}]
        return kept, answer.read()


class Target:
    """A server to be measured; `rows` collects (requests/s, p50 µs, p99 µs, CPU µs a request) of its rounds."""

    script = "visitors.lua"

    def __init__(self, name, path, environment=None, command=None, port=None, gzip=False):
        self.name, self.path, self.gzip, self.rows, self.port = name, path, gzip, [], port or free_port()
        command = command or [sys.executable, "-c", SERVE.format(port=self.port)]
        self.process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **(environment or {})})
        self.wait()

    def wait(self):
        for _ in range(1200):  # a minute: on a busy machine the first import takes its time
            try:
                return fetch(self.port, self.path)
            except OSError:
                time.sleep(0.05)
        raise SystemExit(f"{self.name} does not answer")

    def measure(self, seconds, connections):
        headers = ["-H", "Accept-Encoding: gzip"] if self.gzip else []
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", f"bench/{self.script}", *headers]
        before = self.cpu()
        said = subprocess.run(
            [*command, f"http://127.0.0.1:{self.port}{self.path}"], cwd=ROOT, capture_output=True, text=True
        )
        _, requests, micros, p50, p99, errors = next(
            line for line in said.stdout.splitlines() if line.startswith("RESULT")
        ).split()
        if int(errors):
            raise SystemExit(f"{self.name}: {errors} failed requests")
        cpu = (self.cpu() - before) / max(1, int(requests)) * 1e6
        self.rows.append((int(requests) / int(micros) * 1e6, int(p50), int(p99), cpu))

    def cpu(self):
        """Seconds that the server's processes have computed."""
        listed = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self.children("pid=")]
        return sum(int(ticks) for fields in listed for ticks in fields[11:13]) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        """Resident megabytes of the server's processes, each."""
        return [int(kilobytes) // 1024 for kilobytes in self.children("rss=")]

    def children(self, column):
        """What ps says of each of the server's processes."""
        command = ["ps", "-o", column, "--ppid", str(self.process.pid)]
        return subprocess.run(command, capture_output=True, text=True).stdout.split()

    @property
    def rate(self):
        return median(row[0] for row in self.rows)

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


def prepared(environment):
    """Tables, the demo and static files, made by one process; the path of the longest article."""
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", PREPARE]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit("the demo could not be made; the error stands above")
    return done.stdout.split()[-1]


def manage(environment, *arguments):
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env={**os.environ, **environment}, check=True)
