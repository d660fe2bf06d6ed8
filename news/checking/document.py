"""An article as the checks read it: one plain text with the place of every part, and the links, pictures and headings."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_BLOCKS = {
    *(
        "p",
        "div",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "ul",
        "ol",
        "blockquote",
        "pre",
        "figure",
        "figcaption",
        "br",
        "hr",
    ),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th", "dl", "dt", "dd", "img"),
}
_HEADING = re.compile(r"h[1-6]")
# A line feed in HTML is a blank, with whatever indents the next line.
_WHITE = re.compile(r"[ \t\n]+")
_SENTENCE_END = re.compile(r"(?<=[.!?;…])\s+|\n")


def _unwrapped(words: str) -> str:
    return _WHITE.sub(lambda run: run[0] if not {"\n", "\t"} & set(run[0]) else " ", words)


@dataclass(frozen=True)
class Part:
    """A paragraph or field: plain[start:end] of its document stands at `place`."""

    place: str
    start: int
    end: int


@dataclass
class Element:
    """A link, picture or heading: `value` is its href, src or tag, `text` its words or, of a picture, its alt."""

    value: str
    start: int
    text: str | None = ""


@dataclass
class Document:
    plain: str = ""
    parts: list[Part] = field(default_factory=list)
    links: list[Element] = field(default_factory=list)
    images: list[Element] = field(default_factory=list)
    headings: list[Element] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)

    def add(self, place: str, words: str) -> int:
        """Appends a part of plain text; where it starts."""
        start = len(self.plain)
        self.parts.append(Part(place, start, start + len(words)))
        self.plain += f"{words}\n"
        return start

    def add_html(self, place: str, html: str) -> None:
        """Appends each paragraph of `html`, named by `place` and its number."""
        reader = _Reader(self, place)
        reader.feed(html)
        reader.close()
        reader.end_part()

    def place_of(self, start: int) -> str:
        """The name of the part in which the character `start` stands."""
        return next((part.place for part in reversed(self.parts) if part.start <= start), "")

    def sentence(self, start: int, end: int) -> tuple[str, str]:
        """What stands before plain[start:end] and after it in its sentence, cut to a readable length."""
        part = next((part for part in reversed(self.parts) if part.start <= start), Part("", 0, len(self.plain)))
        before, after = self.plain[part.start : start], self.plain[end : max(end, part.end)]
        before = _SENTENCE_END.split(before)[-1]
        stop = _SENTENCE_END.search(after)
        after = after[: stop.start()] if stop else after
        if len(before) > 160:
            before = "…" + before[-160:].partition(" ")[2]
        if len(after) > 160:
            after = after[:160].rpartition(" ")[0] + "…"
        return before, after


class _Reader(HTMLParser):
    """Writes the paragraphs of HTML into a document."""

    def __init__(self, document: Document, place: str):
        super().__init__(convert_charrefs=True)
        self.document, self.place = document, place
        self.words, self.number = "", 0
        self.link: Element | None = None
        self.heading: Element | None = None

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag in _BLOCKS:
            self.end_part()
        if given.get("id"):
            self.document.ids.add(given["id"])
        if tag == "a" and given.get("href") is not None:
            self.link = Element(given["href"], self._here())
            self.document.links.append(self.link)
        elif tag == "img":
            self.number += 1
            self.document.add(f"{self.place} {self.number}", "")  # its own place
            self.document.images.append(Element(given.get("src") or "", self._here() - 1, given.get("alt")))
            if self.link:
                self.link.text += given.get("alt") or ""
        elif _HEADING.fullmatch(tag):
            self.heading = Element(tag, self._here())
            self.document.headings.append(self.heading)

    def handle_endtag(self, tag):
        if tag == "a":
            self.link = None
        if tag in _BLOCKS:
            self.end_part()
        if _HEADING.fullmatch(tag):
            self.heading = None

    def handle_data(self, data):
        for element in (self.link, self.heading):
            if element:
                element.text += data
        self.words += data

    def _here(self):
        """Where the next word will stand in the plain text."""
        return len(self.document.plain) + len(_unwrapped(self.words).lstrip())

    def end_part(self):
        words = _unwrapped(self.words).strip()
        self.words = ""
        if words:
            self.number += 1
            self.document.add(f"{self.place} {self.number}", words)
