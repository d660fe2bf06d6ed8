"""Reads a table out of an uploaded CSV or XLSX file, whatever a spreadsheet has made of it. Pure: bytes in, texts out."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from portal.lib import text

MAX_BYTES, MAX_UNPACKED = 5 * 1024 * 1024, 50 * 1024 * 1024
MAX_ROWS, MAX_COLUMNS, MAX_CELL = 5000, 40, 1000
_ARMED = re.compile(r"^'(?=[=+\-@0-9＝＋－＠\t\r\n])")

Table = list[tuple[int, list[str]]]  # (number of the row as the spreadsheet counts, its cells)


def read(name: str, content: bytes) -> Table:
    """The rows of the file `name` that hold anything, the head first. Raises ValueError with a Vietnamese sentence."""
    if len(content) > MAX_BYTES:
        raise ValueError(_("The file is larger than 5 MB."))
    rows = _xlsx(content) if name.lower().endswith(".xlsx") else _csv(content)
    table = []
    for number, row in enumerate(rows, start=1):
        cells = [_text(value) for value in row[:MAX_COLUMNS]]
        if any(cells):
            table.append((number, cells))
        if len(table) > MAX_ROWS + 1:
            raise ValueError(_("The file has more than 5,000 rows; please part it."))
    if not table:
        raise ValueError(_("The file is empty."))
    return table


def _xlsx(content: bytes) -> Iterator[Any]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            size = sum(part.file_size for part in parts.infolist())
        if size > MAX_UNPACKED:
            raise ValueError
        first = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False).worksheets[0]
        first.reset_dimensions()
        yield from first.iter_rows(values_only=True, max_row=10 * MAX_ROWS, max_col=MAX_COLUMNS)
    except Exception as broken:  # openpyxl lets out whatever its parsers raise
        raise ValueError(_("The file cannot be read as XLSX. Please save it again from the spreadsheet.")) from broken


def _csv(content: bytes) -> Iterator[list[str]]:
    try:
        words = content.decode("utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(_("The file is not in UTF-8. In Excel choose “CSV UTF-8” when saving, or XLSX.")) from None
    head = words.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    try:
        yield from csv.reader(io.StringIO(words.replace("\0", ""), newline=""), delimiter=delimiter)
    except csv.Error as broken:
        raise ValueError(_("The file cannot be read as CSV.")) from broken


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime | date):
        return f"{value:%d/%m/%Y}"
    return _ARMED.sub("", text.line(str(value)[:MAX_CELL]))
