"""Looks after the media store: makes missing widths of pictures again, removes files that no row names."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from tqdm import tqdm

from news import media
from news.models import Attachment, Picture
from portal.models import Banner, SiteProfile

FILES = {"attachments": (Attachment, "file"), "banners": (Banner, "image"), "emblem": (SiteProfile, "emblem")}


class Command(BaseCommand):
    help = (
        "Tạo lại các cỡ ảnh còn thiếu, xóa tệp ảnh, đính kèm, biểu ngữ, biểu trưng mà cơ sở dữ liệu không còn nhắc tới."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--hours", type=float, default=24, help="chỉ xóa tệp cũ hơn số giờ này (mặc định 24)")

    def handle(self, *, hours: float, **_: Any) -> None:
        made, lost = [], []
        known: set[str] = set()
        for picture in tqdm(Picture.objects.shown(), unit="ảnh", leave=False, disable=not self.stdout.isatty()):
            known.update(picture.files)
            try:
                made += media.mend(picture)
            except (OSError, ValueError) as error:
                lost.append(f"ảnh {picture.pk} ({picture}): {error}")
        for model, field in FILES.values():
            known.update(model.objects.values_list(field, flat=True))
        gone = [
            name
            for folder in ("images", *FILES)
            for name in media.orphans(folder, known, timezone.now() - timedelta(hours=hours))
        ]
        media.remove_files(gone)
        for line in lost:
            self.stderr.write(f"Không đọc được {line}")
        self.stdout.write(f"Đã tạo lại {len(made)} cỡ ảnh, xóa {len(gone)} tệp thừa.")
