"""The portal outlives its database: a real server, a PostgreSQL of its own that is stopped, frozen and started again."""

import contextlib
import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2
import pytest

from tests.conftest import BROWSER


def stands(site):
    """What holds while the database is away, whatever the reason."""
    status, headers, text, _ = site.get("/tin-tuc/y-te/1-bai-da-doc/")
    assert (status, "Bài đã đọc" in text) == (200, True)
    assert "X-Stale-Since" in headers
    for path in ("/duong-day-nong/", "/"):  # nobody has asked for them: they were ready
        status, _, text, _ = site.get(path)
        assert (status, "tel:+842462933647" in text) == (200, True)
    directory, closed = site.get("/duong-day-nong/")[2], site.get("/tim-kiem/?q=a")[2]
    assert numbers(directory)[:3] == numbers(closed)[:3]  # emergency numbers first, on both
    assert numbers(closed)[3] == "tel:+842462933647"
    for path, sentence in [
        ("/tin-tuc/bai-khac/", "thử lại"),
        ("/binh-chon/1/", "tạm dừng"),
        ("/tim-kiem/?q=a", "thử lại"),
    ]:
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
    site.lose_database()
    try:
        site.until(lambda: is_stale(site), 10)
        for n in range(50):
            assert site.get("/tin-tuc/y-te/1-bai-da-doc/", agent=f"{BROWSER} reader {n}")[0] == 200
        stands(site)
    finally:
        site.cluster.start()
    assert site.until(lambda: not is_stale(site) and site.get("/tim-kiem/?q=a")[0] == 200) < 3
    site.until(lambda: site.count("article:1") >= before + 50)
    assert site.count("article:1") == before + 50


def test_a_frozen_database(site):
    site.warm("/tin-tuc/y-te/1-bai-da-doc/")
    with ThreadPoolExecutor(24) as readers:  # granian makes its threads one after the other, as they are needed
        list(readers.map(site.get, ["/tim-kiem/?q=am"] * 240))
    with contextlib.closing(psycopg2.connect(site.url)) as other, other.cursor() as cursor:
        # Beats that are at the counts learn late that nobody answers: the readers have to find it out.
        cursor.execute("LOCK TABLE stats_dailycount")
        site.until(lambda: site.sql("SELECT count(*) FROM pg_locks WHERE NOT granted") == [(2,)])
        site.everybody(signal.SIGSTOP)
    try:
        with ThreadPoolExecutor(24) as readers:  # more than there are threads
            waiting = [readers.submit(site.get, "/tim-kiem/?q=dong+bang") for _ in range(24)]
            time.sleep(0.3)  # by now every thread that may wait for the database does
            status, _, _, seconds = site.get("/tin-tuc/y-te/1-bai-da-doc/")
            assert (status, seconds < 0.5, any(one.done() for one in waiting)) == (200, True, False)
            for status, _, _, seconds in (one.result() for one in waiting):
                assert (status, seconds < 3.5) == (503, True)
        site.until(lambda: is_stale(site), 10)
        stands(site)
    finally:
        site.everybody(signal.SIGCONT)
    assert site.until(lambda: not is_stale(site) and site.get("/tim-kiem/?q=a")[0] == 200) < 3.5


@pytest.mark.thorough
def test_workers_that_start_without_a_database_know_the_numbers(site):
    site.warm("/tin-tuc/y-te/1-bai-da-doc/")
    page = (Path(site.environment["STATIC_ROOT"]) / "503.html").read_text()
    assert "tel:+842462933647" in page
    site.lose_database()
    try:
        old = site.workers()
        site.server.send_signal(signal.SIGHUP)
        site.until(lambda: len(site.workers()) == 2 and old.isdisjoint(site.workers()))
        site.until(lambda: site.get("/healthz")[0] == 200)
        for path in ("/duong-day-nong/", "/tin-tuc/y-te/1-bai-da-doc/"):
            status, headers, text, _ = site.get(path)
            assert (status, headers["Retry-After"]) == (503, "30")
            assert numbers(text) == numbers(page)
    finally:
        site.cluster.start()
    site.until(lambda: site.get("/duong-day-nong/")[0] == 200)


def numbers(page):
    return re.findall(r'href="(tel:[^"]+)"', page)


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
