"""Who reads the copy of the database, and when it is too old to be read. tests/failures/replica.py tries a real one."""

import pytest

from hotlines.models import Office
from news.models import Article
from polls.models import Poll
from portal import replica
from portal.lib import pagecache
from portal.models import SiteProfile
from stats.models import DailyCount
from tests.conftest import BROWSER

router = replica.Router()


@pytest.fixture
def copy(monkeypatch):
    """A copy that holds generation 7 and tells when it is asked."""
    asked = []

    def look():
        asked.append(7)
        replica._copy["generation"] = 7

    monkeypatch.setattr(replica, "is_there", lambda: True)
    monkeypatch.setattr(replica, "look", look)
    monkeypatch.setitem(replica._copy, "generation", -1)
    monkeypatch.setitem(replica._copy, "is_away", False)
    yield asked
    replica.end()


def reads():
    return {model.__name__: router.db_for_read(model) for model in (Article, Office, SiteProfile, Poll, DailyCount)}


def test_only_content_is_read_from_the_copy_and_nothing_is_written_there(copy):
    pagecache._memory.generation = 7
    assert set(reads().values()) == {"default"}
    replica.begin()
    copied = {"Article": "replica", "Office": "replica", "SiteProfile": "replica"}
    assert reads() == {**copied, "Poll": "default", "DailyCount": "default"}
    assert (router.db_for_write(Article), router.allow_migrate("replica", "news")) == ("default", False)
    replica.end()
    assert set(reads().values()) == {"default"}


@pytest.mark.parametrize(("known", "is_read"), [(None, False), (6, True), (7, True), (8, False)])
def test_a_copy_that_is_behind_what_the_process_knows_is_not_read(copy, known, is_read):
    pagecache._memory.generation = known
    replica.begin()
    assert replica.is_read() is is_read


def test_the_copy_is_asked_again_only_when_it_was_behind(copy):
    pagecache._memory.generation = 7
    for _ in range(3):
        replica.begin()
    assert copy == [7]


def test_a_copy_that_is_away_is_not_asked(copy, monkeypatch):
    pagecache._memory.generation = 7
    monkeypatch.setattr(replica, "connections", {replica.ALIAS: type("Connection", (), {"close": lambda self: None})()})
    replica.gone("connection refused")
    replica.begin()
    assert (replica.is_read(), copy) == (False, [])


@pytest.mark.django_db
def test_which_requests_read_the_copy(client, monkeypatch, copy):
    begun = []
    monkeypatch.setattr(replica, "begin", lambda: begun.append(1))
    session = {"cookie": "sessionid=x"}
    for method, path, headers, expected in (
        ("GET", "/tin-tuc/", {}, 1),
        ("HEAD", "/tin-tuc/", {}, 1),
        ("GET", "/tin-tuc/", session, 0),
        ("POST", "/tin-tuc/", {}, 0),
        ("GET", "/tin-tuc/xem-truoc/abc/", {}, 0),
    ):
        begun.clear()
        client.generic(method, path, headers={"user-agent": BROWSER, **headers})
        assert (method, path, headers, len(begun)) == (method, path, headers, expected)
