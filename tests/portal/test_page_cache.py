"""Pages from memory: the same for everybody, fresh numbers, right headers, nothing stale after a change."""

import contextlib
import gzip
import threading
import time
from collections import Counter
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from news import publishing
from news.models import Article
from portal import wsgi
from portal.lib import live, pagecache
from portal.models import Generation
from stats import counting
from stats.models import VISIT, DailyCount
from tests.conftest import BROWSER
from tests.factories import make_article, make_hotline, make_poll, make_profile

pytestmark = pytest.mark.django_db


@pytest.fixture
def article():
    Generation.objects.get_or_create(id=1)
    make_profile()
    return make_article(title="Đối với người cao tuổi", body="<p>" + "Nội dung dài. " * 300 + "</p>")


@pytest.fixture
def remembered(article, beat, reader):
    """The article after its first reader: its page is in memory."""
    beat()
    assert reader.get(article.get_absolute_url()).status_code == 200
    return article


def queries(work):
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


def test_a_remembered_page_costs_no_query_and_is_the_same(remembered, reader):
    first = reader.get(remembered.get_absolute_url()).content
    assert queries(lambda: reader.get(remembered.get_absolute_url())) == 0
    assert reader.get(remembered.get_absolute_url()).content == first


def test_unknown_query_keys_do_not_split_the_memory_and_page_does(remembered, reader):
    assert queries(lambda: reader.get(remembered.get_absolute_url(), {"utm_source": "x", "fbclid": "y"})) == 0
    pages = len(pagecache._memory.pages)
    for n in range(50):
        reader.get(remembered.get_absolute_url(), {"q": n})
    assert len(pagecache._memory.pages) == pages


def test_a_page_number_makes_another_page_only_of_a_list(remembered, reader, beat, settings):
    settings.LIST_PAGE_SIZE = 1
    make_article(title="Bài thứ hai")
    beat()
    for path in (remembered.get_absolute_url(), "/tin-tuc/"):
        reader.get(path)
    assert queries(lambda: reader.get(remembered.get_absolute_url(), {"page": "7"})) == 0
    second = reader.get("/tin-tuc/", {"page": "2"}).content
    assert second != reader.get("/tin-tuc/").content
    assert queries(lambda: reader.get("/tin-tuc/?page=9&page=2&utm_source=x")) == 0
    assert reader.get("/tin-tuc/?page=9&page=2").content == second
    pages = len(pagecache._memory.pages)
    for odd in ("02", "+2", "２", "2 ", "3", "x"):
        assert reader.get("/tin-tuc/", {"page": odd}).status_code == 404
    assert len(pagecache._memory.pages) == pages


@pytest.mark.parametrize("hosts", [[f"testserver:{port}" for port in range(1000, 1005)], ["TESTSERVER", "TestServer"]])
def test_made_up_ports_and_cases_are_not_remembered(remembered, reader, hosts):
    pages = len(pagecache._memory.pages)
    for host in hosts:
        assert Client(headers={"user-agent": BROWSER, "host": host}).get("/").status_code == 200
    assert len(pagecache._memory.pages) == pages
    reader.get("/")
    assert queries(lambda: reader.get("/")) == 0


def test_only_the_keys_that_a_page_names_make_another_page_of_it(article, reader, beat):
    beat()
    reader.get("/tin-tuc/", {"page": 1})
    for n in range(20):
        reader.get("/tin-tuc/", {"page": 1, "q": n, "loai": n})
    assert len(pagecache._memory.pages) == 1
    reader.get("/tin-tuc/")
    assert queries(lambda: reader.get("/tin-tuc/", {"page": 1, "loai": "x"})) == 0
    assert len(pagecache._memory.pages) == 2


def test_requests_without_end_are_answered_and_not_remembered(remembered, reader):
    for n in range(20):
        assert queries(lambda: reader.get(f"{remembered.get_absolute_url()}?{n}={'x' * 60_000}")) == 0  # noqa: B023
        reader.get(remembered.get_absolute_url(), headers={"accept-encoding": f"gzip, {'x' * 60_000}{n}"})
    assert len(pagecache._memory.ready) <= 1


def test_a_forged_scheme_is_not_believed(remembered):
    pages = len(pagecache._memory.pages)
    for n in range(5):
        forger = Client(headers={"user-agent": BROWSER, "x-forwarded-proto": f"https{n}"})
        assert queries(lambda: forger.get(remembered.get_absolute_url())) == 0  # noqa: B023 - called at once
    assert len(pagecache._memory.pages) == pages


def test_while_one_thread_builds_the_others_get_the_page_of_a_moment_ago(remembered):
    key = ("", "http", remembered.get_absolute_url(), ())
    old = pagecache.lookup(key)
    assert old is not None
    pagecache.forget()
    with pagecache.rebuild(key) as mine:
        assert mine is None
        with pagecache.rebuild(key) as others:
            assert others is old
    with pagecache.rebuild(key) as afterwards:  # built: the old page never comes back
        assert afterwards is None
    with pagecache.rebuild(key) as once_more:
        assert once_more is None


def test_the_page_of_a_moment_ago_is_not_served_for_long(remembered, monkeypatch):
    key = ("", "http", remembered.get_absolute_url(), ())
    assert pagecache.lookup(key) is not None
    pagecache.forget()
    with pagecache.rebuild(key):
        monkeypatch.setattr(pagecache, "GRACE", -1)
        with pagecache.rebuild(key) as others:
            assert others is None


def ask_together(key, build):
    """What three threads are given for `key` while this one builds it; how long they took."""
    given, began = [], time.monotonic()

    def ask():
        with pagecache.rebuild(key) as page:
            given.append(page)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    with contextlib.suppress(ZeroDivisionError), pagecache.rebuild(key) as mine:
        assert mine is None
        for thread in threads:
            thread.start()
        build()
    for thread in threads:
        thread.join()
    return given, time.monotonic() - began


def test_while_one_thread_builds_a_new_page_the_others_wait_for_it(remembered):
    key, page = ("", "http", "/moi/", ()), pagecache.Page.cut(b"new", [], None)
    assert ask_together(key, lambda: pagecache.store(key, page, pagecache.epoch()))[0] == [page] * 3


def test_who_waits_for_a_page_that_fails_builds_it_and_nobody_waits_for_it_again(remembered):
    key = ("", "http", "/moi/", ())
    given, seconds = ask_together(key, lambda: 1 / 0)
    assert (given, seconds < pagecache.TOGETHER) == ([None] * 3, True)
    with pagecache.rebuild(key) as one, pagecache.rebuild(key) as another:
        assert (one, another) == (None, None)


def test_gzip_is_one_valid_member_with_the_numbers_in_it(remembered, reader):
    plain = reader.get(remembered.get_absolute_url())
    packed = reader.get(remembered.get_absolute_url(), headers={"accept-encoding": "gzip, br"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < len(plain.content) / 3
    assert plain["Vary"] == packed["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip", "gzip"),
        ("br, gzip;q=0.5", "gzip"),
        ("gzip;q=0", None),
        ("gzip; q=0.0, br", None),
        ("br", None),
        ("", None),
    ],
)
def test_gzip_is_sent_to_those_who_take_it(remembered, reader, accepted, encoding):
    response = reader.get(remembered.get_absolute_url(), headers={"accept-encoding": accepted})
    assert response.get("Content-Encoding") == encoding


def test_no_hole_is_left_open_in_a_page(remembered, reader):
    assert live._TOKEN not in reader.get(remembered.get_absolute_url()).content.decode()
    assert live._TOKEN not in reader.get("/khong-co-trang-nay/").content.decode()


def test_the_same_bytes_are_not_sent_twice(remembered, reader):
    etag = reader.get(remembered.get_absolute_url())["ETag"]
    again = reader.get(remembered.get_absolute_url(), headers={"if-none-match": etag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    other = reader.get(remembered.get_absolute_url(), headers={"if-none-match": '"other"'})
    assert other.status_code == 200


def test_head_has_the_length_and_no_body_and_counts_nothing(remembered, reader):
    whole = reader.get(remembered.get_absolute_url())
    counting._hits.clear()
    head = reader.head(remembered.get_absolute_url())
    assert (head.status_code, head.content, head["Content-Length"]) == (200, b"", str(len(whole.content)))
    assert counting.waiting() == 0


def test_views_are_fresh_on_a_remembered_page(remembered, reader, beat, text_of):
    beat()
    assert "Lượt xem: 1" in text_of(reader.get(remembered.get_absolute_url()))
    Client(headers={"user-agent": BROWSER, "accept-language": "en"}).get(remembered.get_absolute_url())
    beat()
    assert queries(lambda: reader.get(remembered.get_absolute_url())) == 0
    assert "Lượt xem: 2" in text_of(reader.get(remembered.get_absolute_url()))
    assert {row.key: row.n for row in DailyCount.objects.all()} == {"visit": 2, remembered.count_key: 2}


def test_the_print_page_is_the_same_article(remembered, reader, beat):
    reader.get(remembered.get_print_url())
    beat()
    assert DailyCount.objects.get(key=remembered.count_key).n == 1


def test_staff_are_not_served_from_memory_and_are_not_counted(remembered, django_user_model):
    staff = Client(headers={"user-agent": BROWSER})
    staff.force_login(django_user_model.objects.create_superuser("chu-bien", password="x"))
    counting._hits.clear()
    assert queries(lambda: staff.get(remembered.get_absolute_url())) > 0
    assert counting.waiting() == 0


def test_a_change_is_seen_after_the_next_beat(remembered, reader, beat, text_of):
    Article.objects.filter(pk=remembered.pk).update(lead="Câu mới tinh")
    beat()
    assert "Câu mới tinh" in text_of(reader.get(remembered.get_absolute_url()))


def test_a_withdrawn_article_is_gone_and_stays_gone(remembered, reader, beat):
    publishing.withdraw(remembered)
    beat()
    assert reader.get(remembered.get_absolute_url()).status_code == 410
    assert reader.get(remembered.get_absolute_url()).status_code == 410


def test_a_scheduled_article_appears_by_the_clock_without_a_change(article, reader, beat):
    soon = make_article(title="Bài hẹn giờ", published_at=timezone.now() + timedelta(seconds=1.5))
    beat()
    assert "Bài hẹn giờ" not in reader.get("/tin-tuc/").content.decode()
    assert reader.get(soon.get_absolute_url()).status_code == 404
    time.sleep(1.6)
    assert "Bài hẹn giờ" in reader.get("/tin-tuc/").content.decode()


def test_an_expired_article_leaves_by_the_clock(article, reader, beat):
    going = make_article(title="Bài sắp hết hạn", expires_at=timezone.now() + timedelta(seconds=1.5))
    beat()
    assert reader.get(going.get_absolute_url()).status_code == 200
    time.sleep(1.6)
    assert "Bài sắp hết hạn" not in reader.get("/tin-tuc/").content.decode()
    assert reader.get(going.get_absolute_url()).status_code == 410


def test_memory_is_bounded_and_the_least_read_page_goes_first(settings, remembered, reader):
    settings.PAGE_CACHE_MB = 1
    body = b"x" * 40_000
    for n in range(40):
        pagecache.store(("host", "http", str(n), ()), pagecache.Page.cut(body, [], None), pagecache.epoch())
        live.tell({"beat": str(n)})
        pagecache.lookup(("host", "http", "0", ()))
    assert pagecache._memory.bytes <= 1024 * 1024
    assert pagecache._memory.bytes == sum(page.size for page in pagecache._memory.pages.values())
    assert ("host", "http", "0", ()) in pagecache._memory.pages
    assert ("host", "http", "1", ()) not in pagecache._memory.pages


def test_the_door_answers_as_the_middleware_does(remembered):
    reader = Client(headers={"user-agent": BROWSER, "accept-language": "vi", "host": "testserver"})
    reader.get(remembered.get_absolute_url())
    environ = {
        "REQUEST_METHOD": "GET", "HTTP_HOST": "testserver", "PATH_INFO": remembered.get_absolute_url(), "QUERY_STRING": "",
        "wsgi.url_scheme": "http", "REMOTE_ADDR": "127.0.0.2", "HTTP_USER_AGENT": BROWSER, "HTTP_ACCEPT_LANGUAGE": "vi",
        "wsgi.input": BytesIO(),
    }  # fmt: skip
    started = []
    counting._hits.clear()
    counting._buffer.clear()
    with CaptureQueriesContext(connection) as captured:
        body = b"".join(wsgi.application(environ, lambda status, headers: started.append((status, dict(headers)))))
    response = reader.get(remembered.get_absolute_url())
    assert len(captured) == 0
    assert body == response.content
    assert started == [("200 OK", dict(response.items()))]
    counting.collect()
    assert Counter(key for _, key in counting._buffer) == {VISIT: 2, remembered.count_key: 2}


def test_a_foreign_host_finds_no_page(remembered):
    assert Client(headers={"host": "evil.example"}).get(remembered.get_absolute_url()).status_code == 400


@pytest.mark.parametrize(
    "address",
    ["/", "/tin-tuc/", "/duong-day-nong/", "/ban-do/", "/thong-ke/", "/rss/", "/sitemap.xml", "/robots.txt", "/so-do-trang/",
     "/duong-day-nong/ban-do.geojson"],
)  # fmt: skip
def test_every_public_address_is_remembered(article, reader, beat, address):
    make_hotline()
    make_poll()
    beat()
    response = reader.get(address)
    assert response.status_code == 200
    assert response["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert not response.cookies
    assert queries(lambda: reader.get(address)) == 0
