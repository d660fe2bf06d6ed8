"""An office as a vCard 3.0, the version that every telephone's address book reads. Pure: text in, text out."""

from collections.abc import Iterable, Iterator

from hotlines import duty
from portal.lib import languages


def vcard(office, url: str) -> str:
    """The card of `office`, which has its hotlines in `.numbers`; `url` is where the directory shows it."""
    name = escaped(languages.said(office, "name"))
    lines = [
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"FN:{name}",
        f"N:;{name};;;",
        f"ORG:{name}",
        *_numbers(office.numbers),
        f"URL:{url}",
    ]
    if office.abbreviation:
        lines.append(f"NICKNAME:{escaped(office.abbreviation)}")
    if office.address:
        lines.append(f"ADR;TYPE=WORK:;;{escaped(office.address)};;;;Việt Nam")
    if office.email:
        lines.append(f"EMAIL;TYPE=WORK:{escaped(office.email)}")
    if office.lat is not None and office.is_point_exact:
        lines.append(f"GEO:{office.lat};{office.lng}")
    if office.duty or office.hours:
        lines.append(f"NOTE:{escaped(duty.spoken(office.duty) or office.hours)}")
    lines.append("END:VCARD")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _numbers(hotlines: Iterable) -> Iterator[str]:
    """Each number with its purpose as the label that iOS and Android show."""
    for place, line in enumerate(hotlines, start=1):
        yield f"item{place}.TEL;TYPE=WORK,VOICE:{escaped(line.tel.removeprefix('tel:'))}"
        yield f"item{place}.X-ABLabel:{escaped(languages.said(line, 'purpose'))}"


def escaped(value: str) -> str:
    """`value` as text of a card: what would end or part it stands behind a backslash."""
    return value.replace("\\", "\\\\").replace(";", r"\;").replace(",", r"\,").replace("\n", r"\n")


def _folded(line: str) -> Iterator[str]:
    """`line` in pieces of at most 75 octets, each but the first begun by a blank; no letter is cut."""
    piece, size = "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > 75:
            yield piece
            piece, size = " ", 1
        piece, size = piece + letter, size + width
    yield piece
