"""One suite, two ways in: `manage.py test` starts pytest, and pytest loads this module as its plugin.

The plugin half runs before Django's settings are read, which is too early for tests/conftest.py: it provides the
database and an environment that does not depend on the developer's `.env`.
"""

import argparse
import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from portal.embedded import EmbeddedError, ensure_database_url, is_alive, verify_database_url

# DEBUG only decides here that static files need no collecting; the test machinery turns it off for the tests.
ENVIRONMENT = {"DEBUG": "1", "HTTPS": "0", "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1", "TRUSTED_PROXIES": ""}
FOLDER = "portal-test-"
OWN_FOLDERS = ("STATIC_ROOT", "MEDIA_ROOT")


class PytestRunner:
    """Django's test runner interface over `pytest`; labels are what pytest takes (files, folders, file::name)."""

    def __init__(self, verbosity: int = 1, failfast: bool = False, keyword: str = "", **_: Any) -> None:
        self.options = ["-q"] if verbosity == 0 else ["-v"] if verbosity > 1 else []
        self.options += ["-x"] if failfast else []
        self.options += ["-k", keyword] if keyword else []

    @classmethod
    def add_arguments(cls, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("-k", dest="keyword", default="", help="Chỉ chạy các bài kiểm thử có tên khớp biểu thức.")

    def run_tests(self, test_labels: list[str], **_: Any) -> int:
        """Run in a fresh process, as `make test` does. 0 when all passed, else pytest's exit code."""
        return subprocess.call([sys.executable, "-m", "pytest", *self.options, *test_labels])


def forget_killed_runs(place: Path) -> None:
    """The folders of processes that could not take theirs away; of whom they are stands in their names."""
    for folder in place.glob(f"{FOLDER}*-*"):
        number = folder.name.removeprefix(FOLDER).partition("-")[0]
        if number.isdigit() and not is_alive(int(number)):
            shutil.rmtree(folder, ignore_errors=True)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    folder = Path(tempfile.mkdtemp(prefix=f"{FOLDER}{os.getpid()}-"))
    forget_killed_runs(folder.parent)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name in OWN_FOLDERS:
        os.environ[name] = str(folder / name.lower())
        Path(os.environ[name]).mkdir()
    os.environ.setdefault("PORTAL_TEST_RUN", str(folder))  # the first process of a run; those it starts share it
    os.environ.update(ENVIRONMENT)
    # Or each of the dozens of processes of a run would compile the project anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    try:
        if not ensure_database_url("test"):
            verify_database_url(os.environ["DATABASE_URL"])
    except EmbeddedError as error:
        raise pytest.UsageError(str(error)) from error
    return (yield)
