"""Vietnamese text: one normal form, one fold, one slug, one way to cut and to sort.

`fold` serves slugs, the search and the query alike; nothing else in the project strips accents.
"""

import re
import unicodedata
from functools import lru_cache

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
_D = str.maketrans("đð", "dd")
_PHONE = re.compile(r"[+(]?\d[\d\s.()-]*")


def nfc(text: str) -> str:
    """`text` in Unicode's composed form, without invisible characters, Ð (U+00D0) as Đ; line feeds stay.

    The soft hyphen and Ð stay in a text of an older code, where they are the letters ư and é, until somebody has it
    converted.
    """
    visible = unicodedata.normalize("NFC", _INVISIBLE.sub("", _LINE_END.sub("\n", text)))
    place = visible.find("\u00ad")
    if place >= 0:
        if codepages.old_code(visible[max(0, place - 500) : place + 500]):
            return visible
        visible = unicodedata.normalize("NFC", visible.replace("\u00ad", ""))
    return codepages.stroked(visible)


def line(text: str) -> str:
    """`nfc` on one line: every run of blanks (no-break ones too) is one space, none at the ends."""
    return _BLANK.sub(" ", nfc(text)).strip()


def fold(text: str) -> str:
    """Lower case without marks: fold("Đường dây nóng") == "duong day nong"; Ð that `nfc` leaves is d, too."""
    marked = unicodedata.normalize("NFD", nfc(text).lower())
    return "".join(c for c in marked if not unicodedata.combining(c)).translate(_D)


@lru_cache(maxsize=4096)  # a page asks for its own address half a dozen times
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


def phone_digits(query: str) -> str:
    """The digits of `query` if it may be a telephone number, however grouped ("0868 216 873"), else ""."""
    digits = re.sub(r"\D", "", query)
    return digits if 8 <= len(digits) <= 15 and _PHONE.fullmatch(line(query)) else ""


_TONE_MARKS = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_ALPHABET = {letter: place for place, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz", start=1000)}


def _untoned(letter: str) -> str:
    return nfc("".join(c for c in unicodedata.normalize("NFD", letter) if c not in _TONE_MARKS))


def sort_key(text: str) -> tuple[list[int], str]:
    """Key that sorts as a Vietnamese dictionary does (a ă â … d đ e ê …); PostgreSQL's C order puts Đ after Z."""
    letters = nfc(text).lower()
    return [_ALPHABET.get(_untoned(c), ord(c)) for c in letters], letters
