"""`manage.py seed_demo`: a sample authority with news, offices, polls and pages. Its content: portal/demo."""

from argparse import ArgumentParser
from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone
from tqdm import tqdm

from portal.demo.seeding import Demo


class Command(BaseCommand):
    help = "Nạp dữ liệu mẫu (Quận Thanh Xuân). Chạy lại không nhân đôi và không ghi đè nội dung đã sửa."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quiet", action="store_true", help="không in gì và không hiện tiến độ")

    def handle(self, *, quiet: bool, **_: Any) -> None:
        demo = Demo(timezone.now())
        jobs = demo.jobs()
        silent = quiet or not self.stdout.isatty()
        try:
            with transaction.atomic():
                created = sum(job() for job in tqdm(jobs, unit="mục", leave=False, disable=silent))
        except BaseException:
            # The rows are taken back by the database; nobody would find their files any more.
            for name in demo.files:
                default_storage.delete(name)
            raise
        if not quiet:
            self.stdout.write(f"Dữ liệu mẫu: {created} mục mới, {len(jobs) - created} mục đã có.")
