"""The generation: every change of public content raises it once, whatever way it comes."""

import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.utils import timezone

from hotlines.models import Hotline
from news import correcting
from news.models import Article, Category
from polls import voting
from portal import heartbeat
from portal.lib import pagecache
from portal.models import Alert, Generation
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def generation_row(db):
    """Transactional tests end by emptying all tables, this one too."""
    Generation.objects.get_or_create(id=1)


@pytest.fixture
def clock(monkeypatch):
    """It stands at `now` until the test moves it: between two lines a busy machine may take longer than any moment here."""
    clock = SimpleNamespace(now=timezone.now())
    monkeypatch.setattr(timezone, "now", lambda: clock.now)
    seconds = SimpleNamespace(time=lambda: clock.now.timestamp(), monotonic=time.monotonic)
    monkeypatch.setattr(pagecache, "time", seconds)
    return clock


def raised(change):
    """By how much `change()` raises the generation."""
    before = Generation.objects.get().n
    change()
    return Generation.objects.get().n - before


def sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_every_way_of_writing_raises_it_once():
    article = factories.make_article()
    hotline = factories.make_hotline()
    factories.make_article()
    assert raised(lambda: factories.make_article(category=article.category)) == 1
    assert raised(lambda: Article.objects.update(title="Tên mới")) == 1
    assert raised(lambda: sql("UPDATE news_category SET name = name")) == 1
    assert raised(lambda: Hotline.objects.filter(pk=hotline.pk).delete()) == 1
    assert raised(lambda: Alert.objects.create(text="Bão")) == 1
    assert raised(lambda: correcting.correct(article, earlier=article, note="Số tiền sai")) == 1


def test_one_transaction_raises_it_once():
    def many():
        with transaction.atomic():
            category = factories.make_category()
            for _ in range(5):
                factories.make_article(category=category)
            Category.objects.update(order=1)

    assert raised(many) == 1


def test_what_is_rolled_back_raises_nothing():
    def rolled_back():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            factories.make_category()
            raise ZeroDivisionError

    assert raised(rolled_back) == 0


def test_a_ballot_is_no_content():
    poll = factories.make_poll()
    option = poll.options.first()
    assert raised(lambda: voting.cast(poll, [option], voter=b"a" * 32)) == 0


def test_the_next_moment_is_the_nearest_of_all(monkeypatch):
    monkeypatch.setattr(heartbeat, "TIMED", (Article, Alert))  # without the midnight of the counts
    now = timezone.now()
    assert heartbeat.next_change(now) is None
    factories.make_article(published_at=now + timedelta(hours=3))
    Alert.objects.create(text="Bão", starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=2))
    assert heartbeat.next_change(now) == now + timedelta(hours=2)
    factories.make_article(expires_at=now + timedelta(hours=1))
    assert heartbeat.next_change(now) == now + timedelta(hours=1)
    assert heartbeat.next_change(now + timedelta(hours=2)) == now + timedelta(hours=3)


def test_what_is_built_from_old_content_is_not_stored():
    heartbeat.learn_generation()
    began = pagecache.epoch()
    factories.make_category()
    heartbeat.learn_generation()
    pagecache.store(("host", "http", "/", ()), pagecache.Page.cut(b"old", [], None), began)
    assert pagecache.lookup(("host", "http", "/", ())) is None


def test_a_moment_that_passed_between_two_beats_is_not_missed(clock):
    """Two articles appear within one beat: the pages built between the two must go as well."""
    start = clock.now
    factories.make_article(published_at=start + timedelta(milliseconds=200))
    factories.make_article(published_at=start + timedelta(milliseconds=500))
    heartbeat.learn_generation()
    _, first = pagecache.known()
    assert first == start + timedelta(milliseconds=200)
    clock.now = start + timedelta(milliseconds=300)
    began = pagecache.epoch()  # forgets: the first moment has passed
    pagecache.store(("host", "http", "/", ()), pagecache.Page.cut(b"with one of two", [], None), began)
    clock.now = start + timedelta(milliseconds=600)
    heartbeat.learn_generation()
    assert pagecache.known()[1] == start + timedelta(milliseconds=500)
    assert pagecache.lookup(("host", "http", "/", ())) is None


@pytest.mark.parametrize("looks", [True, False], ids=["somebody reads meanwhile", "nobody reads meanwhile"])
def test_a_moment_that_only_the_beat_notices_is_not_missed_either(clock, looks):
    soon = clock.now + timedelta(milliseconds=800)
    factories.make_article(expires_at=soon)
    heartbeat.learn_generation()
    key = ("host", "http", "/", ())
    pagecache.store(key, pagecache.Page.cut(b"still there", [], None), pagecache.epoch())
    assert pagecache.lookup(key) is not None
    clock.now = soon + timedelta(milliseconds=1)
    if looks:
        assert pagecache.lookup(key) is None
    heartbeat.learn_generation()
    assert pagecache.lookup(key) is None


def test_trouble_with_the_counts_does_not_keep_a_page_alive(monkeypatch):
    heartbeat.beat()
    key = ("host", "http", "/", ())
    pagecache.store(key, pagecache.Page.cut(b"old", [], None), pagecache.epoch())
    monkeypatch.setattr(heartbeat, "count", lambda: 1 / 0)
    factories.make_category()
    with pytest.raises(ZeroDivisionError):
        heartbeat.beat()
    assert pagecache.lookup(key) is None
    assert not pagecache.is_stale()
