"""Where the portal's texts, menus and boxes lead: every link, whose it is, and whether its host may still be trusted."""

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple
from urllib.parse import urlsplit

from django.apps import apps
from django.db import models

from portal.lib.fields import HTMLField, LinkField
from portal.models import DistrustedHost

_HREF = re.compile(r"""\shref=["']([^"'>]*)["']""", re.IGNORECASE)


class Link(NamedTuple):
    url: str
    host: str  # "" on this site
    thing: models.Model


def links() -> Iterator[Link]:
    """Every link that stands in stored content, in texts and in fields of their own. Past versions are nobody's page."""
    for model in apps.get_models():
        fields = [
            f for f in model._meta.local_concrete_fields if isinstance(f, (HTMLField, LinkField, models.URLField))
        ]
        if not fields or hasattr(model, "history_object"):
            continue
        for thing in model._base_manager.order_by("pk").iterator(chunk_size=200):
            for url in dict.fromkeys(url for field in fields for url in _in_field(field, thing)):
                yield Link(url, host_of(url), thing)


def _in_field(field, thing):
    value = getattr(thing, field.attname) or ""
    return [unescape(url) for url in _HREF.findall(value)] if isinstance(field, HTMLField) else [value] if value else []


def host_of(url: str) -> str:
    """The host that `url` leads to, in lower case; "" for a path, a number, an address of mail or nonsense."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".") if url.lower().startswith(("http://", "https://")) else ""
    except ValueError:
        return ""


def distrusted() -> dict[str, str]:
    """{host: why it is not to be trusted any more}."""
    return dict(DistrustedHost.objects.values_list("host", "reason"))


def verdict(host: str, hosts: dict[str, str]) -> str | None:
    """Why `host` or a host above it is not to be trusted; None for one that is in no list."""
    parts = host.split(".")
    above = [".".join(parts[i:]) for i in range(len(parts))]
    return next((hosts[name] for name in above if name in hosts), None)
