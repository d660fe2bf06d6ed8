"""Pictures, headings and links of a document."""

import re
from collections.abc import Callable, Iterator

from django.utils.translation import gettext_lazy as _

from news.checking.document import Document
from news.checking.finding import Finding
from portal.lib import text

# Folded. A link of these words alone says nothing in the list of links that a screen reader shows.
_SAYS_NOTHING = set(
    "an bam chi click cua day dan de duong file here kich lien ket link moi nay nhan nhap o quy tai them theo tiet truy cap"
    " vao ve vi xem".split()
)
_WORDS = re.compile(r"\w+")
_BARE = re.compile(r"(?:https?://|www\.)\S+|[\w.-]+\.(?:vn|com|net|org)(?:/\S*)?", re.IGNORECASE)
_FILE_NAME = re.compile(
    r"[\w() -]+\.(?:jpe?g|png|gif|webp|bmp|heic)|(?:img|dsc|image|screenshot|anh|z)[_ -]?\d+", re.IGNORECASE
)


def pictures(document: Document, is_decorative: Callable[[str], bool]) -> Iterator[Finding]:
    """Pictures that say nothing to who cannot see them, unless they are marked as decoration."""
    for image in document.images:
        name = image.value.rpartition("/")[2]
        alt = (image.text or "").strip()
        if not alt and not is_decorative(image.value):
            reason = _("The picture has no text for those who cannot see it.")
            yield Finding("alt", name, image.start, reason, _("Say what the picture shows, or mark it as decoration."))
        elif _FILE_NAME.fullmatch(alt):
            yield Finding("alt", alt, image.start, _("A file name says nothing to those who cannot see the picture."))


def headings(document: Document) -> Iterator[Finding]:
    """Headings that leave out a level (the title is the first), and empty ones."""
    level = 1
    for heading in document.headings:
        own = int(heading.value[1])
        words = (heading.text or "").strip()
        if not words:
            yield Finding("heading", heading.value.upper(), heading.start, _("An empty heading."))
            continue
        if own > level + 1:
            reason = _("The heading leaves out a level: the page cannot be read as an outline.")
            yield Finding("heading", words, heading.start, reason, f"H{own} → H{level + 1}")
        level = own


def link_texts(document: Document) -> Iterator[Finding]:
    """Links whose words do not say where they lead."""
    for link in document.links:
        words = text.line(link.text or "")
        if not words:
            yield Finding("link", link.value, link.start, _("A link without words cannot be seen or read aloud."))
        elif set(_WORDS.findall(text.fold(words))) <= _SAYS_NOTHING:
            reason = _("The words of the link do not say where it leads.")
            yield Finding("link", words, link.start, reason, _("Make the name of the document or page the link."))
        elif _BARE.fullmatch(words) and not link.value.startswith("mailto:"):
            reason = _("A bare address: read aloud letter by letter.")
            yield Finding("link", words, link.start, reason, _("Make the name of the document or page the link."))


def broken_links(
    document: Document, path_here: Callable[[str], str], leads_somewhere: Callable[[str], bool]
) -> Iterator[Finding]:
    """Links on this site that lead citizens to nothing. `leads_somewhere` takes a path that begins with a slash."""
    for link in document.links:
        words = text.line(link.text or "") or link.value
        if link.value.startswith("#"):
            if len(link.value) > 1 and link.value[1:] not in document.ids:
                yield Finding("broken", words, link.start, _("No place of the text has this mark."), link.value)
        elif (path := path_here(link.value)) and not leads_somewhere(path):
            yield Finding(
                "broken", words, link.start, _("Nothing that citizens can open is at this address."), link.value
            )
    for image in document.images:
        if image.value.startswith("/") and not leads_somewhere(image.value):
            name = image.value.rpartition("/")[2]
            yield Finding("broken", name, image.start, _("The file of this picture is lost."), image.value)
