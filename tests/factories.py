"""Makers of content with sensible defaults; a test names only what it is about."""

from datetime import timedelta
from importlib import import_module
from itertools import count
from pathlib import Path

from django.apps import apps
from django.db.migrations import RunPython
from django.utils import timezone
from PIL import Image

import portal.migrations
from hotlines.models import Hotline, Office, Official
from news import media
from news.models import Article, Category
from polls.models import Option, Poll
from portal.models import Page, SiteProfile

_numbers = count(1)


def make_profile(**fields):
    return SiteProfile.objects.create(**{"id": 1, "name": "Quận Mẫu", "superior": "Thành phố Mẫu", **fields})


def make_roles():
    """The groups with their rights, as the migrations make them: a test that empties all tables empties these too."""
    for file in sorted(Path(portal.migrations.__file__).parent.glob("0*.py")):
        for operation in import_module(f"portal.migrations.{file.stem}").Migration.operations:
            if isinstance(operation, RunPython) and operation.code.__module__ == "portal.roles":
                operation.code(apps, None)


def make_category(**fields):
    return Category.objects.create(**{"name": f"Chuyên mục {next(_numbers)}", **fields})


def make_article(**fields):
    """A published article of an hour ago."""
    n = next(_numbers)
    fields.setdefault("category", None)
    fields["category"] = fields["category"] or Category.objects.first() or make_category()
    defaults = {
        "title": f"Bài viết số {n}",
        "lead": f"Tóm tắt {n}",
        "body": f"<p>Nội dung {n}</p>",
        "state": Article.State.PUBLISHED,
        "published_at": timezone.now() - timedelta(hours=1),
        "reason": "Thiếu số liệu" if fields.get("state") == Article.State.RETURNED else "",
    }
    return Article.objects.create(**{**defaults, **fields})


def make_picture(size=(40, 30), **fields):
    """A picture of the library that no other is like."""
    pixels = Image.effect_noise((40, 30), 60).convert("RGB").resize(size)  # noise of any size takes long to encode
    return media.store(pixels, **{"alt": f"Ảnh số {next(_numbers)}", **fields})[0]


def make_office(**fields):
    return Office.objects.create(**{"name": f"Phòng số {next(_numbers)}", **fields})


def make_hotline(**fields):
    fields.setdefault("office", None)
    fields["office"] = fields["office"] or make_office()
    return Hotline.objects.create(**{"purpose": "Tiếp công dân", "number": "024.62933647", **fields})


def make_official(**fields):
    fields["office"] = fields.get("office") or make_office()
    defaults = {"name": "Nguyễn Văn Mẫu", "position": "Chủ tịch UBND", "phone": "024.62933647"}
    return Official.objects.create(**{**defaults, **fields})


def make_poll(options=("Rất tốt", "Tốt", "Chưa tốt"), **fields):
    """An open poll of yesterday."""
    defaults = {"question": "Có hài lòng không?", "is_approved": True, "opens_at": timezone.now() - timedelta(days=1)}
    poll = Poll.objects.create(**{**defaults, **fields})
    Option.objects.bulk_create(Option(poll=poll, text=text, order=i) for i, text in enumerate(options))
    return poll


def make_page(**fields):
    return Page.objects.create(**{"title": f"Trang {next(_numbers)}", "body": "<p>Nội dung trang</p>", **fields})
