"""The directory as it is read: every public office with its numbers, what followed ended ones, what is overdue.

The page, its search, the print sheet, the files for reuse and the tokens in articles all read through `entries`.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from hotlines.models import Holiday, Hotline, Office, Succession
from portal.lib import languages, pagecache, text

UNSEEN = ("title_words", "text_words")


def entries(at: datetime | None = None) -> list[Office]:
    """The public offices in their order, each with `.numbers`, `.is_over`, `.switchboard`, and of ended ones `.heirs`.

    Each number knows whether it `.is_late` (not confirmed in time) and then the `.fallback` to call. Three queries.
    """
    at = at or timezone.now()
    offices = list(Office.objects.public(at).defer(*UNSEEN).with_numbers())
    by_pk = {office.pk: office for office in offices}
    for office in offices:
        office.above = by_pk.get(office.parent_id)
        office.is_over = office.has_ended(at)
    for office in offices:
        office.switchboard = _switchboard(office)
        for line in office.numbers:
            line.is_late = line.is_overdue(at)
            board = office.switchboard
            line.fallback = board if line.is_late and board and board.tel != line.tel else None
    _find_heirs([office for office in offices if office.is_over], by_pk)
    return offices


def _switchboard(office: Office) -> Hotline | None:
    """The switchboard of `office`, or of the nearest existing one above it."""
    seen = set()
    above: Office | None = office
    while above is not None and above.pk not in seen:
        seen.add(above.pk)
        found = next((line for line in above.numbers if line.is_switchboard and not above.is_over), None)
        if found:
            return found
        above = above.above
    return None


def _find_heirs(ended: Sequence[Office], by_pk: dict[int, Office]) -> None:
    """Gives each ended office its `.heirs` that exist today, behind however many that ended too, and the `.acts`."""
    if not ended:
        return
    after: dict[int, list[Succession]] = {}
    for step in Succession.objects.all():
        after.setdefault(step.former_id, []).append(step)
    for office in ended:
        heirs, acts, waiting, seen = [], [], [office.pk], {office.pk}
        while waiting:
            for step in after.get(waiting.pop(0), ()):
                heir = by_pk.get(step.successor_id)
                acts += [step.legal_basis] if step.legal_basis else []
                if heir is None or heir.pk in seen:
                    continue
                seen.add(heir.pk)
                (waiting if heir.is_over else heirs).append(heir.pk if heir.is_over else heir)
        office.heirs, office.acts = heirs, list(dict.fromkeys(acts))
        for heir in heirs:
            heir.contact = heir.switchboard or next(iter(heir.numbers), None)


def holidays() -> frozenset[date]:
    """The days of the table of holidays."""
    return pagecache.shared("holidays", lambda: frozenset(Holiday.objects.values_list("day", flat=True)))


def parted(offices: Iterable[Office]) -> dict[str, list]:
    """What the page shows of `offices`: those that exist and have numbers, ended ones, emergency numbers, purposes."""
    current = [office for office in offices if office.numbers and not office.is_over]
    lines = [line for office in current for line in office.numbers]
    return {
        "offices": current,
        "ended": [office for office in offices if office.is_over],
        "emergency": [line for line in lines if line.is_emergency],
        "purposes": sorted(
            {languages.said(line, "purpose") for line in lines if not languages.is_foreign(line, "purpose")},
            key=text.sort_key,
        ),
    }


def matching(offices: Iterable[Office], query: str, purpose: str) -> list[Office]:
    """`offices` with those of their `.numbers` that are for `purpose` and match `query`, whatever the accents.

    A line matches when each word of the query begins one of its words or stands in its number; if some lines hold the
    query as it is, word beside word, only those. static/js/directory.js does the same in place.
    """
    lines = [(office, line) for office in offices for line in office.numbers]
    rows = [(office, line) for office, line in lines if purpose in {"", languages.said(line, "purpose")}]
    hits = _best(((row, _words(*row), _called(row[1])) for row in rows), query)
    bare = [office for office in offices if not office.numbers and not purpose]
    hits += [(office, None) for office in _best(((office, _words(office), "") for office in bare), query)]
    kept: dict[Office, list[Hotline]] = {}
    for office, line in hits:
        kept.setdefault(office, []).extend([line] if line else [])
    for office, lines in kept.items():
        office.numbers = lines
    return [office for office in offices if office in kept]


def _best(rows: Iterable[tuple[Any, str, str]], query: str) -> list[Any]:
    """The things of `rows` (thing, its words, its digits) that match `query`."""
    whole = " ".join(text.fold(query).split())
    wanted = [(f" {word}", _digits(word)) for word in whole.split()]
    found = [
        (thing, f" {whole}" in words)
        for thing, words, called in rows
        if all(word in words or (digits and digits in called) for word, digits in wanted)
    ]
    is_exact = any(exact for _, exact in found)
    return [thing for thing, exact in found if exact or not is_exact]


def _words(office: Office, line: Hotline | None = None) -> str:
    purpose = languages.said(line, "purpose") if line else ""
    about = f"{languages.said(office, 'name')} {office.abbreviation} {office.address} {purpose}"
    return " " + " ".join(re.findall(r"[a-z0-9&/-]+", text.fold(about)))


def _called(line: Hotline) -> str:
    return f"{_digits(line.number)} {line.dialled.replace('+84', '0', 1)}"


def _digits(words: str) -> str:
    return re.sub(r"\D", "", words) if not re.search(r"[^\W\d_]", words) else ""


def as_data(offices: Iterable[Office], at: datetime | None = None) -> list[dict]:
    """`offices` for other programs; the files say the same as the page."""
    return [
        {
            "id": office.pk,
            "name": office.name,
            "name_en": office.name_en,
            "abbreviation": office.abbreviation,
            "kind": office.kind,
            "address": office.address,
            "duty": office.duty,
            "hours": office.hours,
            "email": office.email,
            "point": office.lat
            and {"lat": float(office.lat), "lng": float(office.lng), "exact": office.is_point_exact},
            "valid_from": office.valid_from,
            "valid_to": office.valid_to,
            "successors": [heir.pk for heir in office.heirs] if office.is_over else [],
            "hotlines": [
                {
                    "id": line.pk,
                    "purpose": line.purpose,
                    "purpose_en": line.purpose_en,
                    "number": line.number,
                    "extension": line.extension,
                    "tel": None if office.is_over else line.tel,
                    "duty": line.duty or office.duty,
                    "hours": line.hours,
                    "checked_on": line.checked_on,
                    "note": line.note,
                }
                for line in office.numbers
            ],
        }
        for office in offices
    ]


ROWS, WIDTH = 84, 52  # what one A4 sheet holds in two columns: rows, and letters in one of them


def sheet(offices: Iterable[Office]) -> tuple[list[tuple[Office, list[Hotline]]], int]:
    """(the offices of one sheet, how many numbers found no room on it): those with numbers of the box come first."""
    listed = [office for office in offices if office.numbers and not office.is_over]
    listed.sort(key=lambda office: not any(line.is_in_box or line.is_emergency for line in office.numbers))
    shown, room = [], float(ROWS)
    for office in listed:
        room -= 0.8 + -(-len(languages.said(office, "name")) // WIDTH)
        fitting = []
        for line in office.numbers:
            room -= -(-(len(languages.said(line, "purpose")) + len(line.shown) + 4) // WIDTH)
            if room >= 0:
                fitting.append(line)
        if not fitting:
            break
        shown.append((office, fitting))
    left = sum(len(office.numbers) for office in listed) - sum(len(lines) for _, lines in shown)
    return shown, left
