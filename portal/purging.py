"""Tells a CDN that the content has changed: one request a change, from whichever process claims it. Off by default.

A purge that fails is only logged: CDN_SECONDS later the CDN asks anyway.
"""

import logging
import threading
import urllib.request

from django.conf import settings

from portal.models import Generation

SECONDS = 5
log = logging.getLogger(__name__)


def after_change(generation: int) -> bool:
    """Purges unless another process has done so for this generation; whether it was this one."""
    if not settings.CDN_PURGE_URL:
        return False
    if not Generation.objects.filter(id=1, purged__lt=generation).update(purged=generation):
        return False
    threading.Thread(target=purge, name="purge", daemon=True).start()
    return True


def purge() -> None:
    headers = dict(line.split(": ", 1) for line in settings.CDN_PURGE_HEADERS)
    body = settings.CDN_PURGE_BODY.encode() or None
    try:
        request = urllib.request.Request(settings.CDN_PURGE_URL, body, headers, method=settings.CDN_PURGE_METHOD)  # noqa: S310 - the operator's own address
        urllib.request.urlopen(request, timeout=SECONDS).close()  # noqa: S310 - as above # nosec B310
    except (OSError, ValueError) as error:
        log.warning("the CDN was not told: %s", error)
