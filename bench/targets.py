"""WSGI applications that the benchmark serves by the production server, each at a level of its own."""

import json
import os
from pathlib import Path

BYTES = Path(os.environ.get("BENCH_BYTES", "/dev/null"))


def _bytes(name):
    return Path(f"{BYTES}{name}").read_bytes()


def bare(environ, start_response):
    """What the server can do at most: the same bytes, headers included, with nothing looked up."""
    start_response("200 OK", HEADERS)
    return BODY


def bare_at_once(environ):
    """The same as the portal gives what stands in memory: by the thread on watch."""
    return 200, HEADERS, BODY[0]


KIND = os.environ.get("BENCH_TARGET", "portal")
if KIND == "bare":
    HEADERS = [(name, value) for name, value in json.loads(_bytes(".json"))]
    BODY = [_bytes(".body")]
    application = bare
    if not os.environ.get("BENCH_ALONE"):
        at_once = bare_at_once
elif KIND == "hello":
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.http import HttpResponse
    from django.urls import path

    urlpatterns = [path("", lambda request: HttpResponse("hello"))]
    settings.configure(
        SECRET_KEY="x" * 50,
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="bench.targets",
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.sessions",
            "django.contrib.messages",
        ],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
    )
    application = get_wsgi_application()
else:
    from portal.wsgi import application, at_once, begin  # noqa: F401 - the portal as it is served

    if KIND == "uncounted":
        from stats import counting

        counting.note = lambda environ, key, at: None
    elif KIND == "fresh":
        from portal.lib import pagecache

        pagecache.store = lambda key, page, began: None  # every page is built anew; the shared parts stay
