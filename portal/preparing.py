"""Pages that stand in memory though nobody asked for them yet, so that they outlive the database.

At the first beat after its first reader, and after every change of content, a process reads them as a reader would.
"""

from io import BytesIO

from django.core.handlers.wsgi import WSGIRequest
from django.urls import reverse
from django.utils import translation

from portal.lib import pagecache

PAGES = (("vi", "home"), ("vi", "hotlines:directory"), ("en", "hotlines:directory"))
_own = {"serve": None, "epoch": -1, "tried": set()}


def serve_with(handler) -> None:
    """Takes the function that answers requests: the outermost middleware."""
    _own["serve"] = handler


def prepare() -> None:
    """Makes what is missing, once for each state of the content and each address under which the portal is read."""
    epoch = pagecache.epoch()
    if epoch != _own["epoch"]:
        _own.update(epoch=epoch, tried=set())
    for host, scheme in pagecache.origins():
        for language, name in PAGES:
            with translation.override(language):
                environ = asked(host, scheme, reverse(name))
            key = pagecache.key_of(environ)
            if key and key not in _own["tried"] and pagecache.lookup(key) is None and not pagecache.is_stale():
                _own["tried"].add(key)
                _own["serve"](WSGIRequest(environ))


def asked(host: str, scheme: str, path: str) -> dict:
    """The request of nobody: a prefetch is not counted."""
    port = host.rpartition(":")[2]
    return {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "", "SERVER_NAME": "localhost",
        "SERVER_PORT": port if port.isdigit() else "80", "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": host,
        "HTTP_SEC_PURPOSE": "prefetch", "wsgi.url_scheme": scheme, "wsgi.input": BytesIO(),
    }  # fmt: skip
