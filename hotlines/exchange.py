"""Hotlines out into a table and in from one: good rows come in, bad ones are named with their reasons.

A row means the hotline of its "Mã số"; without one, that of the same office, purpose, number and extension. A column
that is missing changes nothing. The same file again changes nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from hotlines.models import Hotline, Office
from hotlines.tables import Table
from portal.lib import audit, text

# The words of the file, not of a screen: they stay whatever language the screens speak.
COLUMNS = {
    "pk": "Mã số",
    "office": "Cơ quan",
    "purpose": "Mục đích",
    "purpose_en": "Mục đích (tiếng Anh)",
    "number": "Số điện thoại",
    "extension": "Máy lẻ",
    "duty": "Giờ trực",
    "hours": "Giờ ghi bằng lời",
    "order": "Thứ tự",
    "is_in_box": "Trong hộp",
    "is_emergency": "Khẩn cấp",
    "is_switchboard": "Tổng đài",
    "owner": "Người phụ trách",
    "checked_on": "Kiểm tra ngày",
    "next_check_on": "Kiểm tra lại ngày",
    "note": "Ghi chú",
}
ALIASES = {"don vi": "office", "noi dung tiep nhan": "purpose"}  # what the screens of the admin call them
NEEDED = ("office", "purpose", "number")
SET = [name for name in COLUMNS if name not in {"pk", "office", "owner"}]
_YES_NO = {"co": True, "x": True, "1": True, "yes": True, "true": True, "dung": True}
_YES_NO |= {"khong": False, "0": False, "no": False, "false": False, "sai": False, "": False}


@dataclass
class Row:
    """One row of the file and what becomes of it: "add", "change", "same" or "bad"."""

    number: int
    shown: str
    verb: str = "bad"
    reasons: list[str] = field(default_factory=list)  # why it is bad
    warnings: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)  # labels of the columns that change
    hotline: Hotline | None = None


@dataclass
class Report:
    """What an import does, or would do."""

    rows: list[Row] = field(default_factory=list)
    new_offices: list[Office] = field(default_factory=list)
    unknown_columns: list[str] = field(default_factory=list)

    def of(self, verb: str) -> list[Row]:
        return [row for row in self.rows if row.verb == verb]

    @property
    def counts(self) -> dict[str, int]:
        return {verb: len(self.of(verb)) for verb in ("add", "change", "same", "bad")}


# --- In ---------------------------------------------------------------------------------------------------------------
@transaction.atomic
def take(
    table: Table,
    *,
    by: User | None,
    makes_offices: bool = False,
    is_trial: bool = False,
    watch: Callable[[Sequence[Any]], Iterable[Any]] = iter,
) -> Report:
    """Brings the rows of `table` in, or with `is_trial` only tells what would happen. `watch` sees the rows go by.

    Raises ValueError with a Vietnamese sentence when the head is not that of such a table.
    """
    columns, unknown = _head(table[0][1])
    with connection.cursor() as cursor:  # nobody else writes between the look and the writing
        cursor.execute("LOCK TABLE hotlines_hotline, hotlines_office IN SHARE ROW EXCLUSIVE MODE")
    reader = _Reader(columns, makes_offices)
    for number, cells in watch(table[1:]):
        reader.read(number, cells)
    report = Report(reader.rows, [o for o in reader.new_offices if o in reader.used], unknown)
    if not is_trial and (report.of("add") or report.of("change")):
        _write(report)
        audit.record("Imported hotlines", None, by=by, offices=len(report.new_offices), **report.counts)
    return report


def _head(cells: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    known = ALIASES | {text.fold(label): name for name, label in COLUMNS.items()}
    places = {known[text.fold(cell)]: place for place, cell in enumerate(cells) if text.fold(cell) in known}
    missing = [COLUMNS[name] for name in NEEDED if name not in places]
    if missing:
        raise ValueError(
            _("The first row has to name the columns; missing: %(columns)s.") % {"columns": ", ".join(missing)}
        )
    return places, [cell for cell in cells if cell and text.fold(cell) not in known]


def _write(report: Report) -> None:
    for office in report.new_offices:
        office.save()
    added = [row.hotline for row in report.of("add") if row.hotline]
    changed = [row.hotline for row in report.of("change") if row.hotline]
    touched = {row.hotline.office for row in report.of("add") + report.of("change") if row.hotline}
    lost = {hotline.was_at for hotline in changed}  # type: ignore[attr-defined]
    Hotline.objects.bulk_create(added)
    Hotline.objects.bulk_update(changed, ["office", "owner", "dialled", *SET], batch_size=500)
    pks = {office.pk for office in touched} | lost
    for office in Office.objects.filter(pk__in=pks).prefetch_related("hotlines"):
        office.save(update_fields=["title_words", "text_words"])  # search finds an office by its numbers


class _Reader:
    """Reads row after row against the directory as it stands; a few queries for all of them."""

    def __init__(self, columns: dict[str, int], makes_offices: bool):
        self.columns, self.makes_offices = columns, makes_offices
        self.rows: list[Row] = []
        offices = list(Office.objects.all())
        short = Counter(text.fold(office.abbreviation) for office in offices)
        self.offices = {text.fold(o.abbreviation): o for o in offices if short[text.fold(o.abbreviation)] == 1}
        self.offices |= {text.fold(o.name): o for o in offices}
        self.users = {user.username: user for user in User.objects.filter(is_active=True, is_staff=True)}
        self.lines = {line.pk: line for line in Hotline.objects.select_related("office", "owner")}
        self.before = {pk: _state(line) for pk, line in self.lines.items()}
        self.keys = {_key(line): line.pk for line in self.lines.values()}
        self.places: dict[str, set[tuple]] = {}  # dialled number: where it stands
        for line in self.lines.values():
            self.places.setdefault(line.dialled, set()).add((line.office.name, line.purpose))
        self.boards = {line.office.name: line.pk for line in self.lines.values() if line.is_switchboard}
        self.new_offices: list[Office] = []
        self.used: list[Office] = []
        self.seen: dict[Any, int] = {}  # key or pk of a hotline: row that was about it

    def read(self, number: int, cells: Sequence[str]) -> None:
        given = {name: cells[place] if place < len(cells) else "" for name, place in self.columns.items()}
        row = Row(number, " · ".join(given[name] for name in NEEDED))
        self.rows.append(row)
        try:
            office = self._office(given["office"])
            row.hotline = self._hotline(given, office, row)
        except ValidationError as refusal:
            row.reasons = list(_reasons(refusal))
            return
        self.used.append(office)
        self._compare(row, row.hotline)

    def _office(self, name: str) -> Office:
        if not name:
            raise ValidationError({"office": _("The name of the office is missing.")})
        office = self.offices.get(text.fold(name))
        if office is None and self.makes_offices:
            office = Office(name=name)
            office.clean_fields(exclude=["parent"])
            self.offices[text.fold(name)] = office
            self.new_offices.append(office)
        if office is None:
            raise ValidationError({"office": _("There is no office “%(name)s” in the directory.") % {"name": name}})
        return office

    def _hotline(self, given: dict[str, str], office: Office, row: Row) -> Hotline:
        """The hotline that the row means, with what the row says; nothing is written."""
        values = _values(given)
        errors: dict[str, Any] = {}
        refusals = {name: value for name, value in values.items() if isinstance(value, ValidationError)}
        line = self._meant(given, office, values) if not refusals else Hotline()
        line.was_at, line.office = line.office_id, office  # type: ignore[attr-defined]
        for name, value in values.items():
            if name not in refusals:
                setattr(line, name, value)
        if given.get("owner"):
            line.owner = self.users.get(given["owner"])
            if not line.owner:
                errors["owner"] = _("There is no such member of staff.")
        elif "owner" in given:
            line.owner = None
        try:
            line.clean_fields(exclude=["office", "owner", "dialled", *refusals])
            line.clean()
        except ValidationError as refusal:
            errors |= refusal.message_dict
        if refusals or errors:
            raise ValidationError({**refusals, **errors})
        line.prepare()
        self._alone(line, row)
        return line

    def _meant(self, given: dict[str, str], office: Office, values: dict[str, Any]) -> Hotline:
        if given.get("pk"):
            found = self.lines.get(int(given["pk"])) if given["pk"].isascii() and given["pk"].isdigit() else None
            if found is None:
                raise ValidationError({"pk": _("There is no hotline with this number; leave it empty for a new one.")})
            return found
        same = Hotline(office=office, **{name: values[name] for name in ("purpose", "number")})
        same.extension = values.get("extension", "")
        try:
            same.prepare()
        except ValueError:
            return Hotline()  # `clean_fields` says why
        return self.lines.get(self.keys.get(_key(same), 0)) or Hotline(is_in_box=False)

    def _alone(self, line: Hotline, row: Row) -> None:
        """Refuses what stands in the file or in the directory already; warns of a number that others have, too."""
        key = _key(line)
        for mark in filter(None, (key, line.pk)):
            if mark in self.seen:
                raise ValidationError(_("The same hotline stands in row %(row)s already.") % {"row": self.seen[mark]})
        if self.keys.get(key, line.pk) != line.pk:
            raise ValidationError(_("This office already has this number for this purpose."))
        if line.is_switchboard and self.boards.setdefault(line.office.name, line.pk or -row.number) not in {
            line.pk,
            -row.number,
        }:
            raise ValidationError({"is_switchboard": _("The office already has a switchboard.")})
        self.seen |= dict.fromkeys(filter(None, (key, line.pk)), row.number)
        others = self.places.setdefault(line.dialled, set()) - {(line.office.name, line.purpose)}
        if others:
            shown = "; ".join(sorted(f"{office} – {purpose}" for office, purpose in others)[:3])
            row.warnings.append(_("The same number also stands at: %(places)s.") % {"places": shown})
        self.places[line.dialled].add((line.office.name, line.purpose))

    def _compare(self, row: Row, line: Hotline) -> None:
        if line._state.adding:
            row.verb = "add"
            return
        now, before = _state(line), self.before[line.pk]
        row.changes = [COLUMNS[name] for name in now if now[name] != before[name]]
        row.verb = "change" if row.changes else "same"


def _key(line: Hotline) -> tuple:
    return line.office.name, line.purpose, line.dialled, line.extension


def _state(line: Hotline) -> dict[str, Any]:
    return {**{name: getattr(line, name) for name in SET}, "office": line.office_id, "owner": line.owner_id}


def _values(given: dict[str, str]) -> dict[str, Any]:
    """{field: value} of the cells; what cannot be read stands there as the ValidationError that says so."""
    values: dict[str, Any] = {}
    for name in SET:
        if name not in given:
            continue
        try:
            values[name] = _READERS.get(name, text.line)(given[name])
        except ValueError:
            values[name] = ValidationError(_("“%(value)s” is not understood.") % {"value": given[name]})
    return values


def _number(cell: str) -> str:
    """Spreadsheets take a telephone number for a number and drop its zero: "868216873"."""
    return f"0{cell}" if cell.isascii() and cell.isdigit() and 9 <= len(cell) <= 10 and cell[0] in "23456789" else cell


def _yes_no(cell: str) -> bool:
    try:
        return _YES_NO[text.fold(cell)]
    except KeyError:
        raise ValueError(cell) from None


def _order(cell: str) -> int:
    order = int(cell or 100) if cell.isascii() else -1
    if not 0 <= order <= 2**31 - 1:
        raise ValueError(cell)
    return order


def _day(cell: str) -> date | None:
    if not cell:
        return None
    return date.fromisoformat(cell) if "-" in cell else datetime.strptime(cell, "%d/%m/%Y").date()


_READERS: dict[str, Callable[[str], Any]] = {
    "number": _number, "order": _order, "checked_on": _day, "next_check_on": _day,
    "is_in_box": _yes_no, "is_emergency": _yes_no, "is_switchboard": _yes_no,
}  # fmt: skip


def _reasons(refusal: ValidationError) -> Iterator[str]:
    if not hasattr(refusal, "error_dict"):
        yield from refusal.messages
        return
    for name, errors in refusal.message_dict.items():
        label = COLUMNS.get(name)
        yield from (f"{label}: {error}" if label else error for error in errors)


# --- Out --------------------------------------------------------------------------------------------------------------
def table(hotlines: Iterable[Hotline]) -> list[list[Any]]:
    """The rows of a file that `take` reads back without a change, the head first."""
    return [list(COLUMNS.values()), *([_cell(line, name) for name in COLUMNS] for line in hotlines)]


def _cell(line: Hotline, name: str) -> Any:
    value = getattr(line, name)
    if name == "owner":
        return value.username if value else ""
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return str(value) if name == "office" else "" if value is None else value
