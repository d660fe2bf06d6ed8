"""Two lanes in each server process: what stands in memory leaves at once, whatever else is under way.

granian calls a WSGI application in threads of its own. Several of them cost a third of the speed, for they only take
turns at Python's lock; and when all wait for the database, what needs none waits behind them. But granian takes an answer
from whatever thread: so its only thread looks into the memory, and everything else goes to threads that may wait.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from granian.server import mp
from granian.wsgi import _callback_wrapper

from portal.lib.turns import turn

log = logging.getLogger(__name__)
AtOnce = Callable[[dict[str, Any]], tuple[int, list[tuple[str, str]], bytes] | None]


def open_lanes(at_once: AtOnce, threads: int) -> None:
    """Has granian ask `at_once(environ)` first in this process, and the application in one of `threads` for the rest."""
    if mp._wsgi_call_wrap not in {_callback_wrapper}:
        raise RuntimeError("granian calls its applications in another way than these lanes know")

    def wrapped(application, *options):
        def in_turn(environ, start_response):
            with turn():  # the body of its answer may go to a slow reader, and needs none
                return application(environ, start_response)

        return lanes(at_once, _callback_wrapper(in_turn, *options), threads)

    mp._wsgi_call_wrap = wrapped


def lanes(at_once: AtOnce, application: Callable[[Any, dict[str, Any]], Any], threads: int):
    """The function that granian calls with each request: its protocol object, and the environ without what is constant."""
    pool = ThreadPoolExecutor(threads, "request")

    def slowly(protocol, environ):
        try:
            application(protocol, environ)
        except Exception:
            log.exception("an answer failed")
            protocol.response_bytes(500, [], b"")  # nothing where an answer has begun

    def answer(protocol, environ):
        ready = at_once(environ)
        if ready is None:
            pool.submit(slowly, protocol, environ)
        else:
            protocol.response_bytes(*ready)

    return answer
