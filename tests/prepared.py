"""What a run of the tests makes once for all its processes: whoever needs it first makes it, the others wait meanwhile."""

import contextlib
import fcntl
import os
import re
from pathlib import Path

import psycopg2
import pytest
from django.db import connection, connections, transaction

from portal.embedded import is_alive

RUN = Path(os.environ["PORTAL_TEST_RUN"])  # portal-test-<number of its first process>-<drawn by chance>
PREFIX = connection.creation._get_test_db_name()
MIGRATED = "_".join([PREFIX, *RUN.name.split("-")[2:]])


@contextlib.contextmanager
def turn(name):
    """The file `name` of this run, held by one process at a time."""
    with (RUN / name).open("a+") as file:
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


def empty_tables(test):
    """What Django's flush leaves, in 0.02 s instead of 0.4: that makes a new file for each table and index.

    Content types and rights stay, which it deletes and makes again. Triggers sleep, which takes a superuser.
    """
    for own in test._databases_names(include_mirrors=False):
        one = connections[own]
        names = set(one.introspection.django_table_names(only_existing=True, include_views=False))
        tables = [one.ops.quote_name(name) for name in sorted(names - {"django_content_type", "auth_permission"})]
        with transaction.atomic(using=own), one.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {', '.join(tables)}; SET LOCAL session_replication_role = replica")
            cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in tables))  # noqa: S608
            for (name,) in cursor.fetchall():
                cursor.execute(f"DELETE FROM {name}")  # noqa: S608


def _migrate():
    own, test = connection.settings_dict["NAME"], connection.settings_dict["TEST"]
    _forget_killed_runs()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop may run in this thread
        patch.setitem(test, "NAME", MIGRATED)
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        connection.close()
    connection.settings_dict["NAME"] = own


def _forget_killed_runs():
    """On this machine's own server: on another one a number tells nothing of who lives."""
    if not connection.settings_dict["HOST"].startswith("/"):
        return
    names = _run("SELECT datname FROM pg_database")
    for name, run in ((name, re.fullmatch(rf"{re.escape(PREFIX)}_(\d+)_\w+", name)) for (name,) in names):
        if run and not is_alive(int(run[1])):
            _run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _run(*statements):
    with contextlib.closing(psycopg2.connect(**connection.get_connection_params() | {"dbname": "postgres"})) as beside:
        beside.autocommit = True
        cursor = beside.cursor()
        for statement in statements:
            cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []
