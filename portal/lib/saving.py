"""A page to keep: one HTML file that needs nothing else, neither this server nor another."""

import re
from base64 import b64encode
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html

from portal.lib import html
from portal.lib.labels import uncached

SHEET = "static/css/saved.css"
MOST = 8_000_000  # bytes of pictures; those beyond stay links
_IMAGE = re.compile(r"<img\b[^>]*>")
_SOURCE = re.compile(r' src="/media/(images/[0-9a-f]{32}(?:-\d{3,4})?\.webp)"')
_CHOICES = re.compile(r' (?:srcset|sizes|loading|fetchpriority)="[^"]*"')


def download(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    """`saved.html` with `context` as the file `name`; as of now, so it is kept in no memory."""
    style = format_html("<style>{}</style>", html.printed((Path(settings.BASE_DIR) / SHEET).read_text("utf-8")))
    page = render_to_string("saved.html", {"kept_at": timezone.now(), "style": style, **context}, request)
    response = HttpResponse(absolute(embedded(page), request.build_absolute_uri("/")))
    response["Content-Disposition"] = f'attachment; filename="{name}.html"'
    response["X-Robots-Tag"] = "noindex"
    return uncached(response)


def embedded(page: str) -> str:
    """`page` with the pictures of the library in it; of one whose file is lost the address stays."""
    left = MOST

    def image(tag: re.Match[str]) -> str:
        return _SOURCE.sub(source, _CHOICES.sub("", tag[0]))

    def source(address: re.Match[str]) -> str:
        nonlocal left
        try:
            size = default_storage.size(address[1])
            if size > left:
                return address[0]
            left -= size
            with default_storage.open(address[1]) as file:
                return f' src="data:image/webp;base64,{b64encode(file.read()).decode()}"'
        except OSError:
            return address[0]

    return _IMAGE.sub(image, page)


def absolute(page: str, origin: str) -> str:
    """`page` whose links lead to the server from wherever the file lies."""
    return re.sub(r' (href|src)="/(?!/)', rf' \1="{origin}', page)
