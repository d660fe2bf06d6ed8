"""Behind a CDN: what it may keep and for how long, and readers counted by the beacon, exactly as without one."""

import re

import pytest
from django.test import Client, RequestFactory

from portal import beacon, purging
from portal.lib import pagecache
from portal.models import Generation
from stats import counting
from stats.models import VISIT, DailyCount
from tests.conftest import BROWSER
from tests.factories import make_article, make_profile

pytestmark = pytest.mark.django_db


@pytest.fixture
def article():
    Generation.objects.get_or_create(id=1)
    make_profile()
    return make_article(title="Bài được đọc")


@pytest.fixture
def cdn(settings):
    settings.CDN_SECONDS, settings.CDN_STALE_SECONDS = 30, 600
    return settings


def beacon_of(response):
    (address,) = re.findall(
        r'<img src="(/dem/[^"]+)" alt="" width="1" height="1" hidden></body>', response.content.decode()
    )
    return address


def counts():
    counting.flush(at_the_end=True)
    return {row.key: row.n for row in DailyCount.objects.all()}


def test_without_a_cdn_nothing_changes(article, reader):
    page = reader.get(article.get_absolute_url())
    assert page["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "/dem/" not in page.content.decode()
    assert reader.get("/dem/anything", follow=True).status_code == 404
    assert counts() == {VISIT: 1, f"article:{article.pk}": 1}


def test_a_page_is_counted_by_its_beacon_and_only_by_it(article, reader, beat, cdn):
    beat()
    for _ in range(2):  # made anew, then from memory
        page = reader.get(article.get_absolute_url())
        assert page["Cache-Control"] == "public, max-age=0, s-maxage=30, stale-if-error=600"
        assert not page.cookies
    assert counts() == {}
    pixel = reader.get(beacon_of(page))
    assert (pixel.status_code, pixel["Content-Type"], pixel["Cache-Control"]) == (200, "image/gif", "private, no-store")
    assert not pixel.cookies
    reader.get(beacon_of(page))
    assert counts() == {VISIT: 1, f"article:{article.pk}": 1}


def test_nobody_makes_up_what_is_counted(article, reader, cdn):
    token = beacon_of(reader.get("/")).removeprefix("/dem/")
    assert [reader.get(f"/dem/article:99{token}").status_code, reader.get(f"/dem/{token}x").status_code] == [404, 404]
    assert counts() == {}


def test_staff_prefetches_and_heads_are_not_counted_by_the_beacon_either(article, reader, cdn):
    address = beacon_of(reader.get("/"))
    reader.head(address)
    reader.get(address, headers={"sec-purpose": "prefetch"})
    staff = Client(headers={"user-agent": BROWSER})
    staff.cookies["sessionid"] = "x"
    assert staff.get(address).status_code == 200
    assert counts() == {}


def test_what_is_not_for_everybody_may_be_kept_by_no_cache(article, reader, cdn):
    staff = Client(headers={"user-agent": BROWSER})
    staff.cookies["sessionid"] = "x"
    for response in (staff.get("/"), reader.get("/khong-co/"), reader.get("/tim-kiem/?q=a")):
        assert {"private", "no-store"} <= set(response["Cache-Control"].replace(" ", "").split(","))


def test_search_is_counted_where_it_is_answered(article, reader, cdn):
    assert "/dem/" not in reader.get("/tim-kiem/?q=bai").content.decode()
    assert counts() == {VISIT: 1}


def test_one_process_tells_the_cdn_of_a_change(article, settings, monkeypatch):
    told = []
    monkeypatch.setattr(purging, "purge", lambda: told.append("purged"))
    assert purging.after_change(5) is False
    settings.CDN_PURGE_URL = "http://127.0.0.1:1/"
    assert [purging.after_change(n) for n in (5, 5, 6, 5)] == [True, False, True, False]


def test_a_cdn_that_cannot_be_told_is_only_logged(settings, caplog):
    settings.CDN_PURGE_URL = "http://127.0.0.1:1/"
    purging.purge()
    assert "the CDN was not told" in caplog.text


def test_the_beacon_answers_nothing_else(cdn):
    assert beacon.answer(RequestFactory().post("/dem/x").META) is None
    assert pagecache.key_of(RequestFactory().get("/dem/x").META) is not None
