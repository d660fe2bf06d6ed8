"""Vietnamese in codes older than Unicode, as it comes by paste: recognised and converted, never silently.

TCVN3 (fonts .VnTime …: "Céng hßa x· héi"), VNI (fonts VNI-Times …: "Coäng hoøa"), and UTF-8 that was read as
Windows-1252 ("Cá»™ng hÃ²a"). A passage is in such a code when its words are no Vietnamese syllables as they stand but
become some by conversion; a foreign name in a Vietnamese sentence does not.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

_TCVN3_BYTES = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ",
    0xB5: "àảãáạ",
    0xBB: "ằẳẵắ",
    0xC6: "ặầẩẫấậè",
    0xCE: "ẻẽéẹềểễếệìỉ",
    0xDC: "ĩíịò",
    0xE1: "ỏõóọồổỗốộờởỡớợù",
    0xF1: "ủũúụừửữứựỳỷỹýỵ",
}
_TCVN3 = {first + n: letter for first, letters in _TCVN3_BYTES.items() for n, letter in enumerate(letters)}

_VNI_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_VNI_HATS = {
    "â": "\u0302", "á": "\u0302\u0301", "à": "\u0302\u0300", "å": "\u0302\u0309", "ã": "\u0302\u0303", "ä": "\u0302\u0323",
}  # fmt: skip
_VNI_BREVES = {
    "ê": "\u0306", "é": "\u0306\u0301", "è": "\u0306\u0300", "ú": "\u0306\u0309", "ü": "\u0306\u0303", "ë": "\u0306\u0323",
}  # fmt: skip
_VNI_ALONE = {"ô": "ơ", "ö": "ư", "ñ": "đ", "î": "ỵ", "æ": "ỉ", "ó": "ĩ", "ò": "ị"}
_VNI = re.compile("([aeouyôö])([ùøûõï])|([aeo])([âáàåãä])|(a)([êéèúüë])|([ôöñîæóò])", re.IGNORECASE)

# What bytes 128 to 255 look like in Windows-1252; the five that it leaves open stand for themselves.
_WESTERN = {byte: bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(128, 256)}
_BYTE = {letter: byte for byte, letter in _WESTERN.items()}
_MISREAD = re.compile(f"[{re.escape(''.join(_WESTERN.values()))}]{{2,}}|Ã |Ä")
_DAMAGED = {"Ã ": "à", "Ä": "Đ"}  # the second byte was a no-break space or invisible, and did not survive the way

_WORD = re.compile(r"[^\s.,;:!?()\"“”/|0-9<>=&–-]+")
_CLAUSE = re.compile(r"[^.,;:!?()\n]*[.,;:!?()\n]*")
_INNER_CAPITAL = re.compile("[a-z][À-ÖØ-Þ]")  # "quËn": nobody writes so, but TCVN3 looks so
# Old fonts and converters write Đ as Icelandic Ð or African Ɖ, which look the same. TCVN3 has Ð for é, within a word mostly
# ("kÐm"), and misread UTF-8 has ð before Ÿ (emoji).
_LOOKALIKES = "ÐðƉɖ"
_STROKES = str.maketrans(_LOOKALIKES, "ĐđĐđ")
_LOOKALIKE = re.compile("(?<![a-z®])Ð|ð(?!Ÿ)|[Ɖɖ]")
_ONLY_UNICODE = re.compile("[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")  # letters that no older code shows
_INITIALS = "b|ch|c|d|đ|gh|gi|g|h|kh|k|l|m|ngh|ng|nh|n|ph|p|qu|r|s|th|tr|t|v|x|"
_OPEN = (
    "a|e|ê|i|o|ô|ơ|u|ư|y|ai|ao|au|ay|âu|ây|eo|êu|ia|iu|iêu|oa|oe|oi|oai|oay|oao|oeo|ôi|ơi|ua|uê|ui|uy|uây|uôi|uơ|ưa|ưi|ưu"
    "|ươi|ươu|uya|uyu|yêu|uêu|uao|uai|ue|uay|uâu"
)
_NASAL = (
    "[aăâeêiouôơư](?:m|n|ng)|[aeêi]nh|(?:iê|oa|oă|ua|uâ|uê|uô|ươ|yê|uyê|oe|uă|ue)(?:m|n|ng)|oanh|uynh|uênh|uanh|yn|ynh"
)
_STOPPED = (
    "[aăâeêiouôơư](?:c|p|t)|[aeêi]ch|(?:iê|oa|oă|ua|uâ|uê|uô|ươ|yê|uyê|oe|uy|uă|ue)(?:c|p|t)|oach|uych|uêch|uach|ych|yt"
)
_SYLLABLE = re.compile(f"(?:{_INITIALS})(?:(?P<free>{_OPEN}|{_NASAL})|(?:{_STOPPED}))")
_TONES = "\u0300\u0301\u0303\u0309\u0323"


def _from_tcvn3(text: str) -> str:
    return text.translate(_TCVN3)


def _from_vni(text: str) -> str:
    def convert(found: re.Match[str]) -> str:
        toned, tone, hatted, hat, breved, breve, alone = found.groups()
        if alone:
            return _as_case(alone, _VNI_ALONE[alone.lower()])
        base = toned or hatted or breved
        letter = _VNI_ALONE.get(base.lower(), base.lower())
        marks = _VNI_TONES.get((tone or "").lower()) or _VNI_HATS.get((hat or "").lower()) or _VNI_BREVES[breve.lower()]
        return _as_case(base, unicodedata.normalize("NFC", letter + marks))

    return _VNI.sub(convert, text)


def _as_case(model: str, letter: str) -> str:
    return letter.upper() if model.isupper() else letter


def _from_misread_utf8(text: str) -> str:
    def convert(found: re.Match[str]) -> str:
        if found[0] in _DAMAGED:
            return _DAMAGED[found[0]]
        try:
            return bytes(_BYTE[letter] for letter in found[0]).decode()
        except UnicodeDecodeError:
            return found[0]

    return unicodedata.normalize("NFC", _MISREAD.sub(convert, text))


CODES: dict[str, Callable[[str], str]] = {
    "UTF-8": _from_misread_utf8,
    "TCVN3": _from_tcvn3,
    "VNI": _from_vni,
}


def converted(text: str, code: str) -> str:
    """`text` with what of it is in the old `code` in Unicode. A clause is converted as a whole, or left as a whole:

    the Vietnamese words beside an old passage are often words after a conversion too ("dòng" would become "dũng").
    """
    is_old, pieces = None, []
    for clause in _CLAUSE.findall(text):
        is_old = _is_old(clause, CODES[code], is_old)
        pieces.append(_in_capitals(clause, CODES[code](clause)) if is_old else clause)
    return unicodedata.normalize("NFC", "".join(pieces))


def _in_capitals(old: str, new: str) -> str:
    """`new` in capitals where `old` was: fonts of TCVN3 draw capitals with marks from the codes of the small letters."""
    letters = [letter for letter in old if letter.isascii() and letter.isalpha()]
    return new.upper() if len(letters) > 2 and all(map(str.isupper, letters)) else new


def _is_old(clause: str, convert: Callable[[str], str], before: bool | None) -> bool:
    """Whether `clause` is in the code of `convert`; one that tells nothing is as the one `before`, at first old."""
    words = [word for word in _WORD.findall(clause) if not word.isascii()]
    old = sum(not is_syllable(word) and is_syllable(convert(word)) for word in words)
    new = sum(
        is_syllable(word) and (bool(_ONLY_UNICODE.search(word)) or not is_syllable(convert(word))) for word in words
    )
    return old > new if old != new else before is not False


def old_code(text: str) -> str | None:
    """In which of `CODES` the passage `text` is; None for Unicode. Short passages give the surest answer."""
    if text.isascii():
        return None
    gains = {code: _gain(text, convert) for code, convert in CODES.items()}
    best = max(gains, key=lambda code: gains[code])
    return best if gains[best] >= 2 else None


def stroked(text: str) -> str:
    """`text` with Đ for the letters that only look like it; a line in TCVN3, where Ð is é, stays as it is."""
    if not any(map(text.__contains__, _LOOKALIKES)):
        return text
    return "\n".join(map(_stroked, text.split("\n")))


def _stroked(line: str) -> str:
    # The other letters tell the code: "NÐ-CP" alone might be "né".
    if not _LOOKALIKE.search(line) or old_code(line.translate(_STROKES)) == "TCVN3":
        return line
    return _LOOKALIKE.sub(lambda found: found[0].translate(_STROKES), line)


def _gain(text: str, convert: Callable[[str], str]) -> int:
    """How many more words of `text` are Vietnamese after `convert` than before; what was right before weighs double."""
    before = [word for word in _WORD.findall(unicodedata.normalize("NFC", text)) if not word.isascii()]
    gained = 0
    for word in before:
        was, becomes = is_syllable(word), all(is_syllable(part) for part in convert(word).split())
        gained += (becomes and not was) * (2 if _INNER_CAPITAL.search(word) else 1)
        gained -= 2 * (was and not becomes)
    return gained


@lru_cache(maxsize=4096)
def is_syllable(word: str) -> bool:
    """Whether `word` is built as a Vietnamese syllable: "nghị" is, "nghành" and "Céng" are not."""
    decomposed = unicodedata.normalize("NFD", word.lower())
    tones = [mark for mark in decomposed if mark in _TONES]
    bare = unicodedata.normalize("NFC", "".join(c for c in decomposed if c not in _TONES))
    found = _SYLLABLE.fullmatch(bare)
    if not found or len(tones) > 1 or (bare[0] == "c" and bare[1:2] in "eêiy" and bare[1:2]):
        return False
    return bool(found["free"]) or tones in (["\u0301"], ["\u0323"])
