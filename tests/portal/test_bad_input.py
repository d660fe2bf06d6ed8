"""What no browser sends: a clear answer, nothing stored, nothing counted, never a 5xx."""

import pytest
from django.test import Client

from portal import delivery
from portal.lib import pagecache
from stats import counting
from stats.models import DailyCount
from tests import pace
from tests.conftest import BROWSER
from tests.factories import make_article, make_poll, make_profile

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(beat):
    make_profile()
    make_poll()
    make_article()
    beat()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/%00", 400),
        ("/tin-tuc/%00/", 400),
        ("/tim-kiem/?q=%00", 400),
        ("/tin-tuc/?page=%00", 400),
        ("/%ff%fe/", 400),
        ("/%c0%ae%c0%ae/", 400),
        ("/%0d%0aSet-Cookie:a=b/", 404),
        ("/%1b[2J/", 400),
        ("/tim-kiem/?q=%ff%c0%ae", 400),
        ("/tim-kiem/?q=%0b", 400),
        ("/" + "a" * 1_000_000 + "/", 414),
        ("/tim-kiem/?q=" + "a" * 100_000, 414),
        ("/tin-tuc/" + "9" * 400 + "-x/", 404),
        ("/tin-tuc/a/" + "9" * 30 + "-x/", 404),
        ("/binh-chon/" + "9" * 30 + "/", 404),
        ("/tin-tuc/tep/" + "9" * 30 + "/", 404),
        ("/media/../settings.py", 404),
        ("/media/images/..%2f..%2fsettings.py", 404),
        ("/static/..%2f..%2fmanage.py", 404),
        ("/tim-kiem/?" + "&".join(f"x{n}=1" for n in range(3000)), 400),
        ("/tim-kiem/?q=" + "a" * 10_000, 200),
        ("/tim-kiem/?page=abc&q=a", 404),
        ("/tim-kiem/?page=-1&q=a", 404),
        ("/tim-kiem/?page=99999999999999999999&q=a", 404),
    ],
)
def test_odd_addresses(reader, site, path, status):
    with pace.seconds(1):
        response = reader.get(path)
    assert response.status_code == status
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert counting.waiting() == (1 if status == 200 else 0)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace", "options"])
@pytest.mark.parametrize(
    "path", ["/", "/tin-tuc/", "/tim-kiem/", "/thong-ke/", "/duong-day-nong/", "/healthz", "/robots.txt"]
)
def test_methods_that_a_page_does_not_know(reader, site, method, path):
    assert getattr(reader, method)(path).status_code == 405
    assert counting.waiting() == 0


@pytest.mark.parametrize("host", ["evil.example", "a b", "testserver@evil.example", "", "[::1", "x" * 5000])
def test_foreign_hosts_are_refused_and_leave_nothing(site, host):
    pages = len(pagecache._memory.pages)
    assert Client(headers={"user-agent": BROWSER, "host": host}).get("/").status_code in (
        {200, 400} if not host else {400}
    )
    assert len(pagecache._memory.pages) <= pages + (not host)


def test_thousands_of_queries_leave_memory_as_it_was(reader, site):
    reader.get("/")
    pages = len(pagecache._memory.pages)
    for n in range(5000):  # as they come in at the door
        asked = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": "/",
            "QUERY_STRING": f"x{n}={n}&page={n}",
            "wsgi.url_scheme": "http",
        }
        assert delivery.from_memory(asked).status == 200
    for n in range(20):
        reader.get("/khong-co/", {"x": n})
    assert len(pagecache._memory.pages) == pages
    assert len(pagecache._memory.ready) == pagecache.READY


def test_a_clock_that_jumps_back_loses_and_doubles_nothing(site):
    asks = {"REQUEST_METHOD": "GET", "REMOTE_ADDR": "203.0.113.9", "HTTP_USER_AGENT": BROWSER}
    for at in (1_800_000_600.0, 1_800_000_000.0, 1_800_000_601.0, 1_799_999_000.0):
        counting.count(asks, "article:1", at)
        counting.flush()
    assert sum(DailyCount.objects.filter(key="visit").values_list("n", flat=True)) == 1


@pytest.mark.parametrize("path", ["/tim-kiem/?q=a", "/quan-tri/", "/binh-chon/"])
def test_a_cookie_with_nul_is_refused(site, path):
    client = Client(headers={"user-agent": BROWSER, "cookie": r'sessionid="aaaaaaaaaa\000"'})
    assert client.get(path).status_code == 400
