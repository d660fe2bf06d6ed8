"""`manage.py import_hotlines FILE [--dry-run] [--create-offices]`: the same import as in the admin."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from hotlines import exchange, tables

VERBS = {"add": "thêm", "change": "sửa", "same": "không đổi", "bad": "không nhận"}


class Command(BaseCommand):
    help = "Nhập đường dây nóng từ tệp CSV hoặc XLSX; dòng hỏng được nêu tên, dòng tốt vẫn vào."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="tệp .csv (UTF-8) hoặc .xlsx")
        parser.add_argument("--dry-run", action="store_true", help="chỉ báo cáo, không ghi")
        parser.add_argument("--create-offices", action="store_true", help="thêm cơ quan chưa có trong danh bạ")

    def handle(self, *, file, dry_run, create_offices, **options):
        def watch(rows):
            return tqdm(rows, unit=" dòng", disable=None)

        try:
            table = tables.read(file.name, file.read_bytes())
            report = exchange.take(table, by=None, makes_offices=create_offices, is_trial=dry_run, watch=watch)
        except (OSError, ValueError) as refusal:
            raise CommandError(str(refusal)) from refusal
        for row in report.of("bad"):
            self.stdout.write(f"Dòng {row.number}: {' '.join(row.reasons)} [{row.shown}]")
        for column in report.unknown_columns:
            self.stdout.write(f"Cột “{column}” không được dùng.")
        counts = ", ".join(f"{VERBS[verb]} {n}" for verb, n in report.counts.items())
        self.stdout.write(f"{'Chạy thử: ' if dry_run else ''}{counts}; cơ quan mới {len(report.new_offices)}.")
