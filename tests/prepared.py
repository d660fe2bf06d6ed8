"""What a run of the tests makes once for all its processes: whoever needs it first makes it, the others wait meanwhile."""

import contextlib
import fcntl
import os
from pathlib import Path

import psycopg2
import pytest
from django.db import connection

MIGRATED = connection.creation._get_test_db_name()


@contextlib.contextmanager
def turn(name):
    """The file `name` of this run, held by one process at a time."""
    with Path(os.environ["PORTAL_TEST_RUN"], name).open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        yield file


@contextlib.contextmanager
def database(suffix):
    """The name of a copy of the database that this run has migrated; the copy is gone afterwards."""
    name = f"{MIGRATED}_{suffix}"
    with turn("migrated") as note:
        is_maker = not note.read()
        if is_maker:
            _migrate()
            note.write("yes")
        _run(f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}" TEMPLATE "{MIGRATED}"')
    try:
        yield name
    finally:
        _run(f'DROP DATABASE "{name}" WITH (FORCE)')
        if is_maker:  # who comes later makes another
            with turn("migrated") as note:
                _run(f'DROP DATABASE "{MIGRATED}"')
                note.truncate(0)


def _migrate():
    own = connection.settings_dict["NAME"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop may run in this thread
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        connection.close()
    connection.settings_dict["NAME"] = own


def _run(*statements):
    with contextlib.closing(psycopg2.connect(**connection.get_connection_params() | {"dbname": "postgres"})) as beside:
        beside.autocommit = True
        for statement in statements:
            beside.cursor().execute(statement)
