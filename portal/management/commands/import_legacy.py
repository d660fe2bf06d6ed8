"""`manage.py import_legacy FILE…`: pages of the old portal, as text, into this one, with a report on each."""

import os
import sys
from argparse import ArgumentParser, ArgumentTypeError
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from tqdm import tqdm

from hotlines import tables
from portal.legacy import page, reading, storing
from portal.legacy.report import report

MANY = 100  # files after which the database is told at once how large its tables have become


class Command(BaseCommand):
    help = "Nhập các trang của cổng cũ (văn bản đã trích): bài viết, menu, đường dây nóng, lượt truy cập, bình chọn."

    def add_arguments(self, parser: ArgumentParser) -> None:
        dated = "ngày chụp trang, tức ngày của các số đếm; mặc định: ngày đăng bài"
        parser.add_argument("files", nargs="+", type=Path, metavar="TỆP", help="tệp văn bản, mỗi tệp một trang")
        parser.add_argument("--as-of", type=vietnamese_day, metavar="dd/mm/yyyy", help=dated)
        parser.add_argument(
            "--addresses",
            type=Path,
            metavar="TỆP",
            help="CSV hoặc XLSX hai cột: tên tệp, địa chỉ của trang trên cổng cũ",
        )
        parser.add_argument("--dry-run", action="store_true", help="chỉ báo cáo, không lưu gì")
        parser.add_argument("--quiet", action="store_true", help="chỉ in tệp không nhập được và dòng tổng kết")

    def handle(self, *, files: list[Path], dry_run: bool, addresses: Path | str | None = None, **options: Any) -> None:
        self.addresses = known_addresses(Path(addresses)) if addresses else {}
        # Without a terminal, or for a handful of files, a bar is only noise.
        is_shown = sys.stderr.isatty() and len(files) > 3
        with rehearsal(dry_run), tqdm(files, desc="Nhập trang cũ", unit="tệp", disable=not is_shown) as progress:
            failed = sum(not self.import_one(path, dry_run=dry_run, **options) for path in progress)
        if len(files) > MANY and not dry_run:
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        fate = "nhập được (thử, chưa lưu gì)" if dry_run else "đã nhập"
        self.stdout.write(f"{len(files) - failed}/{len(files)} tệp {fate}.")
        if failed:
            raise CommandError(f"{failed} tệp không nhập được (tên và lý do ở trên); không có gì của chúng được lưu.")

    def import_one(
        self, path: Path, *, as_of: date | None, dry_run: bool, quiet: bool, traceback: bool, **_: Any
    ) -> bool:
        """Whether the file was imported; if not, it was named with the reason and nothing of it is stored."""
        name = os.fsencode(path.name).decode(errors="replace")  # a name may be no text at all
        try:
            with transaction.atomic():
                raw, noted = reading.without_address(reading.read(path))
                found, address = page.parse(raw), self.addresses.get(name, noted)
                stored = storing.store(found, source=name, as_of=as_of, address=address)
                said = report(name, found, stored, is_rehearsal=dry_run)
        except reading.NotUnderstood as reason:
            self.say(self.stderr, f"✗ {name}: {reason}")
        except Exception as error:
            if traceback:
                raise
            self.say(
                self.stderr, f"✗ {name}: lỗi ngoài dự kiến, {type(error).__name__}: {error} (--traceback: xem chi tiết)"
            )
        else:
            if not quiet:
                self.say(self.stdout, said)
            return True
        return False

    def say(self, stream: Any, words: str) -> None:
        with tqdm.external_write_mode():
            stream.write(words)


def known_addresses(path: Path) -> dict[str, str]:
    """{name of a file: its address on the old portal} of a table."""
    try:
        rows = tables.read(path.name, path.read_bytes())
    except (OSError, ValueError) as refusal:
        raise CommandError(f"{path}: {refusal}") from refusal
    return {cells[0]: cells[1] for _number, cells in rows if len(cells) > 1 and "/" in cells[1]}


@contextmanager
def rehearsal(is_one: bool):
    """All as it would be, the files seeing each other's work, and in the end nothing stored."""
    if not is_one:
        yield
        return
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def vietnamese_day(given: str) -> date:
    try:
        return datetime.strptime(given, "%d/%m/%Y").date()
    except ValueError:
        raise ArgumentTypeError(f"“{given}” không phải ngày dạng dd/mm/yyyy, ví dụ 22/01/2025") from None
