"""What differs between two texts, in words a reader knows: markup is read, not shown. Pure: texts in, pieces out."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from html.parser import HTMLParser
from itertools import zip_longest
from pathlib import PurePosixPath
from typing import NamedTuple

from django.utils.translation import gettext as _

SAME, GONE, NEW = "same", "gone", "new"
# Word pairs that may be looked at to align one passage. Beyond it the passage counts as rewritten: who reads a screen of
# single words that happen to be in both learns nothing, and a hostile text shall not keep a server busy.
MAX_PAIRS = 1_500_000
_TOKEN = re.compile(r"(?:⟨[^⟩]*⟩|\d+(?:[.,/:]\d+)*|\w+|[^\w\s])\s*")
_WORD = re.compile(r"[^\W_]")
_BLANK = re.compile(r"\s+")
_BREAK = "\n"


class Piece(NamedTuple):
    """Some words and whether they stand in both texts, only in the earlier or only in the later one."""

    kind: str
    text: str


Paragraph = list[Piece]


@dataclass(frozen=True)
class Passage:
    """Paragraphs that belong together: all the same in both texts, or changed."""

    is_same: bool
    inline: list[Paragraph]
    sides: list[tuple[Paragraph, Paragraph]]  # beside each other: as it was, as it is


def compare(before: Sequence[str], after: Sequence[str]) -> list[Passage]:
    """The paragraphs `before` and `after` as passages in the order of the text."""
    passages = []
    for same, old, new in _aligned(before, after):
        if same:
            plain = [[Piece(SAME, paragraph)] for paragraph in new]
            passages.append(Passage(True, plain, list(zip(plain, plain, strict=True))))
        else:
            passages.append(_changed(old, new))
    return passages


def _changed(old: Sequence[str], new: Sequence[str]) -> Passage:
    pieces: Paragraph = []
    tokens = _tokens(old), _tokens(new)
    cores = [[token.rstrip(" ") for token in side] for side in tokens]
    at = [0, 0]
    for same, gone, come in _aligned(*cores):
        were, are = tokens[0][at[0] : at[0] + len(gone)], tokens[1][at[1] : at[1] + len(come)]
        at = [at[0] + len(gone), at[1] + len(come)]
        if same:
            pieces.append(Piece(SAME, "".join(map(max, were, are))))  # with its blank, if it has one in either
        else:
            pieces += [Piece(kind, "".join(words)) for kind, words in ((GONE, were), (NEW, are)) if words]
    # In one column an end of paragraph that is gone is a sign in the text, not an end.
    shown = [Piece(p.kind, p.text.replace(_BREAK, "¶ ")) if p.kind == GONE else p for p in pieces]
    return Passage(False, [words for words in _paragraphs(shown) if words], _beside(pieces))


def _beside(pieces: Paragraph) -> list[tuple[Paragraph, Paragraph]]:
    """The two texts beside each other; paragraphs that share words stand in one row."""
    was = _paragraphs(piece for piece in pieces if piece.kind != NEW)
    is_now = _paragraphs(piece for piece in pieces if piece.kind != GONE)
    rows: list[tuple[Paragraph, Paragraph]] = []
    done = [0, 0]
    for old, new in [*_shared(pieces), (len(was), len(is_now))]:
        rows += zip_longest(was[done[0] : old], is_now[done[1] : new], fillvalue=[])
        rows += zip(was[old : old + 1], is_now[new : new + 1], strict=True)
        done = [old + 1, new + 1]
    return [row for row in rows if any(row)]


def _shared(pieces: Paragraph) -> Iterator[tuple[int, int]]:
    """(place in the earlier text, place in the later one) of paragraphs that share words, both rising."""
    old = new = 0
    last = (-1, -1)
    for kind, words in pieces:
        for n, part in enumerate(words.split(_BREAK)):
            old, new = old + bool(n and kind != NEW), new + bool(n and kind != GONE)
            if kind == SAME and _WORD.search(part) and old > last[0] and new > last[1]:
                last = old, new
                yield last


def _tokens(paragraphs: Sequence[str]) -> list[str]:
    """Words and signs, each with the blank after it; the end of a paragraph is one too."""
    return [token for n, words in enumerate(paragraphs) for token in ([_BREAK] if n else []) + _TOKEN.findall(words)]


def _paragraphs(pieces: Iterator[Piece] | list[Piece]) -> list[Paragraph]:
    paragraphs: list[Paragraph] = [[]]
    for kind, words in pieces:
        for n, part in enumerate(words.split(_BREAK)):
            if n:
                paragraphs.append([])
            if part:
                paragraphs[-1].append(Piece(kind, part))
    return paragraphs


def _aligned(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[bool, Sequence[str], Sequence[str]]]:
    """(are they the same?, part of `old`, part of `new`) in order; both parts together are the whole."""
    shorter = min(len(old), len(new))
    head = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    tail = next((n for n in range(shorter - head) if old[-1 - n] != new[-1 - n]), shorter - head)
    if head:
        yield True, old[:head], new[:head]
    middle = old[head : len(old) - tail], new[head : len(new) - tail]
    if any(middle):
        yield from _matched(*middle)
    if tail:
        yield True, old[len(old) - tail :], new[len(new) - tail :]


def _matched(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[bool, Sequence[str], Sequence[str]]]:
    here, there = Counter(old), Counter(new)
    pairs = sum(n * there[word] for word, n in here.items())
    if pairs > 20 * MAX_PAIRS or (pairs > MAX_PAIRS and not _popular_left_out(here, there, len(new))):
        yield False, old, new
        return
    # difflib leaves out of its search what stands in more than a hundredth of a long text ("của", ","): such words
    # are still matched beside others, but cost nothing. In a short one every word counts.
    matcher = SequenceMatcher(None, old, new, autojunk=pairs > MAX_PAIRS)
    for verb, a, b, c, d in matcher.get_opcodes():
        yield verb == "equal", old[a:b], new[c:d]


def _popular_left_out(here: Counter[str], there: Counter[str], length: int) -> bool:
    """Whether without the popular words the rest can be searched in time."""
    return sum(n * there[word] for word, n in here.items() if there[word] <= length // 100 + 1) <= MAX_PAIRS


# --- Reading HTML ---------------------------------------------------------------------------------------------------
_BLOCKS = {
    *("p", "div", "h2", "h3", "h4", "li", "tr", "caption", "figcaption", "figure", "blockquote", "pre", "dt", "dd"),
    *("ul", "ol", "dl", "table", "thead", "tbody", "tfoot", "hr"),
}


class _Reader(HTMLParser):
    """Collects the paragraphs of a text as somebody would read them aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []
        self.words = ""
        self.leads: list[str] = []  # addresses of the links that are open
        self.cells = 0

    def end(self) -> None:
        line = _BLANK.sub(" ", self.words).strip()
        if line:
            self.done.append(line)
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag in _BLOCKS:
            self.end()
            self.cells = 0
            self.words = self.sign(tag)
        elif tag in {"td", "th"}:
            self.words += " | " if self.cells else ""
            self.cells += 1
        elif tag == "br":
            self.end()
        elif tag == "img":
            name = PurePosixPath(has.get("src", "")).name
            self.words += (
                " " + _("[Picture: %(words)s]") % {"words": f"{has.get('alt', '')} · {name}".strip(" ·")} + " "
            )
        elif tag == "a":
            self.leads.append(has.get("href", ""))

    @staticmethod
    def sign(tag: str) -> str:
        if tag in {"h2", "h3", "h4"}:
            return "§" * (int(tag[1]) - 1) + " "
        return {"li": "• ", "hr": "———"}.get(tag, "")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.end()
        elif tag == "a" and self.leads:
            self.words += f" ⟨{self.leads.pop()}⟩"

    def handle_data(self, data: str) -> None:
        self.words += data


def read(html: str) -> list[str]:
    """The paragraphs of cleaned HTML: headings, list items, rows of tables each as one, pictures and links in words."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end()
    return reader.done
