"""How a public page leaves: from memory if it stands there, its holes filled, its reader counted.

The door (`wsgi.py`) and the middleware both deliver through here.
"""

import time
from collections.abc import Mapping

from django.conf import settings

from portal import beacon, metrics
from portal.lib import client, pagecache
from stats import counting


def from_memory(environ: Mapping[str, str]) -> pagecache.Answer | None:
    """The answer for this request if its page is in memory; staff with a session never get one."""
    now = time.time()
    found = None if client.is_staff_browser(environ) else pagecache.answered(environ, now)
    if found is None:
        return beacon.answer(environ) if settings.CDN_SECONDS else None
    answer, count_key = found
    metrics.from_memory()
    if count_key is not None:
        counting.note(environ, count_key, now)
    return answer


def deliver(page: pagecache.Page, environ: Mapping[str, str]) -> pagecache.Answer:
    """`page` as this client wants it, its reader counted."""
    answer = pagecache.answer(page, environ)
    count(environ, page.count_key)
    return answer


def count(environ: Mapping[str, str], key: str | None) -> None:
    """A reader was shown what is counted under `key`: "" a page without a count of its own, None nothing to count."""
    if key is not None:
        counting.count(environ, key)
