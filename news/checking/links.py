"""Whether an address of this portal leads a citizen somewhere, asked of the view itself: no request leaves the process."""

import logging
from urllib.parse import unquote, urlsplit, urlunsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import transaction
from django.http import Http404
from django.http.request import validate_host
from django.test import RequestFactory
from django.urls import Resolver404, resolve

log = logging.getLogger(__name__)


def path_here(address: str) -> str:
    """The path of `address` where it leads into this portal, also by its full name; "" where it leads elsewhere."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return ""
    if not parts.netloc:
        return address if address.startswith("/") else ""
    is_own = validate_host(host, [name for name in settings.ALLOWED_HOSTS if name != "*"])
    return urlunsplit(("", "", parts.path or "/", parts.query, "")) if is_own else ""


def leads_somewhere(address: str) -> bool:
    """Whether the path `address` (of a public view or file) answers with a page, a file or the way to one."""
    path = unquote(urlsplit(address).path)
    if path.startswith(settings.STATIC_URL):
        return finders.find(path.removeprefix(settings.STATIC_URL)) is not None
    try:
        found = resolve(path)
    except Resolver404:
        return False
    if found.app_name == "admin" or "\0" in path:
        return False
    # Views only read, and what counts readers stands outside them.
    request = RequestFactory().get(
        address, HTTP_HOST=(settings.ALLOWED_HOSTS or ["localhost"])[0].lstrip("*.") or "localhost"
    )
    try:
        with transaction.atomic():
            response = found.func(request, *found.args, **found.kwargs)
    except Http404:
        return False
    except Exception:  # whatever ails that page, nobody is kept from publishing this one
        log.exception("checked link %s", path)
        return True
    if file := getattr(response, "file_to_stream", None):
        file.close()  # response.close() would end the request that asks
    return response.status_code < 400
