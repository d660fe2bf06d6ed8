"""HTML from editors and imports: the allow-list, in one place. What `clean` returns may be printed unescaped."""

import re
from html import escape, unescape

import nh3
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from portal.lib.text import nfc

MAX_INPUT = 1_000_000

_TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "blockquote", "pre", "code"),
    *("strong", "b", "em", "i", "u", "s", "sub", "sup", "a", "span", "div", "mark"),
    *("ul", "ol", "li", "dl", "dt", "dd"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "colgroup", "col"),
    *("figure", "figcaption", "img"),
}
_CELL = {"colspan", "rowspan", "headers", "scope"}
_ATTRIBUTES = {
    "a": {"href", "title", "class"},
    "img": {"src", "alt", "width", "height", "class"},
    "th": _CELL,
    "td": _CELL,
    "ol": {"start", "type"},
    "*": {"class", "lang", "id", "style"},
}
_CLASSES = {"align-left", "align-center", "align-right", "align-justify", "signature", "lead", "note"}
_ALIGN = re.compile(r"text-align\s*:\s*(left|center|right|justify)\b", re.IGNORECASE)
_ID = re.compile(r"^[a-z][a-z0-9-]{0,60}$")
_NUMBER = re.compile(r"^\d{1,4}$")
_OWN_IMAGE = re.compile(r"^/(media|static)/(?!.*\.\.)[\w./%-]+$")
_LINK = re.compile(r"^(https?://[^/\\]|mailto:|tel:|/(?![/\\])|#)", re.IGNORECASE)
_EMPTY_IMAGE = re.compile(r"<img(?![^>]*\ssrc=)[^>]*>")


def _attribute(tag: str, name: str, value: str) -> str | None:
    """nh3's per-attribute filter: the value to keep, or None to drop it."""
    value = value.strip()
    if name == "style":
        return None
    if name == "class":
        return " ".join(c for c in value.split() if c in _CLASSES) or None
    if name == "id":
        return value if _ID.match(value) else None
    if tag == "img" and name == "src":
        return value if _OWN_IMAGE.match(value) else None
    if name == "href":
        return value if _LINK.match(value) else None
    if name in {"width", "height", "colspan", "rowspan", "start"}:
        return value if _NUMBER.match(value) else None
    return value


def _styles_to_classes(html: str) -> str:
    """The editor writes alignment as style=…; a class survives the strict Content-Security-Policy, a style does not."""

    def convert(match: re.Match[str]) -> str:
        found = _ALIGN.search(match[3])
        return f' class="align-{found[1].lower()}"' if found else ""

    return re.sub(r"(\s)style=([\"'])(.*?)\2", convert, html, flags=re.IGNORECASE | re.DOTALL)


def clean(html: str) -> str:
    """`html` reduced to the allow-list, in NFC; `clean(clean(x)) == clean(x)`.

    Raises ValueError above MAX_INPUT characters: nobody writes an article of a megabyte by hand.
    """
    if len(html) > MAX_INPUT:
        raise ValueError(_("The text is longer than 1,000,000 characters."))
    cleaned = nh3.clean(
        _styles_to_classes(nfc(html)),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        clean_content_tags={"script", "style", "svg", "math", "textarea", "noscript", "template", "iframe", "object"},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
        strip_comments=True,
    )
    return _EMPTY_IMAGE.sub("", cleaned)


def printed(html: str) -> SafeString:
    """Stored HTML, cleaned when it was written (`fields.HTMLField`), as a template may print it."""
    return mark_safe(html)  # noqa: S308 - the one place; the Content-Security-Policy is the second wall


def plain(html: str) -> str:
    """The text of `html`: a blank where a tag was, so that words of neighbouring blocks do not grow together."""
    return unescape(re.sub(r"<[^>]*>", " ", html))


def paragraphs(text: str) -> str:
    """Cleaned HTML from plain text: one <p> per line that holds something."""
    lines = (line.strip() for line in nfc(text).split("\n"))
    return "\n".join(f"<p>{escape(one, quote=False)}</p>" for one in lines if one)
