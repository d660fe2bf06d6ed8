"""What all tests share: a process that remembers nothing of the test before, and makers of content."""

import gc
import os
import re
from io import BytesIO

import psycopg2.extensions
import pytest
from django.db import connection, connections
from django.db.backends.signals import connection_created
from django.test import Client, TransactionTestCase
from PIL import Image
from whitenoise.middleware import WhiteNoiseMiddleware
from xdist.scheduler import LoadScopeScheduling

from portal import heartbeat, missing, outage, preparing
from portal.demo import pictures
from portal.lib import live, pagecache, patience
from stats import counting, figures
from tests import prepared

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
# The tests that look at one filled portal go to one process: setting it up costs more than most of them. The longest that
# asks no database starts early: pytest-django has those last, and one process ran on alone for a quarter of a minute.
DEMO = "directory english hostile map pages search voting without_script".split()
TOGETHER = {f"tests/browser/test_{name}.py": "demo" for name in DEMO}
TOGETHER |= {
    "tests/stories/": "stories",
    "tests/portal/test_search_quality.py": "search",
    "tests/portal/test_embedded.py": "cluster",
    "tests/portal/test_run_command.py": "start",
}


class Together(LoadScopeScheduling):
    """Groups first, then one test at a time in pytest-django's order: those that empty all tables come last everywhere.

    xdist's own `loadgroup` writes the group into a field of the test that pytest no longer reads.
    """

    def _split_scope(self, nodeid):
        return next((group for start, group in TOGETHER.items() if nodeid.startswith(start)), nodeid)


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers(config):
    """One more than there are processors: whoever tells stories of outages mostly waits."""
    return (yield) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return Together(config, log)


def pytest_collection_finish():
    """What is loaded by now stays to the end: the garbage collector need not walk over it every few tests, nor often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker):
    """A database of this process alone: a copy of the one that the run has migrated, which takes longer than many tests."""
    own = connection.settings_dict["NAME"]
    with django_db_blocker.unblock(), prepared.database(os.environ.get("PYTEST_XDIST_WORKER", "alone")) as name:
        # portal.wsgi, which some tests import, makes this process as impatient as a server; here the machine is busy.
        psycopg2.extensions.set_wait_callback(None)
        for one in connections.all():  # a replica is tested as the same database
            one.settings_dict["NAME"] = name
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('is_superuser')::bool")
            is_superuser = cursor.fetchone()[0]
        with django_db_blocker.block(), pytest.MonkeyPatch.context() as patch:
            if is_superuser:
                patch.setattr(TransactionTestCase, "_fixture_teardown", prepared.empty_tables)
            yield
        connection_created.disconnect(patience._limit_server)
        for one in connections.all():
            one.close()
            one.settings_dict["NAME"] = own


@pytest.fixture(scope="session", autouse=True)
def static_files():
    """Listed once: every Client is a server that starts, and 1,400 files of the editor took it longer than most tests."""
    files = {}
    list_files = WhiteNoiseMiddleware.add_files_from_finders

    def remember_files(server):
        if not files:
            list_files(server)
            files.update(server.files)
        server.files.update(files)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", remember_files)
        yield


@pytest.fixture(autouse=True)
def fresh_process(settings, tmp_path):
    """As after a start: no pages, no counts, no numbers in memory; the pulse beats only when a test calls it."""
    settings.PULSE = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the real one is slow on purpose
    settings.MEDIA_ROOT = tmp_path
    settings.OUTAGE_FILE = tmp_path.with_name(f"{tmp_path.name}-outage") / "503.html"  # no file of the media
    outage._last["numbers"] = None
    preparing._own["epoch"] = -1
    pagecache._memory.__init__()
    counting._hits.clear()
    counting._buffer.clear()
    counting._written.clear()
    counting._people.clear()
    counting._secrets.clear()
    counting._known_days.clear()
    figures.forget()
    missing._queries.clear()
    missing._paths.clear()
    live._numbers.clear()


@pytest.fixture
def quick_pictures(monkeypatch):
    """Drawing those of the demo takes seconds and has its own test; here any small WebP will do."""
    file = BytesIO()
    Image.new("RGB", (16, 9), "#a4161a").save(file, "WEBP")
    monkeypatch.setattr(pictures, "webp", lambda *args, **kwargs: file.getvalue())


@pytest.fixture
def reader(db):
    """A citizen's browser."""
    return Client(headers={"user-agent": BROWSER, "accept-language": "vi"})


@pytest.fixture
def beat():
    """One beat of the pulse; raises what goes wrong in it.

    Within the one transaction of a test the triggers that wait for a commit run before it, as if there had been one.
    """

    def commit_and_beat():
        if connection.in_atomic_block:
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
                cursor.execute("SELECT set_config('portal.changed_in', '', true)")
        heartbeat.beat()

    return commit_and_beat


@pytest.fixture
def text_of():
    """Function: the words a reader sees in a response, on one line."""
    unread = re.compile(r"<script.*?</script>|<[^>]+>", re.DOTALL)
    return lambda response: " ".join(unread.sub(" ", response.content.decode().replace("<wbr>", "")).split())
