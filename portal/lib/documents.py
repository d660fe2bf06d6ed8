"""Files that staff attach: each is what its ending says, holds no program, and unpacks to a sane size.

What is refused here would otherwise be handed to citizens under the authority's name.
"""

import codecs
import io
import re
import unicodedata
import zipfile
from pathlib import PurePath, PurePosixPath
from typing import IO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.lib import pdf

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 120 * 1024 * 1024
MAX_RATIO = 150  # sheets of many like rows reach a hundred; a bomb a thousand
MAX_ENTRIES = 2000
KINDS = ["pdf", "docx", "xlsx", "pptx", "odt", "ods", "txt", "csv", "zip"]

_OPEN_XML = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
_OPEN_DOCUMENT = {
    "odt": b"application/vnd.oasis.opendocument.text",
    "ods": b"application/vnd.oasis.opendocument.spreadsheet",
}
_PICTURES = {
    "jpg": b"\xff\xd8\xff",
    "jpeg": b"\xff\xd8\xff",
    "png": b"\x89PNG\r\n\x1a\n",
    "gif": b"GIF8",
    "webp": b"RIFF",
}
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Word 97, but also every Office file with a password
_MARKUP = re.compile(rb"<\s*(!doctype|html|script|svg|body|iframe|\?xml|\?php)", re.IGNORECASE)
_PDF_REFUSALS = {
    "password": gettext_lazy("The file has a password. Citizens could not open it."),
    "program": gettext_lazy("The file holds a program or another file. Please save it as a plain document."),
    "way out": gettext_lazy("Opening the file leads to another address or file. Please save it as a plain document."),
    "size": gettext_lazy("The archive unpacks to far more than it seems to hold."),
}
_MACRO_ENTRY = re.compile(
    r"vba|macrosheet|activex|^(basic|scripts)/|\.(bin|exe|dll|com|bat|cmd|js|vbs|ps1|scr|hta|jar|msi)$"
)
_MACRO_TYPE = re.compile(rb"macroEnabled|vbaProject|activeX", re.IGNORECASE)
_RELATION = re.compile(rb"<Relationship\b[^>]*>")
_LOADED = re.compile(rb"/(attachedTemplate|oleObject|frame|subDocument|externalLinkPath)[\"']")
_WAY_OUT = re.compile(r"^/|\\|:|(^|/)\.\.?(/|$)")
_SHEET_COMMAND = re.compile(
    r"(?:^|[,;\t])[ \"]{0,9}[=+@-] ?[^\s]{0,200}?"
    r"(?:\|[^\n]{0,200}!|\b(?:HYPERLINK|WEBSERVICE|IMPORT\w{0,10}|DDE|CALL|EXEC)\()",
    re.IGNORECASE | re.MULTILINE,
)


class _Refusal(ValueError):
    """Our own sentence, told apart from a ValueError of a decoder."""


def validate(file) -> None:
    """Validator of a model's file field: looks at what is newly uploaded, not at what is stored already."""
    if getattr(file, "_committed", False):
        return
    try:
        check(file, file.name)
    except ValueError as refusal:
        raise ValidationError(str(refusal)) from refusal
    finally:
        file.seek(0)


def check(file: IO[bytes], name: str) -> str:
    """The kind of `file` called `name`, one of KINDS. Raises ValueError with a sentence for who attaches it."""
    kind = PurePath(name).suffix[1:].lower()
    file.seek(0)
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise _Refusal(_("The file is larger than 20 MB. Please split it or make it smaller."))
    if kind not in KINDS:
        raise _Refusal(_("Files ending in “%(ending)s” are not accepted.") % {"ending": kind})
    if not data:
        raise _Refusal(_("The file is empty."))
    if data.startswith(_OLD_OFFICE):
        raise _Refusal(
            _("The file has a password or is of an old kind. Please save it as a new kind without password.")
        )
    _look_at(kind, data, MAX_UNPACKED)
    return kind


def _look_at(kind: str, data: bytes, room: int) -> int:
    """Refuses what is not a sound `kind`; how many of `room` bytes it unpacks to, archives in it included."""
    if kind == "pdf":
        return _check_pdf(data, room)
    if kind in {"txt", "csv"}:
        _check_text(kind, data)
        return 0
    return _check_archive(kind, data, room)


def _not_as_called(kind: str) -> ValueError:
    return _Refusal(_("The content of this file is not that of a whole %(kind)s file.") % {"kind": kind.upper()})


def _check_pdf(data: bytes, room: int) -> int:
    # Something else that calls itself a PDF as well: a page in its first lines, an archive behind its end.
    if _MARKUP.search(data[:1024]) or b"PK\x05\x06" in data[-66_000:]:
        raise _not_as_called("pdf")
    try:
        return pdf.check(data, room)
    except pdf.NotWhole as broken:
        raise _not_as_called("pdf") from broken
    except pdf.Unfit as unfit:
        raise _Refusal(str(_PDF_REFUSALS[unfit.args[0]])) from unfit


def _check_text(kind: str, data: bytes) -> None:
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        words = data.decode(encoding)
    except UnicodeDecodeError as other:
        raise _Refusal(_("The text is not in Unicode. Please save it as UTF-8.")) from other
    if any(unicodedata.category(c) == "Cc" for c in set(words) - set("\t\n\r\f")):
        raise _Refusal(_("The file is no plain text."))
    if _MARKUP.match(words.lstrip()[:200].encode()):
        raise _Refusal(_("The file is no plain text."))
    if kind == "csv" and _SHEET_COMMAND.search(words):
        raise _Refusal(_("A cell holds a formula that calls a program or an address. Please save values only."))


def _check_archive(kind: str, data: bytes, room: int) -> int:
    # An archive may stand behind anything else, such as a picture or a program, and end before more of it.
    if not data.startswith(b"PK\x03\x04") or data.rfind(b"PK\x05\x06") != len(data) - 22:
        raise _not_as_called(kind)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = _entries(archive)
            unpacked = _check_sizes(entries, archive, room)
            names = {entry.filename for entry in entries}
            return unpacked + _check_parts(kind, archive, names, room - unpacked)
    except _Refusal:
        raise
    except Exception as broken:  # a broken archive makes the decoders raise nearly anything, struct.error and all
        raise _not_as_called(kind) from broken


def _entries(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    entries = archive.infolist()
    names = [entry.orig_filename for entry in entries]
    if len(entries) > MAX_ENTRIES:
        raise _Refusal(_("The archive holds too many files."))
    if len({name.lower() for name in names}) < len(names) or not all(map(_is_plain_path, names)):
        raise _Refusal(_("The archive holds files with names that are not allowed."))
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise _Refusal(_("The file has a password. Citizens could not open it."))
    return [entry for entry in entries if not entry.is_dir()]


def _is_plain_path(name: str) -> bool:
    """No way out of the folder it is unpacked in, and nothing in the name that is not to be seen."""
    unseen = any(unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in name)
    return not unseen and not _WAY_OUT.search(name) and len(name) <= 400


def _check_sizes(entries: list[zipfile.ZipInfo], archive: zipfile.ZipFile, room: int) -> int:
    """By what the directory says, then by unpacking: the directory may lie."""
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if unpacked > min(room, 1_000_000 + MAX_RATIO * packed):
        raise _Refusal(_("The archive unpacks to far more than it seems to hold."))
    for entry in entries:
        with archive.open(entry) as part:  # never gives more than the size that was said, and checks its sum
            while part.read(1 << 20):
                pass
    return unpacked


def _check_parts(kind: str, archive: zipfile.ZipFile, names: set[str], room: int) -> int:
    """Looks at the files in the archive; how many of `room` bytes the archives among them unpack to."""
    unpacked = 0
    if kind == "zip":
        for name in sorted(names):
            unpacked += _check_inside(name, archive, room - unpacked)
        return unpacked
    if kind in _OPEN_XML:
        _check_open_xml(kind, archive, names)
    else:
        _check_open_document(kind, archive, names)
    if any(_MACRO_ENTRY.search(name.lower()) for name in names):
        raise _holds_macros()
    return unpacked


def _holds_macros() -> ValueError:
    return _Refusal(_("The file holds macros or programs. Please save it without them."))


def _check_inside(name: str, archive: zipfile.ZipFile, room: int) -> int:
    """A file within a ZIP: a picture, or what may be attached by itself; no archive within an archive."""
    kind = PurePosixPath(name).suffix[1:].lower()
    data = archive.read(name)
    if kind in _PICTURES:
        if not data.startswith(_PICTURES[kind]) or _MARKUP.search(data[:1024]):
            raise _Refusal(f"{name}: {_not_as_called(kind)}")
        return 0
    if kind in KINDS and kind != "zip":
        try:
            return _look_at(kind, data, room)
        except _Refusal as refusal:
            raise _Refusal(f"{name}: {refusal}") from refusal
    raise _Refusal(_("The archive holds “%(name)s”; only documents and pictures are accepted.") % {"name": name})


def _check_open_xml(kind: str, archive: zipfile.ZipFile, names: set[str]) -> None:
    if not {"[Content_Types].xml", _OPEN_XML[kind]} <= names:
        raise _not_as_called(kind)
    types = archive.read("[Content_Types].xml")
    if b"<!DOCTYPE" in types or b"<!ENTITY" in types:
        raise _not_as_called(kind)
    if _MACRO_TYPE.search(types):
        raise _holds_macros()
    for name in names:
        if name.endswith(".rels") and any(map(_is_elsewhere, _RELATION.findall(archive.read(name)))):
            raise _Refusal(
                _("The document loads parts of itself from elsewhere. Please save it with everything in it.")
            )


def _is_elsewhere(relation: bytes) -> bool:
    return b"External" in relation and bool(_LOADED.search(relation))


def _check_open_document(kind: str, archive: zipfile.ZipFile, names: set[str]) -> None:
    if not {"mimetype", "content.xml", "META-INF/manifest.xml"} <= names:
        raise _not_as_called(kind)
    if archive.read("mimetype").strip() != _OPEN_DOCUMENT[kind]:
        raise _not_as_called(kind)
    if b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise _Refusal(_("The file has a password. Citizens could not open it."))
