"""The pages below /en/: the address alone decides, everything of the chrome is English, and what is not says so."""

import re
from datetime import date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from hotlines import duty
from hotlines.models import Holiday, Official, Succession
from portal import mediafiles
from portal.lib import clock, live
from portal.models import Alert, MenuItem, Page
from tests.conftest import BROWSER
from tests.desk import page_of, said
from tests.factories import (
    make_article,
    make_category,
    make_hotline,
    make_office,
    make_official,
    make_page,
    make_picture,
    make_profile,
)

pytestmark = pytest.mark.django_db
VIETNAMESE_LETTER = re.compile("[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE)
SWITCH = re.compile(r'<a class="language" href="([^"]+)" lang="(..)" hreflang="(..)">([^<]+)</a>')


@pytest.fixture
def district():
    """An authority with an English name, a translated page and one that is not, an office, a number, an official."""
    make_profile(name="Quận Mẫu", name_en="Model District", title_en="Official web portal", description_en="A model.")
    top = make_page(title="Giới thiệu", title_en="About us", body="<p>Chào</p>", body_en="<p>Welcome</p>")
    make_page(title="Lịch sử", parent=top, body="<p>Ngày xưa</p>")
    make_page(title="Cơ cấu", parent=top, title_en="Organisation", body="<p>Phòng</p>", body_en="<p>Divisions</p>")
    office = make_office(name="Phòng Y tế", name_en="Division of Health", duty="T2–T6 08:00–17:00; Lễ 08:00–11:00")
    make_hotline(office=office, purpose="Cấp cứu", purpose_en="Emergency care", checked_on=date(2025, 1, 22))
    make_official(office=office, position="Trưởng phòng", position_en="Head of Division", email="yt@mau.example")
    MenuItem.objects.create(label="Giới thiệu", label_en="About us", target="page", page=top)
    MenuItem.objects.create(label="Tin tức", target="news")


def body(reader, path):
    response = reader.get(path)
    assert (path, response.status_code) == (path, 200)
    return response.content.decode()


def alternates(page):
    found = re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="http://testserver([^"]+)">', page)
    return dict(found)


# --- The address decides ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("wanted", ["en", "en-GB,en;q=0.9", "vi", "fr", "*", "x" * 500])
def test_what_the_browser_would_rather_read_makes_no_difference(district, wanted, beat):
    beat()
    browser = Client(headers={"user-agent": BROWSER, "accept-language": wanted})
    for _ in range(2):  # made, then from memory
        assert '<html lang="vi">' in body(browser, "/duong-day-nong/")
        assert '<html lang="en">' in body(browser, "/en/hotlines/")
    response = browser.get("/en/hotlines/")
    assert (response["Vary"], response.cookies) == ("Accept-Encoding", {})


def test_one_language_leaves_nothing_behind_for_the_next_reader(district, reader):
    reader.get("/en/khong-co/")
    assert translation.get_language() == "vi"
    assert '<html lang="vi">' in body(reader, "/")
    assert reader.get("/en").status_code == 301
    assert reader.get("/en/quan-tri/").status_code == 404
    assert reader.get("/en/duong-day-nong/").status_code == reader.get("/hotlines/").status_code == 404


ADDRESSES = {"/": "/en/", "/duong-day-nong/": "/en/hotlines/", "/ban-do/": "/en/map/", "/can-bo/": "/en/officials/",
             "/gioi-thieu/": "/en/gioi-thieu/", "/gioi-thieu/co-cau/": "/en/gioi-thieu/co-cau/"}  # fmt: skip


@pytest.mark.parametrize("vietnamese", ADDRESSES)
def test_the_two_pages_name_each_other(district, reader, vietnamese):
    english = ADDRESSES[vietnamese]
    for here, there, language, word in (
        (vietnamese, english, "en", "English"),
        (english, vietnamese, "vi", "Tiếng Việt"),
    ):
        page = body(reader, here)
        assert alternates(page) == {"vi": vietnamese, "en": english, "x-default": vietnamese}
        assert SWITCH.findall(page) == [(there, language, language, word)]
        assert f'<link rel="canonical" href="http://testserver{here}">' in page


def test_a_page_that_is_only_vietnamese_leads_to_the_english_home_and_names_no_other(district, reader):
    article = make_article(category=make_category())
    for path in ("/tin-tuc/", article.get_absolute_url(), "/tim-kiem/", "/so-do-trang/"):
        page = body(reader, path)
        assert (alternates(page), SWITCH.findall(page)[0][0]) == ({}, "/en/")


def test_an_authority_without_an_english_name_offers_no_english(reader):
    make_profile(name="Quận Mẫu")
    page = body(reader, "/duong-day-nong/")
    assert (alternates(page), SWITCH.findall(page)) == ({}, [])
    assert "hreflang" not in body(reader, "/sitemap-fixed-1.xml")


def test_the_sitemap_lists_both_languages_with_their_alternates(district, reader):
    fixed, pages = body(reader, "/sitemap-fixed-1.xml"), body(reader, "/sitemap-pages-1.xml")
    assert "<loc>http://testserver/en/hotlines/</loc>" in fixed
    assert fixed.count("<loc>") == 9 + 4
    locations = re.findall("<loc>http://testserver([^<]+)</loc>", pages)
    assert sorted(locations) == sorted(["/gioi-thieu/", "/en/gioi-thieu/", "/gioi-thieu/lich-su/", "/gioi-thieu/co-cau/",
                                        "/en/gioi-thieu/co-cau/"])  # fmt: skip
    history = pages.partition("lich-su/</loc>")[2].partition("</url>")[0]
    assert "hreflang" not in history


# --- What an English page says ----------------------------------------------------------------------------------------
def outside_of_vietnamese(page):
    """The words of a page that do not stand in an element marked as Vietnamese."""
    plain = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    while (shorter := re.sub(r'<(\w+)[^>]* lang="vi"[^>]*>(?:(?!<\1\b).)*?</\1>', "", plain, flags=re.DOTALL)) != plain:
        plain = shorter
    labels = re.findall(r'(?:aria-label|alt|title|placeholder|content)="([^"]*)"', plain)
    return " ".join([*labels, *re.findall(r">([^<]+)<", plain)])


@pytest.mark.parametrize(
    "path", [*ADDRESSES.values(), "/en/hotlines/find/?q=health", "/en/gioi-thieu/lich-su/", "/en/x/"]
)
def test_every_vietnamese_word_on_an_english_page_is_marked_as_one(district, reader, path):
    office = make_office(
        name="Chưa dịch", hours="Giờ hành chính", address="Số 1 đường Láng", order=1, lat=21, lng=105.8
    )
    make_hotline(office=office, purpose="Việc chưa dịch", note="Ghi chú", hours="Cả ngày", extension="12")
    make_article(title="Tin chưa dịch", category=make_category(name="Chuyên mục"))
    Alert.objects.create(text="Bão số 3", text_en="Storm no. 3")
    page = reader.get(path).content.decode()
    assert '<html lang="en">' in page
    assert "Storm no. 3" in page and "Bão số 3" not in page
    if "lich-su" in path:  # the text of a title is all that no element can mark
        page = re.sub("<title>.*?</title>", "", page)
    assert VIETNAMESE_LETTER.findall(outside_of_vietnamese(page)) == []


def test_the_directory_speaks_english(district, reader, text_of):
    shown = text_of(reader.get("/en/hotlines/")).replace("\u2060", "")  # which keeps hours on one line
    for words in ("Division of Health", "Emergency care", "Mon–Fri 08:00–17:00; public holidays 08:00–11:00",
                  "Overdue for a check; last checked on 22 January 2025.", "Model District", "Police"):  # fmt: skip
        assert words in shown
    assert "Cấp cứu" not in shown
    assert "Phòng Y tế" in text_of(reader.get("/duong-day-nong/"))  # nothing of it is remembered for the other


def test_on_duty_is_told_in_either_language_at_each_beat(district, reader, text_of):
    make_hotline(office=make_office(name="A", duty="T2–CN 00:00–24:00"))
    assert "on duty" in text_of(reader.get("/en/hotlines/"))
    assert "Đang trực" in text_of(reader.get("/duong-day-nong/"))
    Holiday.objects.create(day=date(2025, 9, 2), name="Quốc khánh")
    for path in ("/en/hotlines/", "/duong-day-nong/"):  # the pages know the holiday now
        reader.get(path)
    duty.tell(datetime(2025, 9, 2, 20, tzinfo=clock.ZONE))
    told = {number.decode() for number in live._numbers.values() if b"duty-holiday" in number}
    assert told == {f'<b class="tag duty-holiday">{words}</b>' for words in ("closed for the holiday", "Nghỉ lễ")}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "health"}, 1),
        ({"muc": "Emergency care"}, 1),
        ({"q": "62933647"}, 1),
        ({"q": "y te"}, 0),
        ({"muc": "Cấp cứu"}, 0),
    ],
)
def test_the_filter_finds_what_the_english_page_shows(district, reader, asked, found):
    page = reader.get("/en/hotlines/find/", asked)
    assert sum(len(office.numbers) for office in page.context["offices"]) == found
    assert 'action="/en/hotlines/find/#found"' in page.content.decode()
    assert ("1 number found." if found else "No number is found.") in page.content.decode()


def test_an_ended_office_names_its_successor_in_english(district, reader, text_of):
    gone = make_office(name="Cũ", name_en="Former office", valid_to=date(2025, 7, 1))
    heir = make_office(name="Mới", name_en="New ward")
    make_hotline(office=heir)
    Succession.objects.create(former=gone, successor=heir, legal_basis="Nghị quyết mẫu")
    assert '<span lang="vi">Nghị quyết mẫu</span>' in body(reader, "/en/hotlines/")
    shown = text_of(reader.get("/en/hotlines/"))
    assert "This office ended on 1 July 2025" in shown and "New ward" in shown


def test_map_card_and_files_speak_english_or_both(district, reader):
    office = make_office(name="Phường", name_en="The Ward", lat=21, lng=105.8)
    make_hotline(office=office, purpose="Tiếp dân", purpose_en="Reception")
    assert 'href="/en/hotlines/map.geojson"' in body(reader, "/en/map/")
    feature = reader.get("/en/hotlines/map.geojson").json()["features"][0]["properties"]
    assert (feature["name"], feature["hotlines"][0]["purpose"]) == ("The Ward", "Reception")
    assert reader.get("/duong-day-nong/ban-do.geojson").json()["features"][0]["properties"]["name"] == "Phường"
    card = body(reader, f"/en/hotlines/{office.pk}.vcf")
    assert "FN:The Ward" in card and "item1.X-ABLabel:Reception" in card and "/en/hotlines/#office-" in card
    rows = {row["name"]: row for row in reader.get("/duong-day-nong/danh-ba.json").json()["offices"]}
    assert (rows["Phường"]["name_en"], rows["Phường"]["hotlines"][0]["purpose_en"]) == ("The Ward", "Reception")
    assert "The Ward,Reception" in body(reader, "/duong-day-nong/danh-ba.csv")
    assert "The Ward" in body(reader, "/en/hotlines/print/")


def test_the_menu_holds_what_has_an_english_label(district, reader):
    menu = body(reader, "/en/").partition('class="menu-list"')[2].partition("</nav>")[0]
    assert re.findall(r'href="([^"]+)"', menu) == ["/en/gioi-thieu/"]
    assert "Tin tức" not in menu


# --- Pages ------------------------------------------------------------------------------------------------------------
def test_a_translated_page_is_english_and_lists_only_what_is_below_it_in_english(district, reader, text_of):
    shown = text_of(reader.get("/en/gioi-thieu/"))
    assert "Welcome" in shown and "Organisation" in shown
    assert "Chào" not in shown and "Lịch sử" not in shown


def test_a_page_that_is_not_translated_says_so_and_is_no_second_copy_for_search_engines(district, reader):
    page = body(reader, "/en/gioi-thieu/lich-su/")
    assert "This page is in Vietnamese only." in page
    assert re.search(r'<div class="prose" lang="vi"[^>]*><p>Ngày xưa</p>', page)
    assert '<h1><span lang="vi">Lịch sử</span></h1>' in page
    assert '<meta name="robots" content="noindex">' in page
    assert alternates(page) == alternates(body(reader, "/gioi-thieu/lich-su/")) == {}


def test_a_hidden_page_is_hidden_in_english_too(district, reader):
    make_page(title="Kín", title_en="Secret", body="<p>x</p>", body_en="<p>x</p>", is_public=False)
    assert reader.get("/en/kin/").status_code == 404
    assert "Secret" not in body(reader, "/en/") + body(reader, "/sitemap-pages-1.xml")


def test_half_a_translation_is_refused_by_form_and_database(admin_client, district):
    page = Page.objects.get(title="Lịch sử")
    for name, missing in (("title_en", "body_en"), ("body_en", "title_en")):
        sent = {"title": "Lịch sử", "body": "<p>x</p>", "order": 1, name: "<p>History</p>"}
        answer = admin_client.post(page_of(page), sent)
        assert "Bản tiếng Anh cần có đủ" in " ".join(said(answer))
        with pytest.raises(IntegrityError), transaction.atomic():
            Page.objects.filter(pk=page.pk).update(**{"title_en": "", "body_en": "", name: "History"})
        assert getattr(Page.objects.get(pk=page.pk), missing) == ""


def test_the_english_text_is_cleaned_like_the_other_and_its_pictures_are_known(district):
    picture = make_picture()
    page = Page.objects.get(title="Lịch sử")
    page.title_en = "History"
    page.body_en = f'<p onclick="x()">Old<script>x()</script></p><img src="{picture.url}" alt="A">'
    page.save()
    page.refresh_from_db()
    assert "script" not in page.body_en and "onclick" not in page.body_en
    assert list(page.body_pictures.values_list("picture", flat=True)) == [picture.pk]
    assert picture.name in mediafiles.public_names()
    Page.objects.filter(pk=page.pk).update(title_en="", body_en="")
    assert not page.body_pictures.exists()


# --- Officials --------------------------------------------------------------------------------------------------------
def test_officials_stand_with_their_contact_in_both_languages(district, reader, text_of):
    assert "Nguyễn Văn Mẫu Trưởng phòng 024.62933647 yt@mau.example" in text_of(reader.get("/can-bo/"))
    english = reader.get("/en/officials/")
    assert "Division of Health Nguyễn Văn Mẫu Head of Division 024.62933647 yt@mau.example" in text_of(english)
    assert 'href="tel:+842462933647"' in english.content.decode()


def test_officials_of_hidden_or_ended_offices_and_hidden_ones_are_nowhere(reader):
    make_official(office=make_office(is_listed=False), name="Một")
    make_official(office=make_office(valid_to=date(2025, 7, 1)), name="Hai")
    make_official(is_public=False, name="Ba")
    assert (Official.objects.count(), Official.objects.public().count()) == (3, 0)
    page = body(reader, "/can-bo/") + body(reader, "/en/officials/") + body(reader, "/en/")
    assert [name for name in (">Một<", ">Hai<", ">Ba<") if name in page] == []


def test_a_changed_official_is_seen_on_remembered_pages(district, reader, beat, text_of):
    beat()
    assert "Nguyễn Văn Mẫu" in text_of(reader.get("/en/officials/"))
    with CaptureQueriesContext(connection) as captured:
        reader.get("/en/officials/")
    assert len(captured) == 0
    with transaction.atomic():
        Official.objects.update(name="Trần Thị Mới")
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    beat()
    assert "Trần Thị Mới" in text_of(reader.get("/en/officials/"))


def test_an_office_with_officials_is_not_deleted(admin_client, district):
    official = Official.objects.get()
    answer = admin_client.post(f"/quan-tri/hotlines/office/{official.office_id}/delete/", {"post": "yes"})
    assert (answer.status_code, Official.objects.count()) == (200, 1)


# --- Suggestions of the search box ---------------------------------------------------------------------------------------
def test_suggestions_name_their_kinds_in_the_language_of_the_page_that_asks(reader, district):
    category = make_category(name="Y tế cơ sở")
    make_article(title="Y tế học đường", category=category)
    make_page(title="Y tế dự phòng")
    english = {"Y tế cơ sở": "Category", "Y tế học đường": "News", "Y tế dự phòng": "Page", "Phòng Y tế": "Office"}
    vietnamese = dict(zip(english, ("Chuyên mục", "Tin tức", "Trang", "Cơ quan"), strict=True))
    for home, kinds in (("/en/", english), ("/", vietnamese)):
        (address,) = set(re.findall(r'data-suggest="([^"]+)"', body(reader, home)))
        answer = reader.get(address, {"q": "y tế"})
        assert {one["title"]: one["kind"] for one in answer.json()["suggestions"]} == kinds
        assert (answer["X-Robots-Tag"], "no-store" in answer["Cache-Control"]) == ("noindex", True)
