"""What search knows a text by: its words, folded and as they are written, and its numbers in one spelling.

PostgreSQL's own parser breaks "42/2022/NĐ-CP" into pieces that nobody types alike, so words and numbers are found here,
for what is indexed, for what is asked and for what is marked on the page.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from portal.lib.text import fold, line, nfc

_WORD = re.compile(r"[^\W_]+")
LONGEST = 60  # characters of a word; what is longer is no word
# PostgreSQL counts positions up to 16,383 and 255 for each word, and a tsvector has less than a megabyte.
LAST_POSITION, MOST_POSITIONS, MAX_BYTES = 16_383, 255, 500_000

# "hoà" and "hòa" are both right; the tone moves to one place so that exact search finds either.
_TONES = dict(
    zip(
        "oà oá oả oã oạ oè oé oẻ oẽ oẹ uỳ uý uỷ uỹ uỵ".split(),
        "òa óa ỏa õa ọa òe óe ỏe õe ọe ùy úy ủy ũy ụy".split(),
        strict=True,
    )
)
_MOVED_TONE = re.compile(f"(?<!q)(?:{'|'.join(_TONES)})$")  # at the end of a syllable: "hoạch" has but one spelling
# "quản lý" and "quản lí", "kỹ" and "kĩ", "quý" and "quí": behind these letters either is right.
_I_OR_Y = re.compile(r"(?:[hklmstv]|qu)[iíìỉĩịyýỳỷỹỵ]")
_OTHER_I = str.maketrans("iíìỉĩịyýỳỷỹỵ", "yýỳỷỹỵiíìỉĩị")

_DASH = r"[-‐‑–/]"
_YEAR = r"(?:19|20)\d{2}"
_MONTH_YEAR = rf"(\d{{1,2}})\s?(?:/|-|\.|\s+năm\s+|\s+nam\s+)\s?({_YEAR})(?!\d)"
_DATE = re.compile(rf"(?<![\d/.,-])(\d{{1,2}})\s?([/.-])\s?(\d{{1,2}})\s?\2\s?({_YEAR})(?!\d)")
_DATE_IN_WORDS = re.compile(
    rf"(?<!\d)(\d{{1,2}})\s+th[aá]ng\s+(\d{{1,2}})\s*(?:,|/|-|n[aă]m|\s)\s*({_YEAR})(?!\d)", re.I
)
_MONTH = re.compile(rf"(?:(?<!\d)th[aá]ng\s+|(?<![\d/.,-])){_MONTH_YEAR}(?!\s?{_DASH}\s?[^\W\d_])", re.I)
# The letters of kinds of acts, as people type them without their strokes.
KINDS = "nd|qd|ttlt|ttr|tt|ct|nq|kh|cv|tb|ctr|hd|bc"
GLUED = rf"(?:{KINDS.replace('d', '[dđ]')})(?=\d)"  # in small letters or capitals: "NĐ74/CP"
# Who puts an act out: the letters behind those of its kind in "42 2022 nd cp".
BY = "cp|ttg|ubnd|hdnd|tu|tw|qu|bnv|btc|byt|btp|bca|bxd|bct|bgtvt|bgddt|btttt|btnmt|bldtbxh|vpcp|mttq|qh\\d{1,2}"
# "NĐCP" is NĐ-CP; "CTCP" is a company and "TTCP" an inspectorate.
TOGETHER = rf"(?!ctcp|ttcp)({KINDS})({BY})"
_TOGETHER = re.compile(TOGETHER)
# "42/2022/NĐ-CP", "08-CTr/TU", "20/2012/QH13"
_ACT = re.compile(
    rf"(?<![\w/.,-])(?:(?i:{GLUED}))?(\d{{1,5}})\s?{_DASH}\s?(?:({_YEAR})\s?{_DASH}\s?)?"
    rf"([^\W\d_]{{1,8}}\d{{0,2}}(?:\s?[-‐‑–/&]\s?[^\W\d_]{{1,8}}\d{{0,2}}){{0,4}})(?!\w)"
)
# The year of an act that has none in its number: "12/QĐ-UBND ngày 05/3/2024" is asked for as "quyết định 12 năm 2024".
_DATED = re.compile(
    rf",?\s+ng[aà]y\s+\d{{1,2}}(?:\s?[/.-]\s?\d{{1,2}}\s?[/.-]\s?|\s+th[aá]ng\s+\d{{1,2}}\s+n[aă]m\s+)({_YEAR})(?!\d)",
    re.I,
)
# "LĐTB&XH" is typed as "LĐTBXH", too.
_AND = re.compile(r"(?<!\w)[^\W\d_]{1,6}&[^\W\d_]{1,6}(?!\w)")
_OF_YEAR = re.compile(rf"(?<![\d/.,-])(\d{{1,5}})/({_YEAR})(?!\d)")
MONEY = "đ(?!/)|đồng|dong|nghìn|nghin|ngàn|ngan|triệu|trieu|tỷ|tỉ|ty|ti|vnđ|vnd|usd"  # behind an amount
_PHONE = re.compile(r"(?<![\w.,/-])(?:\(?(?:\+\s?84|0)\s?\d{0,3}\)?)(?:[ .-]?\d{2,9}){1,4}(?![\w])")
# A fixed line as it is written in a province: "(0234) 3.822.789", "0234 - 3822789", "+84 (24) 3.384.4635"; what counts money
# is none.
_BLANK = "(?:[ \u00a0]?[.–-][ \u00a0]?|[ \u00a0])"
_LANDLINE = re.compile(
    rf"(?<![\w.,/-])(?:\((?:\+?84{_BLANK}?|0)([2-8]\d{{0,2}})\)"
    rf"|\(?(?:(?:\+|00)\s?84\)?{_BLANK}?(?:\(0\))?\(?|0)(2\d{{1,2}})(?:\)|{_BLANK}|/))"
    rf"{_BLANK}?(\d{_BLANK}?\d{{3}}{_BLANK}?\d{{3,4}})(?!\w|[.,]\d|\s?(?:{MONEY})\b)",
    re.IGNORECASE,
)
_MOBILE = re.compile(rf"(?<![\w.,/-])0[35789]\d{{1,2}}{_BLANK}\d{{3}}{_BLANK}\d{{3,4}}(?!\w|[.,]\d)")
_AMOUNT = re.compile(r"(?<![\w.,/])\d{1,15}(?:[.,]\d{1,15})++(?=(?i:đ|đồng|vnđ|vnd)(?!\w)|(?!\w))")
_SPACED = re.compile(r"(?<![\w.,/])\d{1,3}(?:[ \u00a0]\d{3}){1,5}(?![\w]|[.,/]\d)")


class Word(NamedTuple):
    """A word of a text: where it stands, as written (lower case, tone moved), and folded."""

    start: int
    end: int
    exact: str
    folded: str


class Number(NamedTuple):
    """A number of a text: `key` is its one spelling, `keys` all by which it is found, `hides` whether its parts are no words."""

    start: int
    end: int
    key: tuple[str, ...]
    keys: tuple[str, ...]
    hides: bool = False


def words(text: str) -> Iterator[Word]:
    """The words of `text`, which is in NFC. "08" is folded to "8": days and numbers of acts are written either way."""
    for match in _WORD.finditer(text):
        if len(match[0]) <= LONGEST:
            yield Word(match.start(), match.end(), *_forms(match[0]))


@lru_cache(maxsize=16_384)  # Vietnamese has few syllables
def _forms(word: str) -> tuple[str, str]:
    """(as written, folded) of `word`."""
    exact = _MOVED_TONE.sub(lambda tone: _TONES[tone[0]], word.lower())
    if exact.isascii():
        return exact, exact[1:] if len(exact) == 2 and exact[0] == "0" and exact.isdigit() else exact
    return exact, fold(exact)


@lru_cache(maxsize=16_384)
def other_spelling(word: str) -> str:
    """`word`, folded or as written, with the other one of i and y at its end, or "" where only one is right."""
    return word[:-1] + word[-1].translate(_OTHER_I) if _I_OR_Y.fullmatch(word) else ""


def one_spelling(word: str) -> str:
    return max(word, other_spelling(word))


def act(number: str, year: str | None, letters: Sequence[str]) -> tuple[str, ...]:
    """The spellings of the number of an act, the most exact first."""
    n, kinds = int(number), [fold(part) for part in letters]
    if len(kinds) == 1 and (together := _TOGETHER.fullmatch(kinds[0])):
        kinds = [*together.groups()]
    whole, first = "-".join(kinds), kinds[0] if kinds else ""
    with_year = [f"{n}/{year}/{whole}", f"{n}/{year}/{first}", f"{n}/{year}"] if year else []
    return tuple(dict.fromkeys(key.rstrip("/") for key in [*with_year, f"{n}/{whole}", f"{n}/{first}"] if "/" in key))


def _date(match: re.Match[str], day: str, month: str, year: str) -> Number:
    key = f"{int(day)}.{int(month)}.{year}"
    return Number(*match.span(), (key,), (key, f"{int(month)}/{year}"))


def _of_year(match: re.Match[str]) -> Number:
    key = f"{int(match[1])}/{match[2]}"
    return Number(*match.span(), (key,), (key,))


def _act(match: re.Match[str]) -> Number:
    letters = _WORD.findall(match[3])
    keys = act(match[1], match[2], letters)
    dated = None if match[2] else _DATED.match(match.string, match.end())
    return Number(*match.span(), keys[:1], keys + act(match[1], dated[1], letters) if dated else keys)


def _joined(match: re.Match[str]) -> Number:
    key = match[0].replace("&", "").lower()
    return Number(*match.span(), (fold(key),), (fold(key), key))


def _amount(match: re.Match[str]) -> Number | None:
    parts = re.split("[.,]", match[0])
    joined = "".join(parts)
    if len(joined) > 24:
        return None
    is_decimal = len(parts) == 2 and not joined.startswith("0" * 2)
    is_grouped = len(parts[1]) >= 3
    keys = [joined] * (is_grouped or not is_decimal) + [f"{parts[0]}.{parts[1]}"] * is_decimal
    return Number(*match.span(), tuple(keys), tuple(keys), hides=True)


def _landline(match: re.Match[str]) -> Number | None:
    """Found by what is dialled within its area, too. Whole numbers have eleven digits; old ones, with (area), ten."""
    own = re.sub(r"\D", "", match[3])
    whole = f"0{match[1] or match[2]}{own}"
    is_one = len(whole) == 11 or (len(whole) == 10 and match[1])
    return Number(*match.span(), (whole,), (whole, own), hides=True) if is_one else None


def _phone(match: re.Match[str]) -> Number | None:
    digits = re.sub(r"\D", "", match[0])
    local = digits.replace("84", "0", 1) if "+" in match[0] else digits
    return Number(*match.span(), (local,), (local,), hides=True) if 9 <= len(local) <= 12 else None


def _spaced(match: re.Match[str]) -> Number:
    key = re.sub(r"\D", "", match[0])
    return Number(*match.span(), (key,), (key,))


_READERS: list[tuple[re.Pattern[str], Callable[[re.Match[str]], Number | None]]] = [
    (_DATE, lambda m: _date(m, m[1], m[3], m[4])),
    (_DATE_IN_WORDS, lambda m: _date(m, m[1], m[2], m[3])),
    (_ACT, _act),
    (_MONTH, _of_year),
    (_OF_YEAR, _of_year),
    (_LANDLINE, _landline),
    (_PHONE, _phone),
    (_MOBILE, _phone),
    (_AMOUNT, _amount),
    (_SPACED, _spaced),
    (_AND, _joined),
]


def numbers(text: str) -> list[Number]:
    """The numbers of `text` that have other spellings: acts, dates, amounts, telephones; in order, none within another."""
    found: list[Number] = []
    if not re.search(r"\d[^\w\n]{0,4}(?:\w|$)|\w&\w", text):
        return found
    for pattern, read in _READERS:
        for match in pattern.finditer(text):
            place = bisect_left(found, match.span())
            is_free = (place == len(found) or match.end() <= found[place].start) and (
                place == 0 or found[place - 1].end <= match.start()
            )
            if is_free and (number := read(match)):
                found.insert(place, number)
    return found


def vector(*texts: str) -> str:
    """What PostgreSQL reads as a tsvector: each word, folded and as written, and each number, with its positions."""
    places: dict[str, list[int]] = {}
    size, position = 0, 0
    for text in map(nfc, texts):
        known = numbers(text)
        for at, forms in _placed(text, known):
            position += at
            for form in forms:
                size += 3 + (0 if form in places else len(form.encode()) + 8)
                if size > MAX_BYTES:
                    break
                held = places.setdefault(form, [])
                if len(held) < MOST_POSITIONS and position <= LAST_POSITION:
                    held.append(position)
        position += 10  # no phrase goes over from one text to the next
    return " ".join(f"{form}:{','.join(map(str, held))}" if held else form for form, held in places.items())


def _placed(text: str, known: list[Number]) -> Iterator[tuple[int, Iterable[str]]]:
    """(steps forward, what stands there) of `text`."""
    waiting = iter(known)
    number = next(waiting, None)
    is_told = False
    for word in words(text):
        while number and word.start >= number.end:
            number, is_told = next(waiting, None), False
        if number and word.start >= number.start:
            if not is_told:
                is_told = True
                yield 1, dict.fromkeys(number.keys if number.hides else (word.folded, word.exact, *number.keys))
                continue
            if number.hides:
                continue
        yield 1, dict.fromkeys((word.folded, word.exact))


def _spelt(row: Sequence[Word]) -> Iterator[Iterable[str]]:
    """The words of `row` folded, and as they are written: who quotes accents means these."""
    yield (word.folded for word in row)
    yield (word.exact for word in row)


Sought = frozenset[tuple[str, ...]]  # sequences of folded words; a number is a sequence of its key


def hits(text: str, sought: Sought) -> Iterator[tuple[int, int]]:
    """(start, end) of what `text` holds of `sought`, in order."""
    lengths = sorted({len(sequence) for sequence in sought}, reverse=True) or [0]
    found = [number for number in numbers(text) if any((key,) in sought for key in number.keys)] if sought else []
    row, place, end = list(words(text)), 0, 0
    marked = iter([*found, None])
    number = next(marked)
    while place < len(row):
        word = row[place]
        while number and number.end <= word.start:
            number = next(marked)
        if number and number.start <= word.start:
            if number.start >= end:
                yield number.start, number.end
                end = number.end
            place += 1
            continue
        near = [tuple(one_spelling(form) for form in forms) for forms in _spelt(row[place : place + lengths[0]])]
        n = next((n for n in lengths if n <= len(near[0]) and any(forms[:n] in sought for forms in near)), 0)
        if n and word.start >= end:
            end = row[place + n - 1].end
            yield word.start, end
        place += n or 1


def marked(text: str, sought: Sought) -> Iterator[tuple[str, bool]]:
    """`text` in pieces (piece, is it a hit?)."""
    end = 0
    for start, stop in hits(text, sought):
        if start > end:
            yield text[end:start], False
        yield text[start:stop], True
        end = stop
    if end < len(text):
        yield text[end:], False


def around(text: str, sought: Sought, length: int = 240) -> str:
    """About `length` characters of `text` with the most of what is sought in view, cut between words."""
    flat = line(text)
    starts = [start for start, _end in islice(hits(flat, sought), 200)]
    if not starts or (starts[0] < length // 3 and len(starts) == 1):
        return _excerpt(flat, length)
    best = max(starts, key=lambda first: (sum(first <= other < first + length // 2 for other in starts), -first))
    if best < length * 2 // 3:
        return _excerpt(flat, length)
    start = flat.rfind(" ", 0, best - length // 3) + 1
    return "…" + _excerpt(flat[start:], length)


def _excerpt(flat: str, length: int) -> str:
    return flat if len(flat) <= length else flat[:length].rpartition(" ")[0].rstrip(" ,.;:–-") + "…"
