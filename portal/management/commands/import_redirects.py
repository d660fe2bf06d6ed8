"""`manage.py import_redirects FILE`: addresses of the old portal and where they lead today."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from hotlines import tables
from portal import redirecting


class Command(BaseCommand):
    help = "Nhập bảng chuyển hướng (CSV hoặc XLSX, cột: Địa chỉ cũ, Địa chỉ mới); chạy lại không đổi gì."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="TỆP")
        parser.add_argument("--dry-run", action="store_true", help="chỉ báo cáo, không lưu gì")

    def handle(self, *, file, dry_run, **options):
        try:
            report = redirecting.take(tables.read(file.name, file.read_bytes()), by=None, is_trial=dry_run)
        except (OSError, ValueError) as refusal:
            raise CommandError(f"{file}: {refusal}") from refusal
        for row in report.of("bad"):
            self.stderr.write(f"✗ dòng {row.number}: {row.shown}: {' '.join(row.reasons)}")
        for row in report.doubtful:
            self.stderr.write(f"! dòng {row.number}: {row.shown}: {' '.join(row.doubts)}")
        fate = "sẽ thêm {add}, sẽ đổi {change}" if dry_run else "đã thêm {add}, đã đổi {change}"
        self.stdout.write(f"{fate}, giữ nguyên {{same}}, không nhận {{bad}}.".format(**report.counts).capitalize())
