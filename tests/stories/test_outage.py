"""The portal outlives its database: a real server, a PostgreSQL of its own that is stopped, frozen and started again."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from portal.embedded import Cluster
from tests.conftest import BROWSER

ROOT = Path(__file__).resolve().parents[2]
CONTENT = """
from tests.factories import *
from portal.models import SiteProfile
make_profile()
make_article(title="Bài đã đọc", category=make_category(name="Y tế"))
make_article(title="Bài chưa đọc")
make_hotline(office=make_office(name="UBND quận"))
make_poll()
"""


class Site:
    """A running portal and its database."""

    def __init__(self, cluster, home):
        self.cluster = cluster
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = {
            **os.environ, "DATABASE_URL": cluster.url, "DEBUG": "1", "ALLOWED_HOSTS": "127.0.0.1", "MEDIA_ROOT": str(home)
        }  # fmt: skip
        self.manage("migrate", "-v0")
        self.manage("shell", "-v0", "-c", CONTENT)
        serve = "from granian import Granian; Granian('portal.wsgi:application', port={}, interface='wsgi', workers=2, blocking_threads=4, backpressure=64, log_level='error').serve()"
        self.server = subprocess.Popen([sys.executable, "-c", serve.format(self.port)], cwd=ROOT, env=self.environment)
        self.until(lambda: self.get("/healthz")[0] == 200)

    def manage(self, *arguments):
        done = subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environment, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def get(self, path, method="GET", agent=BROWSER, body=None):
        """(status, headers, text, seconds)"""
        headers = {"User-Agent": agent, "Accept-Language": "vi"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method, headers=headers, data=body)
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

    def count(self, key):
        code = f"from stats.models import *; print(sum(DailyCount.objects.filter(key={key!r}).values_list('n', flat=True)))"
        return int(self.manage("shell", "-v0", "-c", code))

    def warm(self, path):
        """Reads `path` until both processes have it in memory."""
        self.until(lambda: self.get("/readyz")[0] == 200)
        for _ in range(40):
            assert self.get(path)[0] == 200
        self.until(lambda: self.count("article:1") > 0)

    def workers(self):
        return set(subprocess.run(["pgrep", "-P", str(self.server.pid)], capture_output=True, text=True).stdout.split())

    def everybody(self, number):
        """Sends a signal to all processes of PostgreSQL."""
        boss = self.cluster.server_pid()
        children = subprocess.run(["pgrep", "-P", str(boss)], capture_output=True, text=True).stdout.split()
        for pid in (boss, *map(int, children)):
            os.kill(pid, number)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    cluster = Cluster(f"outage-{os.getpid()}")
    cluster.start()
    site = Site(cluster, tmp_path_factory.mktemp("media"))
    yield site
    site.server.terminate()
    site.server.wait(15)
    cluster.stop()
    shutil.rmtree(cluster.home)


def stands(site):
    """What holds while the database is away, whatever the reason."""
    status, headers, text, _ = site.get("/tin-tuc/y-te/1-bai-da-doc/")
    assert (status, "Bài đã đọc" in text) == (200, True)
    assert "X-Stale-Since" in headers
    for path, sentence in [("/tin-tuc/bai-khac/", "thử lại"), ("/binh-chon/1/", "tạm dừng"), ("/tim-kiem/?q=a", "thử lại")]:
        status, headers, text, seconds = site.get(path)
        assert (status, headers["Retry-After"]) == (503, "30")
        assert "tel:+842462933647" in text
        assert sentence in text.lower()
        assert seconds < 3.5
    status, _, text, _ = site.get("/binh-chon/1/", method="POST", body=b"option=1")
    assert (status, "chưa được ghi nhận" in text) == (503, True)
    assert site.get("/healthz")[0] == 200
    assert site.get("/readyz")[0] == 503


def is_stale(site):
    return all("X-Stale-Since" in site.get("/tin-tuc/y-te/1-bai-da-doc/")[1] for _ in range(8))


def test_a_stopped_database(site):
    site.warm("/tin-tuc/y-te/1-bai-da-doc/")
    before = site.count("article:1")
    os.kill(site.cluster.server_pid(), signal.SIGQUIT)  # pg_ctl stop -m immediate
    site.until(lambda: is_stale(site), 10)
    for n in range(50):
        assert site.get("/tin-tuc/y-te/1-bai-da-doc/", agent=f"{BROWSER} reader {n}")[0] == 200
    stands(site)
    site.cluster.start()
    assert site.until(lambda: not is_stale(site) and site.get("/tim-kiem/?q=a")[0] == 200) < 3
    site.until(lambda: site.count("article:1") >= before + 50)
    assert site.count("article:1") == before + 50


def test_a_frozen_database(site):
    site.warm("/tin-tuc/y-te/1-bai-da-doc/")
    site.everybody(signal.SIGSTOP)
    try:
        status, _, _, seconds = site.get("/tim-kiem/?q=dong+bang")
        assert (status, seconds < 3.5) == (503, True)
        site.until(lambda: is_stale(site), 10)
        stands(site)
    finally:
        site.everybody(signal.SIGCONT)
    assert site.until(lambda: not is_stale(site) and site.get("/tim-kiem/?q=a")[0] == 200) < 3.5


def test_a_worker_that_is_asked_to_end_leaves_nothing_uncounted(site):
    site.warm("/tin-tuc/y-te/1-bai-da-doc/")
    before = site.count("article:1")
    for n in range(300):
        assert site.get("/tin-tuc/y-te/1-bai-da-doc/", agent=f"{BROWSER} patient {n}")[0] == 200
    old = site.workers()
    site.server.send_signal(signal.SIGHUP)  # granian: new workers, one after the other, and the old ones end
    for n in range(300, 600):
        site.until(lambda n=n: site.get("/tin-tuc/y-te/1-bai-da-doc/", agent=f"{BROWSER} patient {n}")[0] == 200)
    site.until(lambda: len(site.workers()) == 2 and old.isdisjoint(site.workers()))
    site.until(lambda: site.count("article:1") >= before + 600)
    assert site.count("article:1") == before + 600
