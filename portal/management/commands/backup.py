"""`manage.py backup THƯ-MỤC`: database and media in a folder of their own, with checksums."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal import backup, pgtools


class Command(BaseCommand):
    help = "Sao lưu cơ sở dữ liệu và kho ảnh, tệp; --verify kiểm tra một bản đã có."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="nơi để các bản sao lưu; với --verify: một bản")
        parser.add_argument(
            "--keep", type=int, default=0, metavar="N", help="chỉ giữ N bản mới nhất (mặc định: giữ hết)"
        )
        parser.add_argument("--verify", action="store_true", help="đọc lại từng tệp của một bản và so mã kiểm tra")

    def handle(self, *, folder: Path, keep: int, verify: bool, **_: Any) -> None:
        try:
            if verify:
                manifest = backup.verify(folder)
                self.stdout.write(self.style.SUCCESS(f"Nguyên vẹn: {told(manifest)}"))
                return
            if settings.PGBOUNCER:
                raise CommandError(
                    "backup cần nối thẳng tới PostgreSQL: đặt DATABASE_URL không qua pgbouncer, PGBOUNCER=0."
                )
            path = backup.make(folder)
            self.stdout.write(self.style.SUCCESS(f"{path}: {told(backup.read_manifest(path))}"))
            for gone in backup.thin(folder, keep) if keep > 0 else ():
                self.stdout.write(f"Đã xoá bản cũ {gone.name}")
        except (backup.Unsound, pgtools.NoProgram) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(
                f"Không đọc hay ghi được {error.filename or folder} — {error.strerror or error}"
            ) from error


def told(manifest: dict[str, Any]) -> str:
    rows = sum(n for n, _ in manifest["tables"].values())
    size = manifest["database"]["size"] + sum(size for size, _ in manifest["media"].values())
    return f"{len(manifest['tables'])} bảng, {rows:,} dòng, {len(manifest['media']):,} tệp, {size / 1e6:,.1f} MB."
