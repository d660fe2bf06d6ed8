"""A file of the old portal as text, whatever its encoding; refused with the reason when it cannot be one."""

import re
import unicodedata
from pathlib import Path

from portal.lib import text

MAX_BYTES = 5_000_000
# Words that stand on every page of the old portal. They prove that an 8-bit file was decoded rightly.
_KNOWN = re.compile("luot xem|duong day nong|thong ke truy cap|ban do so|binh chon")
_LINE_ENDS = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_MARKUP = re.compile(r"^\s*<(!doctype|html|\?xml)|</(p|div|td|li|span|a|body|html)>", re.IGNORECASE)
# A line that holds the address of an article and no more than a word before it ("Nguồn: https://…").
_ADDRESS = re.compile(
    r"^[^\n:/]{0,20}:?\s*(https?://[^\s/]+/\S*/-/asset_publisher/\S+/content/\S+)[ \t]*$\n?", re.MULTILINE
)
_TONES = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
_ACCENTED = {unicodedata.normalize("NFC", letter + tone) for letter in "aăâeêioôơuưy" for tone in _TONES} | {"đ"}
_LETTERS = {c for c in _ACCENTED if c > "\x7f"}
_FOREIGN = {chr(c) for c in range(0xA1, 0x250)} - _LETTERS - set("«»·°²³½\u00ad")


class NotUnderstood(Exception):
    """Why a file cannot be imported, in Vietnamese, for the person who gave it."""


def read(path: Path) -> str:
    """The text of the file in NFC with plain line feeds. NotUnderstood when it is no text of a page."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise NotUnderstood("tệp lớn hơn 5 MB, không phải văn bản của một trang")
        data = path.read_bytes()
    except FileNotFoundError:
        raise NotUnderstood("không có tệp này") from None
    except IsADirectoryError:
        raise NotUnderstood("đây là thư mục, không phải tệp") from None
    except OSError as error:
        raise NotUnderstood(f"không đọc được tệp ({error.strerror})") from None
    return decoded(data)


def without_address(raw: str) -> tuple[str, str]:
    """(text without it, address of the page on the old portal or "") of a file in which somebody has noted it."""
    found = _ADDRESS.search(raw)
    return (_ADDRESS.sub("", raw, count=1), found[1]) if found else (raw, "")


def decoded(data: bytes) -> str:
    """Text of the bytes in UTF-8, UTF-16 or Windows-1258, in NFC with plain line feeds. NotUnderstood for all else."""
    raw = _unicode(data)
    if not raw.strip("\ufeff \r\n\t\u00a0"):
        raise NotUnderstood("tệp rỗng")
    if "\x00" in raw or sum(unicodedata.category(c) == "Cc" and c not in "\t\r\n" for c in raw) > len(raw) / 100:
        raise NotUnderstood("tệp nhị phân, không phải văn bản (PDF, Word hay ảnh phải được chuyển thành văn bản trước)")
    if len(_MARKUP.findall(raw)) > 2 or _MARKUP.match(raw):
        raise NotUnderstood("tệp là mã HTML; lệnh này đọc văn bản đã trích từ trang (như khi chọn tất cả rồi sao chép)")
    if _is_misread(raw):
        raise NotUnderstood("chữ không phải tiếng Việt Unicode (TCVN3, VNI hoặc đã hỏng bảng mã); hãy chuyển mã trước")
    return text.nfc(_LINE_ENDS.sub("\n", raw))


def _unicode(data: bytes) -> str:
    try:
        return data.decode(_encoding(data))
    except UnicodeDecodeError as damage:
        try:
            old = data.decode("cp1258")
        except UnicodeDecodeError:
            old = ""
        if _KNOWN.search(text.fold(old)):
            return old
        where = f"byte thứ {damage.start + 1}"
        raise NotUnderstood(f"không phải văn bản UTF-8, UTF-16 hay Windows-1258 (hỏng ở {where})") from None


def _encoding(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    # Without a mark: Vietnamese in UTF-16 has a zero in most pairs, always in the same place of the pair.
    for encoding, zeros in (("utf-16-le", data[1::2]), ("utf-16-be", data[::2])):
        if zeros.count(0) > len(zeros) / 2 and data.count(0) == zeros.count(0):
            return encoding
    return "utf-8-sig"


def _is_misread(raw: str) -> bool:
    """Whether the accented letters are mostly not of the Vietnamese alphabet: another code read as this one."""
    letters = [c for c in unicodedata.normalize("NFC", raw).lower() if c in _LETTERS or c in _FOREIGN]
    foreign = sum(c in _FOREIGN for c in letters)
    return foreign > 5 and foreign > len(letters) / 5
