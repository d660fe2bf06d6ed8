"""Every answer carries the same headers: every address, every status, pages, files, refusals; only the editor is looser."""

from pathlib import Path

import pytest
from django.conf import settings as configured
from django.test import Client

from portal.middleware import PublicPages
from portal.models import Banner
from tests.conftest import BROWSER
from tests.factories import make_article, make_category, make_page, make_poll, make_profile
from tests.security.addresses import filled, patterns

pytestmark = pytest.mark.django_db
POLICY = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self' data:", "font-src": "'self'",
    "connect-src": "'self'", "form-action": "'self'", "base-uri": "'none'", "frame-ancestors": "'none'", "manifest-src": "'self'",
    "worker-src": "'self'",
}  # fmt: skip
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": configured.PERMISSIONS_POLICY,
}
LOOSE = ("news/article/add", "news/article/1/change", "portal/page/add", "portal/page/1/change")


def security_of(response):
    for close in response._resource_closers:  # files; `response.close` would end the test's connection, too
        close()
    policy = response.get("Content-Security-Policy", "")
    directives = dict(part.strip().partition(" ")[::2] for part in policy.split(";") if part)
    return {name: response.get(name) for name in FIXED}, directives


@pytest.fixture
def site(settings):
    make_profile()
    make_article(pk=1, category=make_category(name="Y tế"))
    make_page(pk=1, title="Giới thiệu")
    make_poll()
    picture = Path(settings.MEDIA_ROOT, "banners/a.webp")
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_bytes(b"x")
    Banner.objects.create(title="B", image="banners/a.webp", alt="x", width=1, height=1)


@pytest.mark.parametrize(
    ("who", "method"),
    [
        *(("reader", method) for method in ("get", "head", "post", "options", "put", "delete")),
        *(("admin_client", method) for method in ("get", "post", "options")),
    ],
)
def test_every_address_answers_every_method_with_the_same_headers(request, site, who, method):
    client, statuses = request.getfixturevalue(who), set()
    client.raise_request_exception = False
    every = 3 if (who, method) == ("admin_client", "post") else 1  # each is a whole form of the admin
    for route, _ in list(patterns())[::every]:
        address = filled(route)
        if method == "post" and address.endswith(("/logout/", "/dang-xuat/")):
            continue
        response = getattr(client, method)(address)
        statuses.add(response.status_code)
        fixed, directives = security_of(response)
        # Stricter where the address is secret, or may hold a choice.
        place = {"no-referrer": "/xem-t", "strict-origin": "/binh-chon/"}.get(fixed["Referrer-Policy"])
        own = {"Referrer-Policy": fixed["Referrer-Policy"]} if place and place in address else {}
        assert fixed == FIXED | own, address
        is_editor = address.rstrip("/").endswith(LOOSE) and response.status_code in {200, 302, 409}
        inline = "'self' 'unsafe-inline'" if is_editor and who == "admin_client" else "'self'"
        assert (address, response.status_code, directives) == (
            address,
            response.status_code,
            POLICY | {"script-src": inline, "style-src": inline},
        )
    assert max(statuses) < 500
    assert (statuses == {405}) == (method in {"options", "put", "delete"})


class Broken:
    def __getattr__(self, name):
        raise RuntimeError("broken on purpose")


@pytest.mark.parametrize(
    ("path", "status", "more"),
    [
        ("/", 200, {}),
        ("/tin-tuc", 301, {}),
        ("/khong-co/", 404, {}),
        ("/%00", 400, {}),
        ("/" + "a" * 3000, 414, {}),
        ("/", 400, {"HTTP_HOST": "evil.example"}),
        ("/", 405, {"REQUEST_METHOD": "PUT"}),
        ("/", 413, {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": "100001"}),
        ("/static/css/base.css", 200, {}),
        ("/static/khong-co.css", 404, {}),
        ("/media/banners/a.webp", 200, {}),
        ("/media/images/khong-co.webp", 404, {}),
        ("/media/tep/a.pdf", 404, {}),
        ("/quan-tri/", 302, {}),
        ("/healthz", 200, {}),
        ("/rss/", 200, {}),
        ("/sitemap.xml", 200, {}),
    ],
)
def test_every_status_files_and_redirects(reader, site, path, status, more):
    response = reader.get(path, **more)
    assert response.status_code == status
    assert security_of(response) == (FIXED, POLICY)
    if etag := response.get("ETag"):
        again = reader.get(path, **more, HTTP_IF_NONE_MATCH=etag)
        assert (again.status_code, *security_of(again)) == (304, FIXED, POLICY)


def test_from_memory_as_fresh(reader, site, beat):
    beat()
    fresh, remembered = reader.get("/tin-tuc/"), reader.get("/tin-tuc/")
    assert security_of(fresh) == security_of(remembered) == (FIXED, POLICY)


def test_a_fault_and_a_database_that_is_away(reader, site, monkeypatch):
    client = Client(raise_request_exception=False, headers={"user-agent": BROWSER})
    monkeypatch.setattr("portal.views.Article", Broken())
    assert (client.get("/").status_code, *security_of(client.get("/"))) == (500, FIXED, POLICY)
    monkeypatch.setattr("portal.lib.pagecache.is_stale", lambda: True)
    assert (client.get("/tin-tuc/").status_code, *security_of(client.get("/tin-tuc/"))) == (503, FIXED, POLICY)


@pytest.mark.parametrize("host", ["testserver", "evil.example"])
def test_production_asks_for_https_on_every_answer(site, settings, host):
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 31536000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    client = Client(headers={"user-agent": BROWSER, "host": host})
    plain, secure = client.get("/tin-tuc/"), client.get("/tin-tuc/", secure=True)
    assert (plain.status_code, secure.status_code) == ((301, 200) if host == "testserver" else (400, 400))
    assert security_of(plain) == security_of(secure) == (FIXED, POLICY)
    assert secure["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"


@pytest.mark.parametrize(
    ("path", "status"), [("/healthz", 200), ("/readyz", 200), ("/healthz/", 301), ("/healthzx", 301)]
)
def test_only_a_probe_is_answered_without_tls(reader, settings, path, status):
    settings.SECURE_SSL_REDIRECT = True
    assert reader.get(path).status_code == status


def test_cookies_of_staff_are_closed_to_scripts_and_other_sites(settings, site):
    client = Client()
    client.get("/quan-tri/login/")
    cookie = client.cookies["csrftoken"]
    assert (bool(cookie["httponly"]), cookie["samesite"]) == (True, "Lax")


def test_no_answer_opens_itself_to_scripts_of_other_sites(reader, site):
    for path in ("/static/css/base.css", "/media/banners/a.webp", "/", "/rss/", "/duong-day-nong/ban-do.geojson"):
        response = reader.get(path, HTTP_ORIGIN="https://evil.example")
        assert "Access-Control-Allow-Origin" not in response
        assert security_of(response) == (FIXED, POLICY)


def test_the_first_layer_is_the_first(settings):
    assert settings.MIDDLEWARE[:2] == [f"portal.middleware.{name}" for name in (PublicPages.__name__, "Headers")]
