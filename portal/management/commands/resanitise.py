"""`manage.py resanitise`: stored HTML that the sanitiser of today would not let pass, found (--check) or cleaned.

Needed after the allow-list has become narrower, and as a look after a dump from elsewhere was loaded.
"""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.db.models import Model
from tqdm import tqdm

from portal.lib import audit, html
from portal.lib.fields import HTMLField


class Command(BaseCommand):
    help = "Làm sạch lại mọi nội dung HTML đã lưu. --check: chỉ báo cáo, có dòng khác thì thoát với mã 1."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="chỉ báo cáo, không sửa gì")

    def handle(self, *, check: bool, **_: Any) -> None:
        kinds = list(html_fields())
        total = sum(model._base_manager.count() for model, _ in kinds)
        seen = changed = 0
        with tqdm(total=total, unit="dòng", leave=False, disable=None) as progress:
            for model, name in kinds:
                for pk, stored in rows(model, name):
                    seen += 1
                    progress.update()
                    if (cleaned := cleaned_or_empty(stored)) != stored:
                        changed += 1
                        self.stdout.write(f"{model._meta.label} {pk}, {name}: {difference(stored, cleaned)}")
                        if not check:
                            repair(model, name, pk, stored, cleaned)
        verb = "khác với bản sạch" if check else "đã làm sạch"
        self.stdout.write(f"{seen} dòng đã xem, {changed} dòng {verb}.")
        if check and changed:
            raise CommandError("Chạy manage.py resanitise để làm sạch.")


def html_fields() -> Iterator[tuple[type[Model], str]]:
    """(model, field) of all stored HTML, past versions too."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, HTMLField) and not model._meta.proxy:
                yield model, field.attname


def rows(model: type[Model], name: str) -> Iterator[tuple[Any, str]]:
    """(pk, HTML as it stands in the table), a few at a time."""
    last: Any = None
    while True:
        queryset = model._base_manager.order_by("pk")
        batch = list((queryset if last is None else queryset.filter(pk__gt=last)).values_list("pk", name)[:200])
        if not batch:
            return
        yield from ((pk, value or "") for pk, value in batch)
        last = batch[-1][0]


def cleaned_or_empty(stored: str) -> str:
    """What `html.clean` makes of it; of what it refuses to read (too long, too deep) the bare words remain."""
    try:
        return html.clean(stored)
    except ValueError:
        return html.paragraphs(html.plain(stored)[: html.MAX_INPUT])


def difference(stored: str, cleaned: str) -> str:
    """The place where the two part, on one line."""
    at = next(
        (i for i, (a, b) in enumerate(zip(stored, cleaned, strict=False)) if a != b), min(len(stored), len(cleaned))
    )
    return f"{len(stored)} → {len(cleaned)} ký tự, khác từ …{json.dumps(stored[max(0, at - 20) : at + 40], ensure_ascii=False)}"


def repair(model: type[Model], name: str, pk: Any, stored: str, cleaned: str) -> None:
    """Writes the clean text unless somebody has just written another; the audit log keeps that it was done."""
    table, column = (connection.ops.quote_name(part) for part in (model._meta.db_table, name))
    key = connection.ops.quote_name(model._meta.pk.column)
    with transaction.atomic(), connection.cursor() as cursor:
        # Plain SQL: the field would clean what it compares with, and no version shall be made of a repair.
        cursor.execute(
            f"UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s",  # noqa: S608 - names of our models # nosec B608
            [cleaned, pk, stored],
        )
        if cursor.rowcount:
            thing = model._base_manager.get(pk=pk)
            audit.record("Cleaned again", thing, by=None, field=name, before=len(stored), after=len(cleaned))
