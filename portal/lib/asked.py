"""What somebody asks the search: words, “phrases”, numbers, words that mean the same; as queries of PostgreSQL.

A query holds terms, and a row has to hold each of them in one of its spellings. The folded form of a term finds it
whatever its accents, the exact form tells those that bear the accents as they were typed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

from portal.lib import lexemes
from portal.lib.text import fold, line

MOST_TERMS = 20
LONGEST = 8  # words of an expression that has synonyms
Row = tuple[str, ...]  # words next to each other
# Said with nearly everything: asked beside other words they find nothing and hide much. Only as they are written here.
_FILLERS = set("và của các những là ở tại thì mà được đã đang sẽ để với bị như".split())
_QUOTED = re.compile(r'["“”„]([^"“”„]{1,200})["“”„]')
_KINDS = {
    "nghi dinh": "nd", "quyet dinh": "qd", "thong tu": "tt", "chi thi": "ct", "nghi quyet": "nq", "ke hoach": "kh",
    "cong van": "cv", "thong bao": "tb", "chuong trinh": "ctr", "huong dan": "hd", "bao cao": "bc", "to trinh": "ttr",
}  # fmt: skip
_YEAR = r"(?:19|20)\d\d"
_GOVERNING = "cp|ttg|ubnd|hdnd"
_NAMED_ACT = re.compile(
    rf"\b({'|'.join(_KINDS)}|nd|qd|nq)(?:[\s-]*({_GOVERNING}))?\s*(?:so\s*:?\s*)?(?<!\d)(\d{{1,5}})(?!\d)"
    rf"(?:\s*(?:[-/]|nam)?\s*({_YEAR})(?!\d))?"
    r"(?!\s*[-/.,]\s*\w|\s*(?:trieu|ty|dong|nguoi|ngay|thang|nam|%))"
)
_NAMES = {letters: name for name, letters in _KINDS.items()}
# What stands before a number and says nothing that the number does not: "luật số", before letters of its own "NĐ", too;
# "ngày" before a date, "ĐT:" before a telephone.
_SO = r"so\s*:?\s*"
_NAME_BEFORE = re.compile(rf"\b(?:(?:{'|'.join(_KINDS)}|luat)\s+(?:{_SO})?|{_SO})$")
_LETTERS_BEFORE = re.compile(
    rf"\b(?:(?:(?:{'|'.join([*_KINDS, *_NAMES])})(?:[\s-]*(?:{_GOVERNING}))?|luat)\s+(?:{_SO})?|{_SO})$"
)
_DAY_BEFORE = re.compile(r"\bngay\s+$")
_CALL_BEFORE = re.compile(
    rf"\b(?:(?:(?:so\s+)?(?:dien thoai|dt|di dong)|sdt|goi|tel|phone|hotline|fax)\s*(?:{_SO})?:?\s*|{_SO})$"
)
_SPACED_ACT = re.compile(
    rf"(?<![\w/])(\d{{1,5}})(?:[\s/-]+(?:({_YEAR})[\s/-]+)?|(?=(?:{lexemes.KINDS})[\s/-]+(?:{lexemes.BY})(?!\w)))"
    rf"((?:{lexemes.KINDS})(?:[\s/-]+(?:{lexemes.BY}))*|(?:{lexemes.TOGETHER})|qh\d{{1,2}})(?!\w)"
)
# Letters typed without a blank before the number: "NĐ74/CP".
_GLUED = re.compile(rf"(?<!\w)({lexemes.GLUED})(?=\d{{1,5}}\s?[-/])", re.IGNORECASE)
# The government's acts had no letters of their kind before 1997: "74-CP" is cited as "74/NĐ-CP", too.
_OLD_LETTERS = {"nd-cp": "cp", "qd-ttg": "ttg"}
_SHORT_DATE = re.compile(r"(?<![\w/.,-])(0?[1-9]|[12]\d|3[01])([/.-])(0?[1-9]|1[0-2])\2(\d\d)(?!\w|[/.,-]\d)")
_LOCAL_PHONE = re.compile(r"(?<![\w/.,-])(?!19|20)(\d{4})[ -](\d{3,4})(?!\w|[ /.,-]\d)")
# "2/9" is "2-9" and "ngày 2 tháng 9".
_DAY = re.compile(
    r"(?:\bng[aà]y\s+)?(?<![\w/.,-])(0?[1-9]|[12]\d|3[01])([/-]|\s+th[aá]ng\s+)(0?[1-9]|1[0-2])"
    rf"(?!\w|[/.,-]\w|\s*(?:,|/|-|n[aă]m)?\s*{_YEAR})",
    re.IGNORECASE,
)
# An amount is meant with and without its currency; "tr" is short for "triệu".
_CURRENCY = re.compile(r"(?<=\d[., ]\d{3}|\d{5})\s?(?:đồng|dong|đ|d|vn[đd])(?!\w|\s+ch[íi]\b)", re.IGNORECASE)
_UNIT = re.compile(r"(?<=\d)\s?(?:(tr)|(triệu|trieu|t[ỷỉyi]))(?!\w)", re.IGNORECASE)
_LETTERS_AND_DIGITS = re.compile(r"([^\W\d_]{2,})(\d{1,4})")  # "covid19"
# A paid or free number: "1900 6035", "1900.6035", "19006035", "1800 599 920"; but two years, "1900-1975", are none.
_SERVICE = re.compile(r"(?<![\w/.,-])(1[89]00)((?:[ .-]?\d{2,6}){1,3})(?!\w|[/.,-]\d)")
_TWO_YEARS = re.compile(r"\d{4}[ -](?:1[5-9]|20)\d\d")
# Tables of a spreadsheet have lost the first zero of a mobile or a fixed line, or the plus of "+84".
_WITHOUT_ZERO = re.compile(
    r"(?<![\w/.,+-])(?:[35789]\d{2}([ .]?)\d{3}\1\d{3}|2\d{9}"
    r"|(?:00)?84[ .-]?(?:2\d{1,2}[ .-]?\d{7,8}|[35789]\d{1,2}[ .-]?\d{3}[ .-]?\d{3,4}))"
    rf"(?!\w|[ /.,-]\d|\s*(?:{lexemes.MONEY})\b)",
    re.IGNORECASE,
)
_NARROW = {0xFF01 + n: 0x21 + n for n in range(94)}  # letters and digits in the width of Chinese ones


@dataclass(frozen=True)
class Term:
    """What each row has to hold: one of the rows of words in `folded`, to be exact one of those in `exact`."""

    folded: tuple[Row, ...]
    exact: tuple[Row, ...]
    is_plain: bool = False  # one word, as such


class Group(NamedTuple):
    """Expressions that mean the same, each as (folded words, words as written)."""

    expressions: tuple[tuple[Row, Row], ...]


Synonyms = Mapping[Row, Group]


def narrow(query: str) -> str:
    """`query` on one line, in letters and digits of plain width."""
    return line(query).translate(_NARROW)


def expression(phrase: str) -> tuple[Row, Row]:
    """(folded words, words as written) of `phrase`."""
    found = list(lexemes.words(narrow(phrase)))
    return tuple(word.folded for word in found), tuple(word.exact for word in found)


def synonyms(pairs: Iterable[tuple[str, str]]) -> dict[Row, Group]:
    """{each expression: all that mean the same} of `pairs`; who is equal to the same is equal."""
    groups: dict[Row, Group] = {}
    for pair in pairs:
        both = [expression(phrase) for phrase in pair]
        if not all(folded for folded, _exact in both):
            continue
        joined: dict[tuple[Row, Row], None] = {}
        for one in both:
            joined |= dict.fromkeys([one, *groups.get(one[0], Group(())).expressions])
        group = Group(tuple(joined))
        groups |= {folded: group for folded, _exact in group.expressions}
    return groups


def said_otherwise(row: Row, known: Synonyms) -> Iterator[Row]:
    """The folded words `row` with each expression in it, one at a time, exchanged for others that mean the same."""
    for start, end in combinations(range(len(row) + 1), 2):
        if end - start <= LONGEST and (group := known.get(row[start:end])):
            others = (folded for folded, _exact in group.expressions if folded != row[start:end])
            yield from ((*row[:start], *other, *row[end:]) for other in others)


class Asked:
    """A query, understood."""

    def __init__(self, query: str, known: Synonyms | None = None) -> None:
        self.query = narrow(query)
        self.known = known or {}
        terms = list(dict.fromkeys(self._terms()))
        plain = [t for t in terms if not (t.is_plain and t.exact[0][0] in _FILLERS)]
        self.terms = (plain if len(plain) >= 2 else terms)[:MOST_TERMS]

    def __bool__(self) -> bool:
        return bool(self.terms)

    @cached_property
    def key(self) -> str:
        """One spelling of the query, by which it is promoted and counted: its folded words."""
        return " ".join(word.folded for word in lexemes.words(self.query))

    @property
    def folded(self) -> str:
        """Finds all rows that hold every term, whatever its accents."""
        return " & ".join(_any(term.folded) for term in self.terms)

    @property
    def exact(self) -> str:
        """Finds those that bear the accents of the query; the same as `folded` for a query without accents."""
        return " & ".join(_any(term.exact) for term in self.terms)

    @property
    def near(self) -> str:
        """Finds those that hold the terms in their order, next to each other."""
        rows = [term.folded[0] for term in self.terms]
        return _row([word for row in rows for word in row])

    def relaxed(self) -> str:
        """Finds rows that hold all terms but a third of them; "" for a query so short that nothing can be left out."""
        terms = [_any(term.folded) for term in self.terms[:8]]
        if len(terms) < 3:
            return ""
        return " | ".join(f"({' & '.join(kept)})" for kept in combinations(terms, len(terms) - len(terms) // 3))

    @property
    def sought(self) -> lexemes.Sought:
        """What is to be marked, each word in one of its spellings."""
        return frozenset(tuple(map(lexemes.one_spelling, row)) for term in self.terms for row in term.folded)

    def _terms(self) -> Iterator[Term]:
        end = 0
        for quoted in _QUOTED.finditer(self.query):
            yield from self._loose(self.query[end : quoted.start()])
            if (phrase := expression(quoted[1]))[0]:
                folded, exact = phrase
                # Who quotes words with their accents means these.
                yield Term((exact if exact != folded else folded,), (exact,))
            end = quoted.end()
        yield from self._loose(self.query[end:])

    def _loose(self, part: str) -> Iterator[Term]:
        """The terms of a part without quotation marks: acts by name, other numbers, then words."""
        part = _UNIT.sub(lambda unit: f" {unit[2] or 'triệu'}", _GLUED.sub(r"\1 ", part))
        folded = fold(part)
        if len(folded) != len(part):  # only foreign letters change their number by folding
            yield from self._words(part)
            return
        found = {m.span(): _named_act(m) for m in _NAMED_ACT.finditer(folded)}
        for act in _SPACED_ACT.finditer(folded):
            key = lexemes.act(act[1], act[2], re.findall(r"\w+", act[3]))[0]
            found[act.span()] = _of([key, *_old_and_new(key)])
        for number in lexemes.numbers(part):
            start = _start(number, folded)
            found[start, number.end] = self._number(part, number, folded[start : number.start])
        found |= _dates_and_telephones(part)
        part = _CURRENCY.sub(lambda currency: " " * len(currency[0]), part)  # it has told amounts from telephones
        end = 0
        for (start, stop), term in sorted(found.items(), key=lambda item: (item[0][0], -item[0][1])):
            if start >= end:
                yield from self._words(part[end:start])
                yield term
                end = stop
        yield from self._words(part[end:])

    def _number(self, part: str, number: lexemes.Number, called: str) -> Term:
        keys = [*number.key, *_old_and_new(number.key[0], called)]
        return _of(keys) if number.hides else _of(keys, expression(part[number.start : number.end])[0])

    def _words(self, part: str) -> Iterator[Term]:
        row = list(lexemes.words(part))
        place = 0
        while place < len(row):
            n = next(
                (n for n in range(min(LONGEST, len(row) - place), 0, -1) if _key(row[place : place + n]) in self.known),
                0,
            )
            if n:
                yield self._same(row[place : place + n])
                place += n
                continue
            n = 1  # what is typed in one go ("24/7", "covid-19") stands together
            while place + n < len(row) and _is_glued(part[row[place + n - 1].end : row[place + n].start]):
                n += 1
            together = row[place : place + n]
            folded, exact = [_key(together)], [tuple(word.exact for word in together)]
            if n == 1 and (parts := _LETTERS_AND_DIGITS.fullmatch(exact[0][0])):
                apart = expression(f"{parts[1]} {parts[2]}")
                folded, exact = [*folded, apart[0]], [*exact, apart[1]]
            yield Term(tuple(folded), tuple(exact), is_plain=n == len(folded) == 1)
            place += n

    def _same(self, typed: Sequence[lexemes.Word]) -> Term:
        own = (_key(typed), tuple(word.exact for word in typed))
        others = [one for one in self.known[own[0]].expressions if one[0] != own[0]]
        return Term(tuple(folded for folded, _e in [own, *others]), tuple(exact for _f, exact in [own, *others]))


def _key(typed: Sequence[lexemes.Word]) -> Row:
    return tuple(word.folded for word in typed)


def _is_glued(between: str) -> bool:
    return 0 < len(between) < 3 and not any(letter.isspace() or letter in ",;:!?" for letter in between)


def _start(number: lexemes.Number, folded: str) -> int:
    """Where `number` begins in `folded`, what it is called included."""
    key, before = number.key[0], None
    if "/" in key:
        before = _LETTERS_BEFORE if any(map(str.isalpha, key)) else _NAME_BEFORE
    elif key.count(".") == 2:
        before = _DAY_BEFORE
    elif key.isdigit() and key.startswith("0"):
        before = _CALL_BEFORE
    name = before.search(folded[: number.start]) if before else None
    return name.start() if name else number.start


def _of(keys: Sequence[str], *rows: Row) -> Term:
    """What is found by one of `keys`, or by the words of one of `rows`."""
    all_rows = (*((key,) for key in keys), *rows)
    return Term(all_rows, all_rows)


def _old_and_new(key: str, called: str = "") -> Iterator[str]:
    """The same act as "74/nd-cp" where it is "74/cp", with its kind as it is `called` before it, and the other way round."""
    number, _slash, letters = key.rpartition("/")
    for new, old in _OLD_LETTERS.items():
        kind = new.partition("-")[0]
        if letters == new:
            yield f"{number}/{old}"
        elif letters == old and called.startswith((kind, _NAMES[kind])):
            yield f"{number}/{new}"


def _named_act(match: re.Match[str]) -> Term:
    """“nghị định 42 năm 2022”, “ndcp 42”: by its number, or as these words in the text."""
    kind, by, number, year = match[1], match[2], str(int(match[3])), match[4]
    key = lexemes.act(number, year, [_KINDS.get(kind, kind), *([by] if by else [])])[0]
    names = [(*name.split(), *([by] if by else [])) for name in dict.fromkeys([kind, _NAMES.get(kind, kind)])]
    names += [(kind + by,)] if by else []
    said = [(*name, *so, number, *([year] if year else [])) for name in names for so in ((), ("so",))]
    return _of([key, *_old_and_new(key), f"{kind}{by or ''}{number}"], *said)


def _dates_and_telephones(part: str) -> dict[tuple[int, int], Term]:
    """{(start, end): term} of what is asked in short: "22/11/96", "6293 3647", "1900 6035", "868216873"."""
    found: dict[tuple[int, int], Term] = {}
    for date in _SHORT_DATE.finditer(part):
        keys = [f"{int(date[1])}.{int(date[3])}.{century}{date[4]}" for century in (19, 20)]
        keys += [date[0].replace(".", "")] * (date[2] == ".")  # it may be an amount
        found[date.span()] = _of(keys, expression(date[0])[0])
    for day in _DAY.finditer(part):
        numbers = str(int(day[1])), str(int(day[3]))
        rows = [numbers, (numbers[0], "thang", numbers[1])]
        found[day.span()] = _of([], *(rows if len(day[2]) == 1 else reversed(rows)))
    for phone in _LOCAL_PHONE.finditer(part):
        found[phone.span()] = _of([phone[1] + phone[2]], phone.groups())
    for mobile in _WITHOUT_ZERO.finditer(part):
        digits = re.sub(r"\D", "", mobile[0])
        if len(digits) > 10:
            found[mobile.span()] = _of([digits, f"0{digits.removeprefix('00')[2:]}"])
            continue
        found[mobile.span()] = _of([digits, f"0{digits}"], *[expression(mobile[0])[0]] * (mobile[1] == " "))
    for service in _SERVICE.finditer(part):
        rest = re.sub(r"\D", "", service[2])
        if 4 <= len(rest) <= 6 and not _TWO_YEARS.fullmatch(service[0]):
            said = [(service[1], *expression(" ".join(groups))[0]) for groups in _grouped(rest)]
            found[service.span()] = _of([service[1] + rest], *said)
    return found


def _grouped(digits: str) -> Iterator[list[str]]:
    """The ways in which four to six `digits` are written: as one, in two or three groups of two or three."""
    yield [digits]
    yield from ([digits[:n], digits[n:]] for n in (2, 3) if 2 <= len(digits) - n <= 3)
    if len(digits) == 6:
        yield [digits[:2], digits[2:4], digits[4:]]


def _any(rows: Sequence[Row]) -> str:
    return _row(rows[0]) if len(rows) == 1 else f"({' | '.join(map(_row, rows))})"


def _word(word: str) -> str:
    other = lexemes.other_spelling(word)
    return f"('{word}' | '{other}')" if other else f"'{word}'"


def _row(row: Sequence[str]) -> str:
    told = " <-> ".join(map(_word, row))
    return f"({told})" if len(row) > 1 else told
