"""How long a thread waits for the database: see portal/lib/patience.py."""

import os
import time

import psycopg2
import pytest
from psycopg2.extensions import POLL_OK, POLL_READ

from portal.lib import patience


class Pretended:
    """A connection that answers when there is something to read in a pipe."""

    def __init__(self):
        self.mine, self.theirs = os.pipe()
        self.states = [POLL_READ]

    def answer(self):
        os.write(self.theirs, b"x")
        self.states = [POLL_READ, POLL_OK]

    def poll(self):
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]

    def fileno(self):
        return self.mine


@pytest.fixture
def connection():
    pretended = Pretended()
    yield pretended
    os.close(pretended.mine)
    os.close(pretended.theirs)


def test_computing_is_no_waiting(connection):
    connection.answer()
    with patience.patience(each=1, together=0.05):
        time.sleep(0.06)  # a password is hashed, say
        patience._wait(connection)
        assert 0 < patience._limits()[1] < 0.05


def test_a_database_that_is_silent_is_waited_for_once_only(connection):
    with patience.patience(each=0.02, together=0.03):
        began = time.monotonic()
        for _ in range(3):
            with pytest.raises(psycopg2.OperationalError, match="does not answer"):
                patience._wait(connection)
        assert 0.02 <= time.monotonic() - began < 1
        assert patience._limits()[1] < 0.011
    assert patience._limits() == (patience.READER, float("inf"))
