"""How names on the old portal are compared, written and told apart. Pure: text in, text or an answer out."""

import re

from portal.lib import text

_WORD = re.compile(r"[^\W\d_]+")
# A syllable of Vietnamese without its marks; "UBND" or "TTHC" is none, so it is an abbreviation and stays in capitals.
_SYLLABLE = re.compile(
    r"^(?!.*ii)(ngh|ng|gh|gi|kh|nh|ph|qu|th|tr|ch|[bcdghklmnprstvx])?[aeiouy]{1,3}(ch|ng|nh|[cmnpt])?$"
)
# With these an office's name begins, whatever follows …
_OFFICE = re.compile(
    r"(ubnd|uy ban (nhan dan|mttq|mat tran)|hdnd|hoi dong nhan dan|u?b? ?mttq|mat tran to quoc|thanh uy|quan uy|huyen uy"
    r"|tinh uy|dang uy|cong an|vien kiem sat|toa an|thanh tra|kho bac|chi cuc|tong cuc|van phong|trung tam|lien doan"
    r"|doan thanh nien|tram y te|benh vien|ban quan ly|ban chi huy|bao hiem xa hoi|bhxh|cong thong tin|cong ttdt)\b"
)
# … and with these only when something after them has a capital: "Ban Dân vận", but not "Ban hành kế hoạch".
_PERHAPS = re.compile(
    r"(phong|ban|hoi|doan|doi|to|so|bo|cuc|vien|truong|quy|bao|dai|xa|phuong|quan|huyen|thi tran|thanh pho|tinh|hop tac xa"
    r"|nha van hoa|thu vien|co quan|cau lac bo|clb|ngan hang|cong ty|chi nhanh|khoi|tap chi|tram|hat|ldld|uy ban|hoi dong)\b"
)
_VERB = re.compile(r"\b(được|đã|sẽ|đang|là|nhằm|khi|phải)\b")
_NO_OFFICE = re.compile(r"phong (chay|chong|ngua|tranh)\b|(phuong|xa|quan) (phap|hoi)\b")
_CREDIT = re.compile(
    r"^\(?(nguồn|theo|tin|ảnh|bài|tác giả|người viết|biên tập|thực hiện)[^:.]{0,20}:\s*", re.IGNORECASE
)
_QUOTED_SOURCE = re.compile(r"^\((nguồn|theo)\s[^()]+\)$", re.IGNORECASE)


def key(name: str) -> str:
    """What two spellings of one name share: case, accents, blanks and punctuation do not count."""
    return text.slug(name, 400) or text.fold(text.line(name))


def once(line: str) -> str:
    """A heading that is printed twice on one line, taken once: "Bình chọn Bình chọn" -> "Bình chọn"."""
    words = line.split()
    first, second = words[: len(words) // 2], words[len(words) // 2 :]
    return " ".join(first) if first and text.fold(" ".join(first)) == text.fold(" ".join(second)) else line


def calm(name: str) -> str:
    """A name in capitals as it is written in text: "VĂN HÓA - XÃ HỘI" -> "Văn hóa - Xã hội"; others as they are.

    Abbreviations stay; proper names inside ("QUẬN THANH XUÂN") cannot be told and lose their capitals.
    """
    if any(c.islower() for c in name):
        return name
    quiet = _WORD.sub(lambda m: m[0].lower() if _SYLLABLE.match(text.fold(m[0])) else m[0], name)
    return " - ".join(part[:1].upper() + part[1:] for part in quiet.split(" - "))


def is_organisation(line: str) -> bool:
    """Whether a short line is an office's name rather than a sentence, a purpose or a person."""
    folded = text.fold(line)
    if len(line) > 120 or line[-1:] in ".,;:!?…" or _VERB.search(line.lower()) or _NO_OFFICE.match(folded):
        return False
    if _OFFICE.match(folded):
        return not line[:1].islower()
    found = _PERHAPS.match(folded)
    return bool(found) and any(word[:1].isupper() for word in line[found.end() :].split())


def is_person(line: str) -> bool:
    """Whether a line is a person's name, or several: two to five words with capitals each ("Thu Hà - Minh Đức")."""
    people = re.split(r"\s*(?:,| - | – | và |&)\s*", line)
    shaped = [[re.fullmatch(r"[^\W\d_]+", w) and w[0].isupper() and w[1:].islower() for w in p.split()] for p in people]
    return all(all(words) for words in shaped) and 2 <= sum(map(len, shaped)) <= 10 and all(map(len, shaped))


def signature(line: str) -> tuple[str, str]:
    """(byline, office) of an article's last line; ("", "") when it is a sentence like any other."""
    if is_organisation(line):
        return line, line
    if credit := _CREDIT.match(line):
        rest = line[credit.end() :].strip("() ")
        return (line, rest if is_organisation(rest) else "") if 0 < len(rest) <= 100 else ("", "")
    return (line, "") if len(line) <= 200 and (_QUOTED_SOURCE.match(line) or is_person(line)) else ("", "")
