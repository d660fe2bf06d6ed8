"""What a PDF may hold before citizens get it: text and pictures, no program, no other file, nothing that acts by itself.

Read by its names, not by its structure: a reader finds an object by other ways than a parser of ours would, but whatever
it runs is named somewhere, in the plain objects or in a stream of packed ones.
"""

import re
import zlib
from collections.abc import Iterator

MAX_PACKED = 20_000  # streams of objects
MAX_ACTIONS = 10  # one for each time the file was saved on top of itself
CHUNK = 65_536


class Unfit(ValueError):
    """It holds what citizens shall not get: "password", "program", "size" or "way out"."""


class NotWhole(ValueError):
    """It is no PDF."""


def _names(*names: str) -> re.Pattern[bytes]:
    """Finds these names, of which any letter may be written by its number: "/J#61vaScript"."""
    written = ("".join(f"(?:{letter}|#(?i:{ord(letter):02x}))" for letter in name) for name in names)
    return re.compile(rf"/(?:{'|'.join(written)})(?=[\s\x00/<>()\[\]{{}}%])".encode())


# Long enough that compressed bytes do not spell them by chance.
_PROGRAM = _names("JavaScript", "Launch", "EmbeddedFile", "EmbeddedFiles", "RichMedia", "SubmitForm", "GoToE", "XFA")
_PASSWORD = _names("Encrypt")
_PACKED, _FILTER = _names("ObjStm"), _names("Filter")
_STREAM = re.compile(rb"stream\r?\n")
_NUMBERS = re.compile(rb"\s*\d+\s+\d+\s")  # how the objects of a stream begin: which, and where
_AT_OPENING = re.compile(rb"/OpenAction\s*(?:<<(?P<here>.{0,400}?)>>|(?P<number>\d{1,9})\s+\d{1,5}\s+R)", re.DOTALL)
_WAY_OUT = _names("URI", "GoToR", "Thread", "Rendition", "Movie", "Sound", "ImportData")


def check(data: bytes, room: int) -> int:
    """How many bytes its objects unpack to. Raises NotWhole or Unfit for what is no PDF to hand on, or needs more than `room`."""
    if not data.startswith(b"%PDF-") or b"%%EOF" not in data[-1024:]:
        raise NotWhole
    if _PASSWORD.search(data):
        raise Unfit("password")
    unpacked = 0
    _look_at(data)
    for objects in _unpacked(data, room):
        unpacked += len(objects)
        _look_at(objects)
    return unpacked


def _look_at(objects: bytes) -> None:
    if _PROGRAM.search(objects):
        raise Unfit("program")
    if _acts_when_opened(objects):
        raise Unfit("way out")


def _acts_when_opened(objects: bytes) -> bool:
    """Whether opening it leads out of the file; a place in it, or how large it is shown, is nobody's harm."""
    actions = list(_AT_OPENING.finditer(objects))
    return len(actions) > MAX_ACTIONS or any(_WAY_OUT.search(done) for action in actions for done in _done(action))


def _done(action: re.Match[bytes]) -> Iterator[bytes]:
    if action["here"] is not None:
        yield action["here"]
        return
    for found in re.finditer(rb"\b%s\s+\d+\s+obj\b(.{0,400}?)endobj" % action["number"], action.string, re.DOTALL):
        yield found[1]


def _unpacked(data: bytes, room: int) -> Iterator[bytes]:
    """The packed objects, a stream of them at a time."""
    starts = set()
    for n, named in enumerate(_PACKED.finditer(data)):
        stream = _STREAM.search(data, named.end(), named.end() + 1000)
        if n >= MAX_PACKED:
            raise Unfit("size")
        if stream is None or stream.end() in starts:
            continue
        starts.add(stream.end())
        if _FILTER.search(data, max(0, named.start() - 500), stream.start()):
            objects = _inflated(data, stream.end(), room)
            room -= len(objects)
            yield objects


def _inflated(data: bytes, start: int, room: int) -> bytes:
    """What is packed from `start` on; whatever is packed otherwise, or twice, no common program has written."""
    inflater, parts = zlib.decompressobj(), []
    try:
        while not inflater.eof and start < len(data):
            parts.append(inflater.decompress(data[start : start + CHUNK], room + 1))
            room, start = room - len(parts[-1]), start + CHUNK
            if room < 0 or inflater.unconsumed_tail:
                raise Unfit("size")
    except zlib.error as broken:
        raise NotWhole from broken
    objects = b"".join(parts)
    if not _NUMBERS.match(objects):
        raise NotWhole
    return objects
