"""How a public page leaves: from memory if it stands there, its holes filled, its reader counted.

The door (`wsgi.py`) and the middleware both deliver through here.
"""

from collections.abc import Mapping

from portal.lib import client, pagecache
from stats import counting


def from_memory(environ: Mapping[str, str]) -> pagecache.Answer | None:
    """The answer for this request if its page is in memory; staff with a session never get one."""
    key = pagecache.key_of(environ)
    if key is None or client.is_staff_browser(environ):
        return None
    page = pagecache.lookup(key)
    return deliver(page, environ) if page else None


def deliver(page: pagecache.Page, environ: Mapping[str, str]) -> pagecache.Answer:
    """`page` as this client wants it, its reader counted."""
    answer = pagecache.answer(page, environ)
    count(environ, page.count_key)
    return answer


def count(environ: Mapping[str, str], key: str | None) -> None:
    """A reader was shown what is counted under `key`: "" a page without a count of its own, None nothing to count."""
    if key is not None:
        counting.count(environ, key)
