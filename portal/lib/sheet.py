"""Tables to take away: CSV and XLSX that a spreadsheet reads as Vietnamese, and as nothing but text and numbers."""

import csv
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from openpyxl import Workbook

# A spreadsheet takes a cell that begins so for a formula, full-width signs too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_UNSEEN = " \u00a0\u200b\ufeff"


def cell(value: Any) -> Any:
    """`value` as it stands in a cell; a text that could be run gets an apostrophe before it. Numbers stay numbers."""
    can_be_run = isinstance(value, str) and (value.startswith(_FORMULA) or value.lstrip(_UNSEEN).startswith(_FORMULA))
    return f"'{value}" if can_be_run else value


def csv_response(name: str, rows: Iterable[Iterable[Any]]) -> HttpResponse:
    """The download `name`.csv of `rows`, the first of which is the head. Its mark of UTF-8 is for Excel."""
    response = HttpResponse(
        "\ufeff", "text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}.csv"'}
    )
    csv.writer(response).writerows([cell(value) for value in row] for row in rows)
    return response


def xlsx_response(name: str, title: str, rows: Iterable[Iterable[Any]]) -> HttpResponse:
    """The download `name`.xlsx: one sheet called `title` with `rows`, the first of which is the head."""
    response = HttpResponse(content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'})
    book = Workbook(write_only=True)
    page = book.create_sheet(title)
    for row in rows:
        page.append([cell(value) for value in row])
    book.save(response)
    return response
