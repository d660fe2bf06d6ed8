"""How long this process waits for PostgreSQL: a server that is frozen or cut off never says that it is gone.

The driver's own waiting has no limit for a statement, and `statement_timeout` is kept by the server, which is the one
that hangs. With `limit_waiting` every wait of the driver ends after some seconds, as an OperationalError.
"""

import contextlib
import select
import threading
import time
from collections.abc import Iterator

import psycopg2
import psycopg2.extensions

READER = 3.0  # seconds that a reader's request waits for an answer of the database
_own = threading.local()


@contextlib.contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Within it this thread waits `seconds` for each answer instead of READER."""
    before = getattr(_own, "seconds", READER)
    _own.seconds = seconds
    try:
        yield
    finally:
        _own.seconds = before


def limit_waiting() -> None:
    """From now on no wait of psycopg2 in this process is endless. For servers; commands may take their time."""
    psycopg2.extensions.set_wait_callback(_wait)


def _wait(connection: psycopg2.extensions.connection) -> None:
    deadline = time.monotonic() + getattr(_own, "seconds", READER)
    while (state := connection.poll()) != psycopg2.extensions.POLL_OK:
        poller = select.poll()
        poller.register(connection.fileno(), select.POLLIN if state == psycopg2.extensions.POLL_READ else select.POLLOUT)
        left = deadline - time.monotonic()
        if left <= 0 or not poller.poll(left * 1000):
            # The driver closes the connection when its wait fails; closing it here would wait for its own lock.
            raise psycopg2.OperationalError("the database does not answer")
