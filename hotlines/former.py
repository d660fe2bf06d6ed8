"""Numbers that are no longer those of the authority, and where a text still holds them, however they are grouped."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from hotlines.models import FormerNumber, Hotline, Office

_BETWEEN = r"[\s.()\-]{0,2}"
_SEPARATORS = re.compile(r"[\s.()\-]+")
SHORTEST = 8  # digits: "113" is found in every second text, and nearly never a telephone number there


@dataclass(frozen=True)
class Retired:
    """A number that was: as it was shown, whose it was, and the hotline that has another number now, if it goes on."""

    number: str
    about: str
    now: Hotline | None


def retired(at: datetime | None = None) -> dict[str, Retired]:
    """{dialled: what it was}: changed and deleted numbers and those of ended offices, unless somebody has them today."""
    current = {line.pk: line for line in Hotline.objects.public(at)}
    in_use = {line.dialled for line in current.values()}
    ended = Hotline.objects.exclude(office__in=Office.objects.current(at)).select_related("office")
    found = {line.dialled: Retired(line.number, f"{line.office} – {line.purpose}", None) for line in ended}
    for was in FormerNumber.objects.order_by("ended_at", "pk"):
        found[was.dialled] = Retired(was.number, f"{was.office_name} – {was.purpose}", current.get(was.hotline_pk))
    return {dialled: old for dialled, old in found.items() if dialled not in in_use}


class Finder:
    """Finds some dialled numbers in texts: a rough look at the bare digits first, an exact one where that finds any."""

    def __init__(self, dialled: Mapping[str, object] | set[str]):
        self.exact = {_bare(number): (_pattern(number), number) for number in dialled if len(number) >= SHORTEST}
        self.rough = re.compile("|".join(map(re.escape, self.exact)) or r"(?!)")

    def found_in(self, text: str) -> list[str]:
        """Those of the numbers that stand in `text` (plain or HTML), as `phone.dial` writes them."""
        text = text.replace("&nbsp;", " ")
        bare = set(self.rough.findall(_SEPARATORS.sub("", text)))
        return sorted(self.exact[digits][1] for digits in bare if self.exact[digits][0].search(text))


def _bare(dialled: str) -> str:
    return dialled.removeprefix("+84").removeprefix("+")


def _pattern(dialled: str) -> re.Pattern[str]:
    """`dialled` as people write it: "+84 24 3858 5652", "(024) 38.585.652"."""
    start = r"\(?(?:\+?84|0)" + _BETWEEN if dialled.startswith("+84") else ""
    return re.compile(rf"(?<!\d){start}{_BETWEEN.join(_bare(dialled))}(?!\d)")
