"""Hostile HTML: payloads from public knowledge and splices of them; and what clean HTML may hold, read strictly."""

import re
from functools import lru_cache
from html import unescape
from pathlib import Path

from hypothesis import strategies as st

from tests.drawing import each

# A payload begins in the first column; only a few hold a line end of their own.
_LINES = (Path(__file__).parent / "corpus.txt").read_text().split("\n")
_GOES_ON = {"<script", "<img src=x onerror", "<pre>", "<script>alert(1)</script", ">alert(1)</script"}

VOID = {"br", "hr", "img", "col"}
ALLOWED = {
    **{name: set() for name in (
        "p br hr h2 h3 h4 blockquote pre code strong b em i u s sub sup span div mark ul li dl dt dd table caption thead tbody"
        " tfoot tr colgroup col figure figcaption"
    ).split()},
    "a": {"href", "title", "rel"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan", "headers", "scope"},
    "th": {"colspan", "rowspan", "headers", "scope"},
    "ol": {"start", "type"},
}  # fmt: skip
EVERYWHERE = {"class", "lang", "id"}
# What others may let a picture carry, so long as it names pictures of our own only.
PICTURES = {"srcset", "sizes", "loading", "decoding"}
CLASSES = {"align-left", "align-center", "align-right", "align-justify", "signature", "lead", "note"}
_TAG = re.compile(r"""<(/?)([a-z][a-z0-9]*)((?: [a-z-]+="[^"<>]*")*)>""")
_PAIR = re.compile(r' ([a-z-]+)="([^"]*)"')
_TEXT = re.compile(r"[^<>]*")
_OWN = re.compile(r"^/(media|static)/[\w./%-]+$")
_LINK = re.compile(r"^(https?://[^/\\]|mailto:[^\s<>]+$|tel:[+\d][\d.()\s-]*$|/(?![/\\])|#)", re.IGNORECASE)


@lru_cache
def payloads():
    """All payloads of the file."""
    found, held = [], []
    for line in _LINES:
        held.append(line)
        if line not in _GOES_ON:
            found.append("\n".join(held))
            held = []
    return [payload for payload in found if payload.strip()]


def pieces():
    """The payloads cut at every place where a parser changes its mind."""
    cut = {
        piece for payload in payloads() for piece in re.split(r"(?=[<>\"'&=\s/])|(?<=[<>\"'=\s/])", payload) if piece
    }
    return sorted(cut)


def splices():
    """Strategy: mixtures of pieces, or a whole payload put into another."""
    whole = st.sampled_from(payloads())
    mixed = st.lists(st.sampled_from(pieces()), min_size=2, max_size=10).map("".join)
    return mixed | st.builds(
        lambda outer, inner, at: outer[: at % (len(outer) + 1)] + inner + outer[at % (len(outer) + 1) :],
        whole, whole, st.integers(0, 511),
    )  # fmt: skip


@lru_cache
def some_splices(number, seed=8):
    """`number` of them that all differ; the same for the same seed."""
    found = {}
    each(splices(), number + number // 20 + 5, lambda one: found.setdefault(one), seed)
    return list(found)[:number]


def faults(cleaned):
    """What stands in `cleaned` and may not: it is read as the canonical HTML that a serialiser writes, nothing looser.

    Text holds no < or >, a tag is <name a="…">, every tag is closed by its own end.
    """
    wrong, place, above = [], 0, []
    while place < len(cleaned):
        place = _TEXT.match(cleaned, place).end()
        if place == len(cleaned):
            break
        tag = _TAG.match(cleaned, place)
        if tag is None:
            return [*wrong, f"no tag: {cleaned[place : place + 60]!r}"]
        place = tag.end()
        wrong += _faults_of_tag(*tag.groups(), above)
    return wrong + [f"open: {name}" for name in above]


def _faults_of_tag(slash, name, attributes, above):
    if name not in ALLOWED:
        return [f"tag {name}"]
    if slash:
        return [] if above and above.pop() == name else [f"end of {name}"]
    if name not in VOID:
        above.append(name)
    pairs = [(key, unescape(value)) for key, value in _PAIR.findall(attributes)]
    return [f"{name} {key}={value!r}" for key, value in pairs if not is_allowed(name, key, value)]


def is_allowed(name, key, value):
    """Whether the attribute `key` of <name> may be there with this value."""
    if key not in ALLOWED[name] | EVERYWHERE | (PICTURES if name == "img" else set()):
        return False
    checks = {
        "href": lambda: (
            _LINK.match(value) and not re.search(r"[\x00-\x1f]|script:", value.split("?")[0], re.IGNORECASE)
        ),
        "src": lambda: _OWN.match(value) and ".." not in unescape(value),
        "srcset": lambda: all(_OWN.match(part.split()[0]) for part in value.split(",")),
        "class": lambda: set(value.split()) <= CLASSES,
        "id": lambda: re.fullmatch(r"[a-z][a-z0-9-]{0,60}", value),
        "rel": lambda: value == "noopener noreferrer",
    } | dict.fromkeys(("width", "height", "colspan", "rowspan", "start"), lambda: re.fullmatch(r"\d{1,4}", value))
    return bool(checks.get(key, lambda: True)())
