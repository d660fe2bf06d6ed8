"""How long this process waits for PostgreSQL: a server that is frozen or cut off never says that it is gone.

The driver's own waiting has no limit for a statement, and `statement_timeout` is kept by the server, which is the one
that hangs. With `limit_waiting` every wait of the driver ends after some seconds, as an OperationalError.
"""

import contextlib
import math
import select
import threading
import time
from collections.abc import Iterator

import psycopg2
import psycopg2.extensions
from django.conf import settings
from django.db import OperationalError, connection
from django.db.backends.signals import connection_created

from portal.lib import turns

MOMENT = 0.2  # seconds in which a database that is there says that it is
READER = 3.0  # seconds that a reader's request waits for the database
STAFF = 20.0  # seconds for those who wait for a long list or a big change
SERVER_LIMITS = (
    "SET statement_timeout = 20000; SET lock_timeout = 3000; SET idle_in_transaction_session_timeout = 60000"
)
_own = threading.local()


@contextlib.contextmanager
def patience(each: float = READER, together: float = math.inf) -> Iterator[None]:
    """Within it this thread waits `each` seconds for an answer of the database and `together` for all of them.

    Only waiting counts: hashing a password on a busy machine is no fault of the database.
    """
    before = _limits()
    _own.limits = each, together
    try:
        yield
    finally:
        _own.limits = before


def _limits() -> tuple[float, float]:
    """(seconds for one answer, seconds left for all of them) of this thread."""
    return getattr(_own, "limits", (READER, math.inf))


class NoAnswer(psycopg2.OperationalError):
    """A wait that ended in vain: the database is away, or this one statement takes too long."""


def nobody_answers(error: BaseException) -> bool:
    """Whether this `error` of Django was a wait in vain, and asking the database for nothing is one, too."""
    if not isinstance(error.__cause__, NoAnswer):
        return False
    with patience(MOMENT, together=MOMENT):
        try:
            connection.close()
            connection.ensure_connection()
            return not connection.is_usable()
        except OperationalError:
            return True


def limit_waiting() -> None:
    """From now on no wait of psycopg2 in this process is endless. For servers; commands may take their time."""
    psycopg2.extensions.set_wait_callback(_wait)
    connection_created.connect(_limit_server)


def _limit_server(connection, **_) -> None:
    """A statement that nobody waits for any more shall not go on in the database.

    Behind pgbouncer a setting would stay with a connection that the next transaction gives to somebody else: there its
    own `connect_query` says the same (deploy/pgbouncer.ini).
    """
    if settings.PGBOUNCER:
        return
    with connection.cursor() as cursor:
        cursor.execute(SERVER_LIMITS)


def _wait(connection: psycopg2.extensions.connection) -> None:
    began = time.monotonic()
    each, together = _limits()
    try:
        _wait_until(connection, began + min(each, together))
    finally:
        _own.limits = each, together - (time.monotonic() - began)


def _wait_until(connection: psycopg2.extensions.connection, deadline: float) -> None:
    while (state := connection.poll()) != psycopg2.extensions.POLL_OK:
        poller = select.poll()
        poller.register(
            connection.fileno(), select.POLLIN if state == psycopg2.extensions.POLL_READ else select.POLLOUT
        )
        left = deadline - time.monotonic()
        with turns.aside():
            answered = left > 0 and poller.poll(left * 1000)
        if not answered:
            # The driver closes the connection when its wait fails; closing it here would wait for its own lock.
            raise NoAnswer("the database does not answer")
