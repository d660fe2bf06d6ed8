"""Whom granian's threads serve: one keeps watch and gives what stands in memory, whatever the others are waiting for.

Left alone, all threads that granian calls a WSGI application in take requests from one queue. They only push one another
out of Python's lock, which costs a third of the speed; and when all of them wait for the database, pages in memory wait
behind them. So one thread goes back to the queue at a time. Whoever finds a request that takes longer lets another one take
the watch, and rests when it is done.
"""

import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from granian.server import mp
from granian.wsgi import _callback_wrapper

from portal.lib.turns import turn

AtOnce = Callable[[dict[str, Any]], tuple[int, list[tuple[str, str]], bytes] | None]
LEFT = "portal.left"  # in the environ of a request for which no thread was free
Request = tuple[Any, dict[str, Any]]  # granian's protocol object, and the environ without what is constant


def keep_watch(at_once: AtOnce, threads: int) -> None:
    """Has granian ask `at_once(environ)` first in this process, and the application in one of `threads` for the rest."""
    if mp._wsgi_call_wrap is not _callback_wrapper:
        raise RuntimeError("granian calls its applications in another way than this server knows")

    def wrapped(application, *options):
        def in_turn(environ, start_response):
            with turn():  # the body of its answer may go to a slow reader, and needs none
                return application(environ, moving(start_response) if environ.get(LEFT) else start_response)

        return Watch(at_once, _callback_wrapper(in_turn, *options), threads)

    mp._wsgi_call_wrap = wrapped


def moving(start_response: Callable[..., Any]) -> Callable[..., Any]:
    """Ends the connection after the answer: the next one may come to a process with less to do.

    Whoever connects first is served by whichever process is quicker, sixteen at once perhaps by the same one; and their
    connections would stay there, behind one another, with a core idle beside them.
    """
    return lambda status, headers, *more: start_response(status, [*headers, ("Connection", "close")], *more)


_own = threading.local()


class Watch:
    """Called by granian with each request, in any of its threads, of which there is one more than `threads`."""

    def __init__(self, at_once: AtOnce, application: Callable[..., Any], threads: int) -> None:
        self.at_once, self.application, self.threads = at_once, application, threads
        self.lock = threading.Lock()
        self.on_watch = 0  # thread number; 0: all are busy, the first who is ready takes it
        self.busy = 0
        self.resting: deque[tuple[int, threading.Lock]] = deque()
        self.waiting: deque[Request] = deque()

    def __call__(self, protocol: Any, environ: dict[str, Any]) -> None:
        ready = self.at_once(environ)
        if ready is not None:
            protocol.response_bytes(*ready)
        elif self.leaves_watch(protocol, environ):
            self.work(protocol, environ)
        if self.on_watch != threading.get_ident():
            self.rest()

    def leaves_watch(self, protocol: Any, environ: dict[str, Any]) -> bool:
        """Whether this thread takes on the request; if not, one that is busy does it next."""
        with self.lock:
            # granian closes what a request brings along when this thread comes back to it: such a one cannot be left.
            if self.busy >= self.threads and environ["REQUEST_METHOD"] in {"GET", "HEAD"}:
                self.waiting.append((protocol, {**environ, LEFT: True}))
                return False
            self.busy += 1
            self.relieve()
            return True

    def relieve(self) -> None:
        """Lets another one take the watch if this thread has it."""
        if self.on_watch == threading.get_ident():
            self.on_watch, rested = self.resting.popleft() if self.resting else (0, None)
            if rested:
                rested.release()

    def work(self, protocol: Any, environ: dict[str, Any]) -> None:
        """Answers this request, and then those that have been left."""
        try:
            self.application(protocol, environ)
        finally:
            while left := self.next_left():
                self.application(*left)

    def next_left(self) -> Request | None:
        with self.lock:
            if self.waiting:
                return self.waiting.popleft()
            self.busy -= 1
            return None

    def rest(self) -> None:
        """Back to granian's queue if nobody is there, else when somebody leaves it."""
        if not hasattr(_own, "last_breath"):
            _own.last_breath = LastBreath(self)
        with self.lock:
            if not self.on_watch:
                self.on_watch = threading.get_ident()
                return
            until = threading.Lock()
            until.acquire()
            self.resting.append((threading.get_ident(), until))
        until.acquire()


class LastBreath:
    """granian ends a thread that had nothing to do for ten minutes; its own things go with it, this among them."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch

    def __del__(self) -> None:
        with self.watch.lock:
            self.watch.relieve()
