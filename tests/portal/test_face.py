"""What the public pages look like by data: dress, tiles, places of banners; the page of styles; weight of sheets and scripts."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal import styling
from portal.lib import pagecache, sheets
from portal.models import Banner, MenuItem
from tests.factories import make_article, make_page, make_profile

ROOT = Path(__file__).resolve().parents[2]
STATIC, TEMPLATES = ROOT / "static", ROOT / "templates"
DAY = timedelta(days=1)


def dress_of(reader):
    pagecache.forget()
    return re.search(r"<html[^>]*>", reader.get("/").content.decode())[0]


@pytest.mark.parametrize(
    ("dress", "until", "shown"),
    [
        ("", None, '<html lang="vi">'),
        ("tet", None, '<html lang="vi" data-dress="tet">'),
        ("mourning", DAY, '<html lang="vi" data-dress="mourning">'),
        ("mourning", -DAY, '<html lang="vi">'),
    ],
)
def test_the_portal_is_dressed_as_the_profile_says_until_the_time_is_over(reader, dress, until, shown):
    make_profile(dress=dress, dress_until=until and timezone.now() + until)
    assert dress_of(reader) == shown


@pytest.mark.parametrize(
    ("chosen", "scheme"),
    [
        ({}, "nền sáng"),
        ({"accent": "blue"}, "xanh lam"),
        ({"accent": "green"}, "xanh lục"),
        ({"accent": "indigo"}, "chàm"),
        ({"accent": "green", "dress": "tet"}, "Tết"),
        ({"accent": "green", "dress": "mourning"}, "quốc tang"),
    ],
)
def test_the_bar_of_a_telephone_has_the_deep_colour_of_the_portal(reader, chosen, scheme):
    make_profile(**chosen)
    page = reader.get("/").content.decode()
    tokens = next(tokens for name, tokens in styling.schemes().items() if name.startswith(scheme))
    assert re.findall(r'name="theme-color" content="([^"]+)"', page) == [tokens["brand-deep"]]


@pytest.mark.django_db
def test_the_database_knows_the_colours_too():
    with pytest.raises(IntegrityError, match="profile_accent_is_known"), transaction.atomic():
        make_profile(accent="pink")


def test_sheets_wear_what_the_portal_wears(reader):
    make_profile(accent="green", dress="mourning")
    for address in (make_article().get_print_url(), "/duong-day-nong/ban-in/", "/quan-tri/login/"):
        page = reader.get(address).content.decode()
        assert '<html lang="vi" data-accent="green" data-dress="mourning">' in page
        assert page.index("css/site.") < page.index("css/accents.")


def test_the_end_of_the_dress_is_a_moment_at_which_pages_change(db):
    now = timezone.now()
    profile = make_profile(dress="tet", dress_until=now + DAY)
    assert type(profile).objects.next_change(now) == now + DAY
    assert type(profile).objects.next_change(now + DAY) is None


def test_a_menu_item_can_be_a_tile_and_those_of_the_first_level_come_first(reader):
    make_article()
    above = MenuItem.objects.create(label="Giới thiệu", target="none", order=1)
    MenuItem.objects.create(label="Liên hệ", parent=above, target="page", page=make_page(), order=1, is_task=True)
    MenuItem.objects.create(label="Bản đồ", target="map", order=9, is_task=True)
    tiles = re.search(r'<ul class="tasks">(.*?)</ul>', reader.get("/").content.decode(), re.DOTALL)[1]
    assert re.findall(r"</svg>([^<]+)</a>", tiles) == ["Bản đồ", "Liên hệ"]


def test_icons_are_those_that_templates_and_tiles_ask_for():
    pages = "".join(page.read_text(encoding="utf-8") for page in TEMPLATES.rglob("*.html"))
    tiles = {MenuItem(target=target).icon for target, _ in MenuItem._meta.get_field("target").choices}
    asked = tiles | set(re.findall(r'"icons/(\w+)\.svg"', pages))
    assert asked == {drawing.stem for drawing in (TEMPLATES / "icons").iterdir()}


def test_no_drawing_of_the_first_screen_is_a_document_of_its_own(reader):
    """The renderer would parse, lay out and paint it beside the page: DECISIONS."""
    make_profile()
    page = reader.get("/").content.decode()
    assert [part for part in re.findall(r'<[^>]+\.svg"[^>]*>', page) if 'loading="lazy"' not in part] == []
    assert page.count('<svg class="emblem" aria-hidden="true"') == 2


def test_a_banner_stands_at_its_place_and_nowhere_else(reader):
    page = make_page()
    for place in ("column", "home", "foot"):
        picture = ContentFile((STATIC / "img/emblem.svg").read_bytes(), name="a.svg")
        banner = Banner(title=place, alt=f"Hình {place}", place=place, link="/", starts_at=timezone.now() - DAY)
        banner.image.save("a.svg", picture, save=False)
        Banner.objects.bulk_create([banner])

    def shown(address):
        return re.findall(r'alt="Hình (\w+)"', reader.get(address).content.decode())

    assert shown("/") == ["home", "column", "foot"]
    assert shown(page.get_absolute_url()) == ["column", "foot"]


def test_the_page_of_styles_is_for_staff_and_shows_every_part(client, admin_client):
    assert client.get("/quan-tri/kieu-dang/").status_code == 302
    answer = admin_client.get("/quan-tri/kieu-dang/?dress=tet")
    page = answer.content.decode()
    assert '<html lang="vi" data-dress="tet">' in page
    for part in (
        "alert-emergency",
        "button-quiet",
        "notice-error",
        "card-title",
        "banners-home",
        "contents",
        "results",
    ):
        assert f'{part}"' in page or f"{part} " in page
    assert 'data-dress="evil' not in admin_client.get("/quan-tri/kieu-dang/?dress=evil").content.decode()


def test_what_is_written_on_what_holds_its_contrast_in_every_scheme():
    schemes = styling.schemes()
    assert len(schemes) == 13
    weak = [(name, *pair) for name, tokens in schemes.items() for pair in styling.contrasts(tokens) if pair[2] < 4.5]
    assert weak == []


def test_paper_is_written_on_in_dark_ink_however_the_screen_is():
    printed = dict(re.findall(r"--([\w-]+): (#\w+)", (STATIC / "css/print.css").read_text()))
    inks = {"ink", "ink-soft", "brand-ink", "info", "warning", "danger", "good"}
    assert {ink: styling.contrast(printed[ink], "#fff") > 7 for ink in inks} == dict.fromkeys(inks, True)


def test_contrast_is_measured_as_wcag_does():
    assert styling.contrast("#fff", "#000") == 21
    assert styling.contrast("#777777", "#fff") == 4.48


def joined():
    names = re.findall(r'@import url\("([\w.]+)"\)', (STATIC / "css/site.css").read_text())
    return sheets.shortened("".join((STATIC / "css" / name).read_text() for name in names))


def test_the_sheets_of_a_public_page_weigh_less_than_30_kilobytes():
    assert 20_000 < len(joined().encode()) < 30_000


def test_a_sheet_is_shortened_without_changing_what_it_says():
    sheet = '/* a */\n.a > b, .c :is(d, e) {\n  margin: calc(0.5rem + 1px) 10.5px;\n  content: " (";\n}\n'
    assert sheets.shortened(sheet) == '.a>b,.c :is(d,e){margin:calc(.5rem + 1px) 10.5px;content:" ("}'
