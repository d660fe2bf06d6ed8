"""A hotline within a text: editors write `[[duong-day-nong:12]]`, readers see the number as it is now.

The number lives in one place. A text without tokens costs nothing; all texts with tokens share one reading of the
directory for each state of the content.
"""

import re

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from hotlines.directory import entries
from hotlines.models import FormerNumber, Hotline
from portal.lib import html, languages, pagecache

TOKEN = re.compile(r"\[\[\s*duong-day-nong\s*:\s*([0-9]{1,9})\s*\]\]")


def token(hotline: Hotline) -> str:
    """What an editor writes for `hotline`."""
    return f"[[duong-day-nong:{hotline.pk}]]"


def resolved(body: str) -> str:
    """The HTML `body` with its tokens as links to dial, as plain text within links."""
    return html.texts_replaced(body, TOKEN, _Directory().as_html) if TOKEN.search(body) else body


def spoken(plain: str) -> str:
    """Plain text with the numbers in the place of the tokens: for excerpts."""
    if not TOKEN.search(plain):
        return plain
    known = _Directory()
    return TOKEN.sub(lambda match: known.words(int(match[1])), plain)


def removed(plain: str) -> str:
    """Plain text without its tokens: a search index would keep numbers that change."""
    return TOKEN.sub(" ", plain)


class _Directory:
    """What tokens can mean: the hotlines of all public offices, ended ones too, and what former ones were for."""

    def __init__(self):
        self.lines = pagecache.shared(
            "hotlines by number", lambda: {line.pk: line for office in entries() for line in office.numbers}
        )

    @cached_property
    def former(self) -> dict[int, str]:
        rows = FormerNumber.objects.order_by("pk").values_list("hotline_pk", "purpose")
        return pagecache.shared("former hotlines", lambda: dict(rows))

    def words(self, pk: int) -> str:
        line = self.lines.get(pk)
        if line is not None:
            return f"{line.shown} ({_('number no longer in use')})" if line.office.is_over else line.shown
        if pk in self.former:
            return f"{self.former[pk]} ({_('number no longer in use')})"
        return _("hotlines of the authority")

    def as_html(self, is_link: bool, match: re.Match[str]) -> str:
        pk = int(match[1])
        line = self.lines.get(pk)
        if is_link:
            return format_html("{}", self.words(pk))
        if line is None:
            return format_html('<a href="{}">{}</a>', reverse("hotlines:directory"), self.words(pk))
        return _instead(line) if line.office.is_over else format_html('<a href="{}">{}</a>', line.tel, line.shown)


def _instead(line: Hotline) -> str:
    """A number of an ended office, and whom to call now."""
    calls = [
        (languages.said(heir, "name"), heir.contact.tel, heir.contact.shown)
        for heir in line.office.heirs
        if heir.contact
    ]
    told = format_html_join(", ", '{} <a href="{}">{}</a>', calls)
    if not calls:
        told = format_html('<a href="{}">{}</a>', reverse("hotlines:directory"), _("All hotlines"))
    return format_html("<s>{}</s> ({} {})", line.shown, _("no longer in use; now:"), told)
