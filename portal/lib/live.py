"""Live holes: the few numbers that must be fresh on a cached page.

A template prints `hole(name)`, a placeholder; whoever delivers the page puts the number in. The numbers stand in this
process' memory and change only at a beat of the pulse, so a filled page stays good until `version` moves.
"""

import re
import secrets
from collections.abc import Mapping

# Unguessable and different in every process: no text that somebody writes can pretend to be a hole.
_TOKEN = secrets.token_hex(8)
_HOLE = re.compile(rf"live-{_TOKEN}\(([\w:.-]+)\)".encode())

_numbers: dict[str, bytes] = {}
version = 0


def hole(name: str) -> str:
    """The placeholder for the live number `name` (letters, digits, `_ : . -`)."""
    return f"live-{_TOKEN}({name})"


def tell(numbers: Mapping[str, str]) -> None:
    """Takes the current texts of some numbers; pages filled before are stale if one of them differs."""
    global version
    new = {name: text.encode() for name, text in numbers.items()}
    if any(_numbers.get(name) != text for name, text in new.items()):
        _numbers.update(new)
        version += 1


def knows(name: str) -> bool:
    """Whether somebody has told the number `name`."""
    return name in _numbers


def forget(prefix: str) -> None:
    """Drops the numbers whose names begin with `prefix`; pages that still hold one show a dash."""
    for name in [name for name in _numbers if name.startswith(prefix)]:
        del _numbers[name]


def split(body: bytes) -> list[bytes]:
    """`body` cut at its holes: text, name, text, name, …, text."""
    return _HOLE.split(body)


def number(name: bytes) -> bytes:
    """The text for the hole `name`, as `split` returned it."""
    return _numbers.get(name.decode(), "–".encode())


def fill(body: bytes) -> bytes:
    """`body` with every hole filled; for pages that are not cached."""
    return _HOLE.sub(lambda match: number(match[1]), body)
