"""HTML from editors and imports: the allow-list, in one place. What `clean` returns may be printed unescaped."""

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from html import escape, unescape
from itertools import count

import nh3
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from portal.lib.text import nfc, slug

MAX_INPUT = 1_000_000
# Of "&" and no-break spaces: in one run of text the parser's time grows with their square.
MAX_REFERENCES = 40_000
MAX_TAGS = 200_000  # no text for people has a tag in every fifth letter; each costs the parser microseconds

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
    "*": {"class", "lang", "id"},
}
_CLASSES = {"align-left", "align-center", "align-right", "align-justify", "signature", "lead", "note"}
_ALIGN = re.compile(r"text-align\s*:\s*(left|center|right|justify)\b", re.IGNORECASE)
_ID = re.compile(r"^[a-z][a-z0-9-]{0,60}$")
_NUMBER = re.compile(r"^\d{1,4}$")
_OWN_IMAGE = re.compile(r"^/media/images/[0-9a-f]{32}\.webp$")  # of the library, and nothing else
_LINK = re.compile(r"^(https?://[^/\\]|mailto:[^\s<>]+$|tel:[+\d][\d.()\s-]*$|/(?![/\\])|#)", re.IGNORECASE)
_EMPTY_IMAGE = re.compile(r"<img(?![^>]*\ssrc=)[^>]*>")
# The parser eats a line feed here, one at each pass.
_PRE_START = re.compile(r"(<pre(?:\s[^>]*)?>)\n+")
_BLANKS = re.compile(r"(?:[ \n]|&nbsp;)++")
_LIBRARY_IMAGE = re.compile(
    r'<img((?:\s+[\w-]+="[^"]*")*?\s+src="/media/images/([0-9a-f]{32})\.webp"(?:\s+[\w-]+="[^"]*")*)\s*/?>'
)
# A comment, or (slash, name, attributes) of a tag. Ends at the end of the text if need be: a failing match that has
# read to the end is quadratic.
_TAG = re.compile(
    r"""<!--(?:-?>|.*?(?:--!?>|\Z))|<(/?)([a-z][^\s/>]*+)"""
    r"""((?:=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))|[^>])*+)(?:>|\Z)""",
    re.IGNORECASE | re.DOTALL,
)
_PAIR = re.compile(r"""([^\s=/>]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>"']+))?""")
_HEADING = re.compile(r"<h2((?:\s[^>]*)?)>(.*?)</h2>", re.DOTALL)
_INLINE = {"strong", "b", "em", "i", "u", "s", "sub", "sup", "a", "span", "mark", "code"}
# The parser closes these by itself (a row of <li> without </li> is not deep) or they hold nothing.
_NEVER_DEEP = {
    *("p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "colgroup", "a", "option", "html", "body"),
    *("br", "hr", "img", "col", "input", "link", "meta", "area", "base", "embed", "source", "track", "wbr", "param"),
}
# Unclosed ones stay in force after the block around them, at most three alike.
_FORMATTING = {"b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
_FOREIGN = re.compile(r"<(/?)(?:svg|math)(?=[\s/>]|\Z)", re.IGNORECASE)
# What looks like a tag in them is text.
_RAW = {"script", "style", "textarea", "title", "iframe", "noembed", "noframes", "xmp"}
_CONTROL = re.compile("[\x00-\x1f\x7f]")
_NO_JSON = re.compile("[<>&\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_MAX_DEPTH = 100
_MAX_PASSES = 10


def _attribute(tag: str, name: str, value: str) -> str | None:
    """nh3's per-attribute filter: the value to keep, or None to drop it."""
    value = value.strip()
    if name == "class":
        return " ".join(c for c in value.split() if c in _CLASSES) or None
    if name == "id":
        return value if _ID.match(value) else None
    if tag == "img" and name == "src":
        return value if _OWN_IMAGE.match(value) else None
    if name == "href":
        value = _CONTROL.sub("", value).strip()  # browsers read an address without line ends and tabs
        return value if _LINK.match(value) else None
    if name in {"width", "height", "colspan", "rowspan", "start"}:
        return value if _NUMBER.match(value) else None
    return value


def _styles_to_classes(html: str) -> str:
    """The editor writes alignment as style=…; a class survives the strict Content-Security-Policy, a style does not."""

    def convert(tag: re.Match[str]) -> str:
        pairs = {name.lower(): unescape(value.strip("\"'")) for name, value in _PAIR.findall(tag[3] or "")}
        found = _ALIGN.search(pairs.get("style", ""))
        if tag[1] or not found:
            return tag[0]
        kept = [c for c in pairs.get("class", "").split() if c in _CLASSES and not c.startswith("align-")]
        # Of two class attributes the parser takes the first.
        return f'<{tag[2]} class="{" ".join([*kept, f"align-{found[1].lower()}"])}"{tag[0][1 + len(tag[2]) :]}'

    return _TAG.sub(convert, html) if _ALIGN.search(html) else html


def _without_foreign(html: str) -> str:
    """`html` without SVG and MathML: the parser never enters the modes in which script and style are no longer text.

    What is closed goes with its content; of what is not, only the tag. A tag that comes together by that is given a
    name of nobody's.
    """
    if not _FOREIGN.search(html):
        return html
    kept, place, depth, opened = [], 0, 0, 0
    for tag in _TAG.finditer(html):
        if (tag[2] or "").lower() not in {"svg", "math"}:
            continue
        if not tag[1]:
            if depth == 0:
                kept.append(html[place : tag.start()])
                place = opened = tag.end()
            depth += not tag[3].endswith("/")
        elif depth:
            depth -= 1
            place = tag.end()
    kept.append(html[opened if depth else place :])
    return _FOREIGN.sub(r"<\1x-foreign", "".join(kept))


def _measured(html: str) -> str:
    """`html`, if it is not too long: what comes out of a pass goes into the next, so one limit holds for both."""
    references, tags = html.count("&") + html.count("\u00a0"), html.count("<")
    if len(html) > MAX_INPUT or references > MAX_REFERENCES or tags > MAX_TAGS:
        raise ValueError(_("The text is longer than 1,000,000 characters."))
    return html


def _refuse(html: str) -> None:
    """Raises ValueError for what takes the parser too long: each pass over deep nesting is quadratic."""
    above: list[tuple[str, str]] = []
    for tag in _TAG.finditer(html):
        name = (tag[2] or "").lower()
        is_text = above and above[-1][0] in _RAW and not (tag[1] and name == above[-1][0])
        if not name or is_text or name in _NEVER_DEEP:
            continue
        if tag[1]:
            _close(above, name)
        elif name not in _FORMATTING or above.count((name, tag[3])) < 3:
            above.append((name, tag[3]))
        if len(above) > _MAX_DEPTH:
            raise ValueError(_("The text is nested too deeply."))


def _close(above: list[tuple[str, str]], name: str) -> None:
    """Takes out of `above` what </name> ends: a format alone, a block with all in it but the formats."""
    for place in range(len(above) - 1, -1, -1):
        if above[place][0] == name:
            inside = above[place + 1 :]
            above[place:] = inside if name in _FORMATTING else [tag for tag in inside if tag[0] in _FORMATTING]
            return
        if above[place][0] == "table":
            return  # nothing outside a table is closed from a cell


def clean(html: str) -> str:
    """`html` reduced to the allow-list, in NFC; `clean(clean(x)) == clean(x)`.

    Raises ValueError above MAX_INPUT characters, since nobody writes an article of a megabyte by hand, and for nesting
    deeper than _MAX_DEPTH.
    """
    html = nfc(_measured(html))
    for _pass in range(_MAX_PASSES):
        html = _without_foreign(_measured(html))
        _refuse(html)
        before, html = html, _cleaned_once(html)
        if html == before:
            break
    return html


def _cleaned_once(html: str) -> str:
    cleaned = nh3.clean(
        _styles_to_classes(html),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        clean_content_tags={"script", "style", "x-foreign", "textarea", "noscript", "template", "iframe", "object"},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
        strip_comments=True,
    )
    return _PRE_START.sub(r"\1", _BLANKS.sub(_blank, _EMPTY_IMAGE.sub("", nfc(_measured(cleaned)))))


def _blank(run: re.Match[str]) -> str:
    """Word and Zalo paste rows of no-break blanks; one alone has its purpose ("10&nbsp;%")."""
    if "&nbsp;" not in run[0] or run[0] == "&nbsp;":
        return run[0]
    return "\n" if "\n" in run[0] else " "


def printed(html: str) -> SafeString:
    """Stored HTML, cleaned when it was written (`fields.HTMLField`), as a template may print it."""
    return mark_safe(html)  # noqa: S308 - the one place; the Content-Security-Policy is the second wall # nosec B308 B703


def data(thing: object) -> SafeString:
    """`thing` as JSON-LD in a script element, which browsers do not run: nothing in it can end the element."""
    told = _NO_JSON.sub(lambda letter: f"\\u{ord(letter[0]):04x}", json.dumps(thing, ensure_ascii=False))
    return mark_safe(f'<script type="application/ld+json">{told}</script>')  # noqa: S308 - as above # nosec B308 B703


def library_images(html: str) -> set[str]:
    """Names of the library's pictures in cleaned HTML."""
    return {image[2] for image in _LIBRARY_IMAGE.finditer(html)}


def illustrated(html: str, known: Mapping[str, Mapping[str, object]]) -> SafeString:
    """`printed(html)` whose pictures of the library bear the attributes that `known` holds under their names.

    What the text itself says (an alt, a width) stands.
    """

    def tag(image: re.Match[str]) -> str:
        more = known.get(image[2], {})
        said = "".join(f' {name}="{escape(str(value))}"' for name, value in more.items() if f" {name}=" not in image[1])
        return f"<img{image[1]}{said}>"

    return printed(_LIBRARY_IMAGE.sub(tag, html))


def framed(html: str, label: str) -> str:
    """Cleaned `html` whose tables stand each in a frame that scrolls by itself, by keyboard too; `label` names it."""
    opening = f'<section class="scroll" tabindex="0" aria-label="{escape(label)}"><table'
    pieces, end, depth = [], 0, 0
    for tag in _TAG.finditer(html):
        if (tag[2] or "").lower() != "table":
            continue
        pieces.append(html[end : tag.start()])
        depth += -1 if tag[1] else 1
        if tag[1]:
            pieces.append("</table></section>" if depth == 0 else "</table>")
        else:
            pieces.append(f"{opening}{tag[3]}>" if depth == 1 else tag[0])
        end = tag.end()
    return "".join([*pieces, html[end:]])


def outlined(html: str) -> tuple[str, list[tuple[str, str]]]:
    """Cleaned `html` whose second-level headings can be linked to, and their (anchor, text)."""
    found: list[tuple[str, str]] = []
    taken = set(re.findall(r'\sid="([^"]+)"', html))

    def heading(match: re.Match[str]) -> str:
        words = " ".join(plain(match[2]).split())
        own = re.search(r'\sid="([^"]+)"', match[1])
        anchor = own[1] if own else _free(f"muc-{slug(words, 50) or len(found) + 1}", taken)
        taken.add(anchor)
        if words:
            found.append((anchor, words))
        return match[0] if own else f'<h2 id="{anchor}"{match[1]}>{match[2]}</h2>'

    return _HEADING.sub(heading, html), found


def _free(name: str, taken: set[str]) -> str:
    return next(one for n in count(1) if (one := name if n == 1 else f"{name}-{n}") not in taken)


def plain(html: str) -> str:
    """The text of `html`: a blank where a block began or ended, so that its words do not grow into the next one's."""
    return unescape(_TAG.sub(lambda tag: "" if (tag[2] or "").lower() in _INLINE else " ", html))


def texts_replaced(html: str, pattern: re.Pattern[str], new: Callable[[bool, re.Match[str]], str]) -> str:
    """Cleaned `html` with each match of `pattern` in its texts, never within a tag, made `new(is in a link, match)`."""
    pieces, end, is_link = [], 0, False
    for tag in _TAG.finditer(html):
        pieces += [pattern.sub(partial(new, is_link), html[end : tag.start()]), tag[0]]
        end = tag.end()
        is_link = not tag[1] if (tag[2] or "").lower() == "a" else is_link
    return "".join([*pieces, pattern.sub(partial(new, is_link), html[end:])])


def paragraphs(text: str) -> str:
    """Cleaned HTML from plain text: one <p> per line that holds something."""
    lines = (line.strip() for line in nfc(text).split("\n"))
    return "\n".join(f"<p>{escape(one, quote=False)}</p>" for one in lines if one)
