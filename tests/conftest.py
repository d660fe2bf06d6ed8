"""What all tests share: a process that remembers nothing of the test before, and makers of content."""

import gc
import re

import psycopg2.extensions
import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.db.backends.signals import connection_created
from django.test import Client
from whitenoise.middleware import WhiteNoiseMiddleware

from portal import heartbeat, missing, outage, preparing
from portal.lib import live, pagecache, patience
from stats import counting, figures
from tests.factories import make_roles

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def pytest_collection_finish():
    """What is loaded by now stays to the end: the garbage collector need not walk over it every few tests."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """With the groups, which a database that is used again may have lost to a test that empties all tables."""
    with django_db_blocker.unblock():
        if not Group.objects.exists():
            make_roles()
    yield
    # A test may have begun a server's impatience in this process; on a busy machine a database takes longer to drop.
    psycopg2.extensions.set_wait_callback(None)
    connection_created.disconnect(patience._limit_server)


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
