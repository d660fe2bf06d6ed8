"""Vietnamese text: one normal form, one fold, one slug, one way to cut, to tokenise and to mark.

`fold` serves slugs, the search column and the query alike; nothing else in the project strips accents.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from portal.lib import codepages

# Control characters (but tab and line feed), zero-width, bidi overrides, BOM: they come with paste
# from Word and Zalo, are never seen, and make equal titles unequal. Noncharacters and lone surrogates: no XML or
# UTF-8 may hold them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | end) for plane in range(17) for end in (0xFFFE, 0xFFFF))
    + "]"
)
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_BLANK = re.compile(r"\s+")
_WORD = re.compile(r"[^\W_]+")
# Possessive: giving groups back cannot help, but makes a long row of them quadratic.
_DIGIT_GROUPS = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{3})++(?![\d.]*\d)")
_TOKEN = re.compile(f"{_DIGIT_GROUPS.pattern}|{_WORD.pattern}")
_PHONE = re.compile(r"[+(]?\d[\d\s.()-]*")

# "hoà" and "hòa" are both right; the tone moves to one place so that exact search finds either.
_TONES = dict(
    zip(
        "oà oá oả oã oạ oè oé oẻ oẽ oẹ uỳ uý uỷ uỹ uỵ".split(),
        "òa óa ỏa õa ọa òe óe ỏe õe ọe ùy úy ủy ũy ụy".split(),
        strict=True,
    )
)
_MOVED_TONE = re.compile("|".join(_TONES))


def nfc(text: str) -> str:
    """`text` in Unicode's composed form, without invisible characters; line feeds stay.

    The soft hyphen stays in a text of an older code, where it is the letter ư, until somebody has it converted.
    """
    visible = unicodedata.normalize("NFC", _INVISIBLE.sub("", _LINE_END.sub("\n", text)))
    place = visible.find("\u00ad")
    if place < 0 or codepages.old_code(visible[max(0, place - 500) : place + 500]):
        return visible
    return unicodedata.normalize("NFC", visible.replace("\u00ad", ""))


def line(text: str) -> str:
    """`nfc` on one line: every run of blanks (no-break ones too) is one space, none at the ends."""
    return _BLANK.sub(" ", nfc(text)).strip()


def fold(text: str) -> str:
    """Lower case without marks: fold("Đường dây nóng") == "duong day nong"."""
    marked = unicodedata.normalize("NFD", nfc(text).lower())
    return "".join(c for c in marked if not unicodedata.combining(c)).replace("đ", "d")


def slug(text: str, length: int = 80) -> str:
    """Words of `text`, folded, joined by hyphens, cut between words at `length`: slug("Đối với") == "doi-voi"."""
    whole = "-".join(re.findall(r"[a-z0-9]+", fold(text)))
    return whole if len(whole) <= length else whole[: length + 1].rpartition("-")[0] or whole[:length]


def excerpt(text: str, length: int = 200) -> str:
    """The beginning of `text` on one line, cut between words, at most `length` characters with its "…"."""
    flat = line(text)
    if len(flat) <= length:
        return flat
    return flat[:length].rpartition(" ")[0].rstrip(" ,.;:–-") + "…"


def words(text: str) -> list[str]:
    """The words of `text` in lower case with accents, "22.715.200.000" as one word without its dots."""
    plain = _DIGIT_GROUPS.sub(lambda m: m[0].replace(".", ""), nfc(text).lower())
    return [_MOVED_TONE.sub(lambda m: _TONES[m[0]], word) for word in _WORD.findall(plain)]


def search_words(*texts: str) -> str:
    """What the search column indexes: all words folded, then those that carry accents as they are written."""
    exact = [word for text in texts for word in words(text)]
    folded = [fold(word) for word in exact]
    return " ".join(folded + [e for e, f in zip(exact, folded, strict=True) if e != f])


def phone_digits(query: str) -> str:
    """The digits of `query` if it may be a telephone number, however grouped ("0868 216 873"), else ""."""
    digits = re.sub(r"\D", "", query)
    return digits if 8 <= len(digits) <= 15 and _PHONE.fullmatch(line(query)) else ""


def sought_words(query: str) -> set[str]:
    """The folded words that a passage found for `query` may hold."""
    return {fold(word) for word in [*words(query), phone_digits(query)] if word}


def _hits(text: str, sought: Iterable[str]) -> Iterator[re.Match[str]]:
    wanted = set(sought)
    return (m for m in _TOKEN.finditer(text) if fold(m[0]).replace(".", "") in wanted)


def marked(text: str, sought: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """`text` in pieces (piece, is it a hit?): a hit is a word whose fold is one of the folded words `sought`."""
    end = 0
    for match in _hits(text, sought):
        if match.start() > end:
            yield text[end : match.start()], False
        yield match[0], True
        end = match.end()
    if end < len(text):
        yield text[end:], False


def around(text: str, sought: Iterable[str], length: int = 240) -> str:
    """About `length` characters of `text` with the first hit (see `marked`) in view, cut between words."""
    flat = line(text)
    first = next((m.start() for m in _hits(flat, sought)), 0)
    if first < length * 2 // 3:
        return excerpt(flat, length)
    start = flat.rfind(" ", 0, first - length // 3) + 1
    return "…" + excerpt(flat[start:], length)


_TONE_MARKS = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_ALPHABET = {letter: place for place, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz", start=1000)}


def _untoned(letter: str) -> str:
    return nfc("".join(c for c in unicodedata.normalize("NFD", letter) if c not in _TONE_MARKS))


def sort_key(text: str) -> tuple[list[int], str]:
    """Key that sorts as a Vietnamese dictionary does (a ă â … d đ e ê …); PostgreSQL's C order puts Đ after Z."""
    letters = nfc(text).lower()
    return [_ALPHABET.get(_untoned(c), ord(c)) for c in letters], letters
