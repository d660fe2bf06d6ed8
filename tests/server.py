"""A running portal for tests that need the real thing: the production server over a PostgreSQL of its own."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg2

from portal.embedded import Cluster
from tests.conftest import BROWSER

ROOT = Path(__file__).resolve().parents[1]
# The production server; only, a new process has no five seconds before the old one goes.
SERVE = "from portal import serving; serving.NEW_PROCESS = 0.5; serving.serve(serving.server('127.0.0.1', {}, 2))"


class Site:
    """A running portal on the database `url`; `cluster` is the PostgreSQL of that, if it has one of its own."""

    def __init__(self, url, home, content, debug="0", cluster=None):
        self.url, self.cluster = url, cluster
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = {
            **os.environ,
            "DATABASE_URL": url,
            "DEBUG": debug,
            "SECRET_KEY": "only-for-tests" * 4,
            "ALLOWED_HOSTS": "127.0.0.1",
            "TRUSTED_PROXIES": "127.0.0.1",
            "MEDIA_ROOT": f"{home}/media",
            "STATIC_ROOT": f"{home}/static",
        }
        if debug == "0":
            self.manage("collectstatic", "--noinput", "-v0")
        if cluster:
            self.manage("migrate", "-v0")
        self.manage(*content)
        self.log = Path(home) / "server.log"
        with self.log.open("w") as log:
            command = [sys.executable, "-c", SERVE.format(self.port)]
            self.server = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)

    def manage(self, *arguments):
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environment, capture_output=True
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def get(self, path, method="GET", agent=BROWSER, body=None, **more):
        """(status, headers, text, seconds)"""
        headers = {"User-Agent": agent, "Accept-Language": "vi", **more}
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", method=method, headers=headers, data=body
        )
        began = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.headers, answer.read().decode(), time.monotonic() - began
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode(), time.monotonic() - began
        except OSError:
            return 0, {}, "", time.monotonic() - began

    def until(self, condition, seconds=30):
        """Waits for `condition()`; how long it took."""
        began = time.monotonic()
        while not condition():
            assert time.monotonic() - began < seconds, "waited in vain"
            time.sleep(0.05)
        return time.monotonic() - began

    def sql(self, statement, *values):
        """The rows that a statement gives, which is committed beside the portal."""
        with contextlib.closing(psycopg2.connect(self.url)) as connection, connection, connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def count(self, key):
        return self.sql("SELECT coalesce(sum(n), 0)::int FROM stats_dailycount WHERE key = %s", key)[0][0]

    def warm(self, path):
        """Reads `path` until both processes have it in memory; home and directory they have by themselves then."""
        # One process may be ready before the other: whoever is asked must say so.
        self.until(lambda: all(self.get("/readyz")[0] == 200 for _ in range(20)))
        for _ in range(3):
            assert {self.get(path)[0] for _ in range(40)} == {200}
            time.sleep(1)  # the other may begin to listen only now
        self.until(lambda: self.count("article:1") > 0)
        # Two beats: only asking for a page would tell whether it is ready, and nobody shall have asked.
        time.sleep(2.5)

    def workers(self):
        return set(subprocess.run(["pgrep", "-P", str(self.server.pid)], capture_output=True, text=True).stdout.split())

    def lose_database(self):
        """pg_ctl stop -m immediate. Returns when it is gone: a server that is still dying cannot be started again."""
        boss = self.cluster.server_pid()
        if boss:
            os.kill(boss, signal.SIGQUIT)
        self.until(lambda: self.cluster.server_pid() is None)

    def everybody(self, number):
        """Sends a signal to all processes of PostgreSQL."""
        boss = self.cluster.server_pid()
        children = subprocess.run(["pgrep", "-P", str(boss)], capture_output=True, text=True).stdout.split()
        for pid in (boss, *map(int, children)):
            os.kill(pid, number)

    def end(self):
        self.server.terminate()
        self.server.wait(15)


@contextlib.contextmanager
def running(*content, **options):
    """A Site filled by the management command `content`, on the database `url` or a PostgreSQL of its own.

    With `debug` "1" static files need no collecting, which takes seconds. Everything of it is gone afterwards.
    """
    with contextlib.ExitStack() as ends:
        folder = tempfile.TemporaryDirectory("-site", dir=os.environ["PORTAL_TEST_RUN"], ignore_cleanup_errors=True)
        home = ends.enter_context(folder)
        if "url" not in options:
            cluster = Cluster(f"site-{os.getpid()}")
            ends.callback(shutil.rmtree, cluster.home, ignore_errors=True)
            ends.callback(cluster.stop)
            options |= {"url": cluster.start(), "cluster": cluster}
        site = Site(home=home, content=content, **options)
        ends.callback(site.end)
        site.until(lambda: site.get("/healthz")[0] == 200)
        yield site
