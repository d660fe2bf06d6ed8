"""Blotting out of numbers that could name a person: identity cards, telephones, insurance cards, passports, e-mail."""

import re

# Nine digits or more, however they are grouped. \d knows the full-width and other digits, too.
_NUMBER = re.compile(r"[+(]?\d(?:[\s.\-–—_()·]{0,3}\d){8,}")
_PASSPORT = re.compile(r"\b[A-Za-z]\d{7,8}\b")
_EMAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")
_MONEY = re.compile(r"[1-9]\d{0,2}(?:[.\s]\d{3})+")
_UNIT = re.compile(r"\s*(?:đồng|đ\b|vnđ|vnd|tỷ|tỉ|triệu|nghìn)", re.IGNORECASE)


def mask(words: str) -> str:
    """`words` with such numbers as dots, one for each character; sums of money stay."""
    words = _EMAIL.sub(_dots, words)
    words = _PASSPORT.sub(_dots, words)
    return _NUMBER.sub(lambda found: found[0] if _is_money(found, words) else _dots(found), words)


def _dots(found: re.Match[str]) -> str:
    return "•" * len(found[0])


def _is_money(found: re.Match[str], words: str) -> bool:
    return _MONEY.fullmatch(found[0]) is not None and _UNIT.match(words, found.end()) is not None
