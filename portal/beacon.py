"""Behind a CDN most readers never reach the portal: each page asks for a picture of one pixel that no cache keeps.

That request is counted by the very code that counts a page otherwise: same visitor key, same windows, no cookie. It needs
no script. Who loads no pictures (text browsers, most robots) is not counted.
"""

import time
from collections.abc import Mapping
from functools import lru_cache

from django.core import signing

from portal.lib import pagecache
from stats import counting

PREFIX = "/dem/"
_SIGNER = signing.Signer(salt="portal.beacon", sep=".")
_GIF = b"GIF89a\1\0\1\0\x80\0\0\0\0\0\0\0\0!\xf9\4\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;"
_HEADERS = [
    ("Content-Type", "image/gif"),
    ("Content-Length", str(len(_GIF))),
    ("Cache-Control", "private, no-store"),
    ("Content-Security-Policy", "default-src 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
]


def carry(response, key: str | None) -> None:
    """Puts the picture that is counted as `key` at the end of an HTML page."""
    if key is None:
        return
    picture = f'<img src="{PREFIX}{_SIGNER.sign(key)}" alt="" width="1" height="1" hidden>'
    before, end, after = response.content.rpartition(b"</body>")
    if end:
        response.content = before + picture.encode() + end + after


def answer(environ: Mapping[str, str]) -> pagecache.Answer | None:
    """The pixel for a request that asks for it, its reader counted; None for every other request."""
    path = environ.get("PATH_INFO", "")
    if not path.startswith(PREFIX) or environ.get("REQUEST_METHOD") not in {"GET", "HEAD"}:
        return None
    key = _key(path.removeprefix(PREFIX))
    if key is None:
        return None
    counting.count(environ, key, time.time())
    return pagecache.Answer(200, _HEADERS, _GIF if environ["REQUEST_METHOD"] == "GET" else b"")


@lru_cache(maxsize=4096)
def _key(token: str) -> str | None:
    """What is counted; None for what no page of ours has asked for: anybody could make up things to count."""
    try:
        return _SIGNER.unsign(token)
    except signing.BadSignature:
        return None
