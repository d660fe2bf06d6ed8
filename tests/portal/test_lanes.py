"""Who answers: the thread on watch gives what is ready, workers do the rest; what brings a body is left to nobody."""

import threading
import time

import pytest

from portal.lanes import LEFT, Watch, moving


class Protocol:
    """What granian takes an answer by."""

    def response_bytes(self, status, headers, body):
        self.sent = (status, body)


class Site:
    """A watch over one page that is ready; every other request takes until `end`."""

    def __init__(self, threads):
        self.end, self.begun, self.done, self.moved = threading.Event(), threading.Semaphore(0), [], []
        self.watch = Watch(
            lambda asked: (200, [], b"ready") if asked["PATH_INFO"] == "/ready" else None, self.work, threads
        )

    def work(self, protocol, environ):
        self.begun.release()
        self.end.wait(5)
        self.done.append((environ["PATH_INFO"], threading.get_ident()))
        self.moved += [environ["PATH_INFO"]] if environ.get(LEFT) else []
        if environ["PATH_INFO"] == "/fails":
            raise ValueError

    def ask(self, path, method="GET"):
        protocol = Protocol()
        self.watch(protocol, {"PATH_INFO": path, "REQUEST_METHOD": method})
        return getattr(protocol, "sent", None)

    def ask_in_a_thread(self, *asked):
        thread = threading.Thread(target=self.ask, args=asked, daemon=True)
        thread.start()
        assert self.begun.acquire(timeout=5)
        return thread

    def until(self, condition):
        for _ in range(500):
            if condition():
                return
            time.sleep(0.01)
        raise AssertionError("waited in vain")


@pytest.fixture
def site():
    site = Site(threads=1)
    yield site
    site.end.set()
    for _, resting in site.watch.resting:
        resting.release()


def test_what_is_ready_leaves_while_all_workers_are_busy_and_what_is_left_is_done_by_them(site):
    worker = site.ask_in_a_thread("/first")
    assert site.ask("/second") is None  # left: this thread goes back to the queue
    assert (site.ask("/ready"), site.done, site.watch.on_watch) == ((200, b"ready"), [], threading.get_ident())
    site.end.set()
    site.until(lambda: site.watch.resting)
    assert site.done == [("/first", worker.ident), ("/second", worker.ident)]
    assert (site.watch.busy, len(site.watch.waiting)) == (0, 0)
    assert site.moved == ["/second"]  # its connection ends, so that another process may take the next one


def test_the_answer_to_who_had_to_wait_ends_the_connection():
    told = []
    moving(lambda *given: told.append(given))("200 OK", [("Content-Length", "2")])
    assert told == [("200 OK", [("Content-Length", "2"), ("Connection", "close")])]


def test_a_request_with_a_body_is_not_left_to_another_thread(site):
    site.ask_in_a_thread("/first")
    poster = site.ask_in_a_thread("/form", "POST")
    site.end.set()
    site.until(lambda: ("/form", poster.ident) in site.done)


def test_whoever_leaves_the_watch_wakes_one_who_rests(site):
    site.end.set()
    site.watch.threads = 2
    site.ask("/ready")
    rested = site.ask_in_a_thread("/first")
    site.until(lambda: site.watch.resting)
    site.end.clear()
    busy = threading.Thread(
        target=lambda: (setattr(site.watch, "on_watch", threading.get_ident()), site.ask("/second"))
    )
    busy.daemon = True
    busy.start()
    rested.join(5)
    assert not rested.is_alive()  # back in granian's queue


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_failing_answer_leaves_no_worker_busy(site):
    site.end.set()
    site.ask_in_a_thread("/fails").join(5)
    assert site.watch.busy == 0
