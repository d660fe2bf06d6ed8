"""Who computes: of the threads that build pages, one at a time in each process.

Python runs one thread at a time anyhow. Several that all want to only push one another out of it a thousand times a
second: four threads built half the pages that one did. Whoever waits for the database lets another one compute.
"""

import contextlib
import threading
import time
from collections.abc import Iterator

# Seconds that a turn counts for; then the others go on without: this is only about speed, and no thread that takes long,
# or holds something that another needs, may stop them.
LONGEST = 0.05
_computing = threading.Lock()
_since = 0.0  # when it was taken
_own = threading.local()


@contextlib.contextmanager
def turn() -> Iterator[None]:
    """Within it this thread has the turn to compute, or has waited long enough for it."""
    _take()
    try:
        yield
    finally:
        _give()


@contextlib.contextmanager
def aside() -> Iterator[None]:
    """Within it this thread waits for something and gives the turn, if it has it, to another."""
    if not getattr(_own, "is_computing", False):
        yield
        return
    _give()
    try:
        yield
    finally:
        _take()


def _take() -> None:
    global _since
    left = _since + LONGEST - time.monotonic()
    _own.is_computing = _computing.acquire(timeout=max(0.0, left) if _computing.locked() else LONGEST)
    if _own.is_computing:
        _since = time.monotonic()


def _give() -> None:
    if _own.is_computing:
        _own.is_computing = False
        _computing.release()
