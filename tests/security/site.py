"""A small site with one of everything, and the addresses of all of it."""

from pathlib import Path

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.urls import NoReverseMatch, reverse
from PIL import Image

from portal.models import Alert, Banner, MenuItem, RelatedLink
from tests.factories import make_article, make_category, make_hotline, make_office, make_page, make_poll, make_profile


def fill():
    """Things of every kind, saved."""
    Path(settings.MEDIA_ROOT, "banners").mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (1, 1)).save(Path(settings.MEDIA_ROOT, "banners/a.webp"))
    category = make_category(name="Y tế")
    office = make_office()
    return [
        make_profile(), category, make_article(category=category, office=office), make_article(state="draft"), office,
        make_hotline(office=office), make_poll(), make_page(title="Giới thiệu"), Alert.objects.create(text="Bão"),
        MenuItem.objects.create(label="Bản đồ", target="map"), RelatedLink.objects.create(title="Sở", url="https://hanoi.gov.vn"),
        Banner.objects.create(title="B", image="banners/a.webp", alt="x", width=1, height=1), User.objects.first(),
    ]  # fmt: skip


def addresses_of(things):
    """Where citizens and staff find `things`, and the lists and empty forms of everything the admin knows."""
    found = [
        "/",
        "/tin-tuc/",
        "/tim-kiem/",
        "/thong-ke/",
        "/duong-day-nong/",
        "/quan-tri/",
        "/quan-tri/login/",
        "/binh-chon/",
    ]
    for thing in filter(None, things):
        if hasattr(thing, "get_absolute_url"):
            found.append(thing.get_absolute_url())
        for view in ("change", "delete", "history"):
            found += _reversed(f"admin:{thing._meta.app_label}_{thing._meta.model_name}_{view}", [thing.pk])
    for model in admin.site._registry:
        for view in ("changelist", "add"):
            found += _reversed(f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}", [])
    return found


def _reversed(name, arguments):
    try:
        return [reverse(name, args=arguments)]
    except NoReverseMatch:
        return []
