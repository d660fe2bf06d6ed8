"""Redirects stay on the site; links to hosts that were lost are found, without asking the network."""

import io
import socket

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client

from portal import linking
from portal.management.commands import check_links
from portal.models import Banner, DistrustedHost, MenuItem, RelatedLink
from tests.factories import make_article, make_category, make_page, make_profile

pytestmark = pytest.mark.django_db
PASSWORD = "mat-khau-rat-dai"
ELSEWHERE = [
    "//evil.example", "https://evil.example/", "http:evil.example", "http:///evil.example", "/\\evil.example", "\\\\evil.example",
    "///evil.example", "https:evil.example", "javascript:alert(1)", " //evil.example", "\t//evil.example", "//evil.example%2f@testserver",
    "https://testserver@evil.example/", "https://testserver.evil.example/", "data:text/html,x", "/%5cevil.example/../..//evil.example",
    "https://evil.example\\@testserver/", "//[evil.example", "http://evil。example", "\x00//evil.example", "/\t/evil.example",
]  # fmt: skip


def leads_away(response):
    """Where the browser would go, if that is another site."""
    where = response.get("Location", "")
    # A browser reads "\" as "/" and drops tab and line ends.
    as_read = "".join(c for c in where.replace("\\", "/") if c not in "\t\r\n").strip()
    stays = (
        not as_read
        or (as_read.startswith("/") and not as_read.startswith("//"))
        or as_read.startswith("http://testserver/")
    )
    return None if stays else where


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_next_leads_nowhere_else(wanted):
    User.objects.create_superuser("lan", password=PASSWORD)
    client = Client()
    asked = {"username": "lan", "password": PASSWORD, "next": wanted}
    answers = [client.post("/quan-tri/login/", asked, query_params={"next": wanted})]
    for address in ("login/", "xac-thuc/", "tai-khoan/hai-buoc/"):
        answers.append(client.get(f"/quan-tri/{address}", {"next": wanted}))
    answers += [
        client.post("/quan-tri/logout/", {"next": wanted}),
        client.post("/quan-tri/tai-khoan/dang-xuat/", {"next": wanted}),
    ]
    assert [away for answer in answers if (away := leads_away(answer))] == []


@pytest.mark.parametrize(
    "path",
    ["//evil.example", "//evil.example/x", "/%2f%2fevil.example", "/\\evil.example", "/%5cevil.example", "/tin-tuc/y-te/1-x//evil.example",
     "/tin-tuc//evil.example/1-x/", "/%09/evil.example", "/.evil.example", "/@evil.example", "/quan-tri//evil.example"],
)  # fmt: skip
def test_the_slash_at_the_end_is_added_on_this_site(client, path):
    make_article(pk=1, category=make_category(name="Y tế"))
    response = client.generic("GET", path)
    assert leads_away(response) is None
    assert response.status_code < 500


@pytest.mark.parametrize("query", ["bac-sy-88 casino", '"><script>', "nhà cái", "https://evil.example"])
def test_a_search_plants_nothing(client, query):
    make_profile()
    page = client.get("/tim-kiem/", {"q": query}).content.decode()
    head = page[: page.index("</head>")]
    assert '<meta name="robots" content="noindex">' in head
    assert "canonical" not in head
    assert not any(word in head for word in ("casino", "nhà cái", "evil.example", "<script>alert"))


# --- check_links ----------------------------------------------------------------------------------------------------
@pytest.fixture
def content(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("the network was asked"))
    make_article(
        title="Cũ", body='<p><a href="https://www.Quan-Cu.gov.vn/a?b=1&amp;c=2">a</a> <a href="/tin-tuc/">b</a></p>'
    )
    make_page(title="Trang", body='<p><a href="https://chinhphu.vn/">a</a><a href="tel:113">113</a></p>')
    MenuItem.objects.create(label="Ngoài", target="address", address="https://quan-cu.gov.vn/")
    RelatedLink.objects.create(title="Sở", url="https://hanoi.gov.vn")
    Banner.objects.create(title="B", image="banners/a.webp", alt="x", width=1, height=1, link="http://khac.vn/")


def run(*arguments):
    out = io.StringIO()
    try:
        call_command("check_links", *arguments, stdout=out)
    except CommandError:
        return 1, out.getvalue()
    return 0, out.getvalue()


def test_all_links_that_leave_are_counted_by_host(content):
    status, said = run()
    assert status == 0
    assert [line.split(":")[0].strip() for line in said.splitlines()[:-1]] == [
        "chinhphu.vn", "hanoi.gov.vn", "khac.vn", "quan-cu.gov.vn", "www.quan-cu.gov.vn",
    ]  # fmt: skip
    assert said.splitlines()[-1] == "5 liên kết ra ngoài, 5 tên miền, 0 có vấn đề."


def test_links_to_a_host_that_was_lost_are_named_with_their_place(content):
    DistrustedHost.objects.create(host="quan-cu.gov.vn", reason="hết hạn 2024")
    status, said = run("--quiet")
    assert status == 1
    assert "✗ www.quan-cu.gov.vn: không còn tin cậy (hết hạn 2024)" in said
    assert "“Cũ”: https://www.Quan-Cu.gov.vn/a?b=1&c=2" in said
    assert "chinhphu" not in said


def test_online_asks_no_door_inside(content, monkeypatch):
    inside = [(2, 1, 6, "", ("169.254.169.254", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: inside)
    assert check_links.trouble("http://noi-bo.example/") == "địa chỉ nội bộ, không hỏi"


@pytest.mark.parametrize(("given", "kept"), [("HTTPS://Quan-Cu.gov.vn/x", "quan-cu.gov.vn"), ("a.vn", "a.vn")])
def test_a_host_is_entered_as_people_copy_it(given, kept):
    host = DistrustedHost(host=given)
    host.full_clean()
    assert host.host == kept


@pytest.mark.parametrize("given", ["", "x", "a b.vn", "https://", "http://[", "*.vn"])
def test_nonsense_is_no_host(given):
    with pytest.raises(ValidationError):
        DistrustedHost(host=given).full_clean()


def test_odd_addresses_have_no_host():
    assert [linking.host_of(url) for url in ("http://[", "mailto:a@b.vn", "//a.vn", "https://A.vn./x")] == [
        "",
        "",
        "",
        "a.vn",
    ]
