"""What all tests share: a process that remembers nothing of the test before, and makers of content."""

import re

import pytest
from django.test import Client

from portal import heartbeat, outage, preparing
from portal.lib import live, pagecache
from stats import counting, figures

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def pytest_collection_modifyitems(items):
    """Tests of one running server stay in one process when the suite is spread over several."""
    for item in items:
        if (folder := item.path.parent.name) in {"browser", "stories"}:
            item.add_marker(pytest.mark.xdist_group(folder))


@pytest.fixture(autouse=True)
def fresh_process(settings, tmp_path):
    """As after a start: no pages, no counts, no numbers in memory; the pulse beats only when a test calls it."""
    settings.PULSE = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the real one is slow on purpose
    settings.MEDIA_ROOT = tmp_path
    settings.OUTAGE_FILE = tmp_path / "503.html"
    outage._last["numbers"] = None
    preparing._own["epoch"] = -1
    pagecache._memory.__init__()
    counting._hits.clear()
    counting._buffer.clear()
    counting._written.clear()
    counting._secrets.clear()
    counting._known_days.clear()
    figures.forget()
    live._numbers.clear()


@pytest.fixture
def reader(db):
    """A citizen's browser."""
    return Client(headers={"user-agent": BROWSER, "accept-language": "vi"})


@pytest.fixture
def beat():
    """One beat of the pulse; raises what goes wrong in it."""
    return heartbeat.beat


@pytest.fixture
def text_of():
    """Function: the words a reader sees in a response, on one line."""
    return lambda response: " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())
