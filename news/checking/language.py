"""Old codes, blanks, brackets, words written twice and words often confused."""

import re
from collections.abc import Iterator, Mapping

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from news.checking.finding import Finding
from portal.lib import codepages, text

_SENTENCE = re.compile(r"[^.!?;\n]+")
_BLANKS = re.compile(r"(?<=\S)[ \u00a0]{2,}(?=\S)")
_BLANK_BEFORE = re.compile(
    r"(?<!\w)([^\W\d_]{1,30}) ([,;])(?=\s|$)|(?<!\w)([^\W\d_]{1,30}) (\.)(?=\s+[A-ZĐ]|\s*$)", re.MULTILINE
)
_TWICE = re.compile(
    r"(?<![\d.,])\d[\d.,]{0,20}\s+(người|hộ|suất|lượt|đồng|triệu|tỷ|trẻ em|gia đình|phường|đơn vị)\s+\1\b",
    re.IGNORECASE,
)
_SMALL_WORDS = re.compile(
    r"(?<![\w-])(của|và|các|những|được|tại|với|để|theo|về|đã|sẽ|khi|nhằm)\s+\1(?![\w-])", re.IGNORECASE
)
_LOST = re.compile(r"(?<![\w/.?&=#-])[^\W\d_]*(?:[^\W\d_]\?(?=[^\W\d_])[^\W\d_?]*|\ufffd[^\W\d_]*)+(?![\w/=&])")
_BRACKETS = re.compile(r"[()]")


def old_codes(plain: str) -> Iterator[Finding]:
    """Passages that are not Unicode; the suggestion is what they become by conversion."""
    for line in re.finditer(r"[^\n]+", plain):
        if not codepages.old_code(line[0]):
            continue
        for sentence in _SENTENCE.finditer(line[0]):
            code = codepages.old_code(sentence[0])
            if code:
                passage = sentence[0].strip()
                start = line.start() + sentence.start() + sentence[0].index(passage)
                reason = format_lazy(_("This passage is in the old code {code}; readers see wrong letters."), code=code)
                yield Finding("code", passage, start, reason, codepages.converted(passage, code))


def blanks(plain: str) -> Iterator[Finding]:
    """Two blanks in a row, a blank before a comma."""
    reason = _("Two blanks in a row.")
    for match in _BLANKS.finditer(plain):
        before, after = plain[max(0, match.start() - 20) : match.start()], plain[match.end() : match.end() + 20]
        left, right = before.split()[-1], after.split()[0]
        yield Finding("blanks", f"{left}{match[0]}{right}", match.start() - len(left), reason, f"{left} {right}")
    for match in _BLANK_BEFORE.finditer(plain):
        right = f"{match[1] or match[3]}{match[2] or match[4]}"
        yield Finding("blanks", match[0], match.start(), _("A blank before the punctuation mark."), right)


def twice(plain: str) -> Iterator[Finding]:
    """ "650 người người", "của của" """
    for match in _TWICE.finditer(plain):
        right = match[0][: -len(match[1])].rstrip()
        yield Finding("twice", match[0], match.start(), _("The word stands twice."), right)
    for match in _SMALL_WORDS.finditer(plain):
        yield Finding("twice", match[0], match.start(), _("The word stands twice."), match[1])


def lost_letters(plain: str) -> Iterator[Finding]:
    """ "nh?n d?n": letters that a conversion before ours threw away; nobody can bring them back but a person."""
    for match in _LOST.finditer(plain):
        yield Finding("lost", match[0], match.start(), _("Letters were lost here on the way from another program."))


def brackets(plain: str) -> Iterator[Finding]:
    """A bracket that is opened and not closed in its paragraph."""
    for line in re.finditer(r"[^\n]+", plain):
        opened: list[int] = []
        for bracket in _BRACKETS.finditer(line[0]):
            if bracket[0] == "(":
                opened.append(bracket.start())
            elif opened:
                opened.pop()
        for place in opened[:1]:
            figure = text.excerpt(line[0][place : place + 60], 30).rstrip("…")
            yield Finding("brackets", figure, line.start() + place, _("This bracket is not closed."))


def mistakes(plain: str, known: Mapping[str, str]) -> Iterator[Finding]:
    """Words of `known`, {wrong: right}, whatever their case."""
    if not known:
        return
    right = {wrong.lower(): meant for wrong, meant in known.items()}
    words = "|".join(re.escape(wrong) for wrong in sorted(right, key=len, reverse=True))
    for match in re.finditer(rf"(?<!\w)(?:{words})(?!\w)", plain, re.IGNORECASE):
        meant = right[match[0].lower()]
        meant = meant[0].upper() + meant[1:] if match[0][0].isupper() else meant
        yield Finding(
            "mistake", match[0], match.start(), _("Often confused; here another word is probably meant."), meant
        )
