"""`manage.py restore BẢN`: an empty database becomes the one that was backed up; anything else needs a word."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError

from portal import backup, pgtools


class Command(BaseCommand):
    help = "Phục hồi một bản sao lưu; kiểm tra trọn bản trước khi ghi, so lại từng bảng sau khi ghi."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="thư mục của bản sao lưu")
        parser.add_argument("--overwrite", action="store_true", help="thay cả dữ liệu đang có trong cơ sở dữ liệu")

    def handle(self, *, path: Path, overwrite: bool, **_: Any) -> None:
        if settings.PGBOUNCER:
            raise CommandError(
                "restore cần nối thẳng tới PostgreSQL: đặt DATABASE_URL không qua pgbouncer và PGBOUNCER=0."
            )
        try:
            manifest = backup.verify(path)
            self.refuse(overwrite)
            wrong = backup.restore(path, manifest)
        except (backup.Unsound, pgtools.NoProgram) as error:
            raise CommandError(str(error)) from error
        if wrong:
            raise CommandError("Đã ghi nhưng không khớp bản sao lưu:\n" + "\n".join(wrong))
        self.stdout.write(
            self.style.SUCCESS(f"Khớp từng dòng: {len(manifest['tables'])} bảng, {len(manifest['media'])} tệp.")
        )
        self.stdout.write("Tiếp theo: manage.py deploy (bản sao lưu có thể cũ hơn mã đang cài), rồi chạy máy chủ.")

    def refuse(self, overwrite: bool) -> None:
        """Raises CommandError unless nothing is lost, or the word was said and nobody is using the database."""
        if not overwrite and (tables := backup.all_tables()):
            raise CommandError(f"Cơ sở dữ liệu đã có {len(tables)} bảng. Muốn thay tất cả: thêm --overwrite.")
        if not overwrite and next(backup.walk(default_storage), None):
            raise CommandError("Kho ảnh và tệp (MEDIA_ROOT) đã có tệp. Muốn thay: thêm --overwrite.")
        if n := backup.others():
            raise CommandError(f"Còn {n} kết nối khác đang dùng cơ sở dữ liệu: dừng máy chủ của cổng trước.")
