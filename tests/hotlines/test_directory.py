"""The directory on screen, on paper and as files."""

import csv
import io
import json
import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hotlines import directory
from hotlines.models import Holiday, Hotline, Office, Succession
from hotlines.vcard import vcard
from portal.lib import clock
from tests.factories import make_hotline, make_office, make_profile

pytestmark = pytest.mark.django_db
TODAY = clock.local_day()


@pytest.fixture
def ended():
    """A district office that ended on 01/07/2025; its successor ended, too, and left two wards."""
    make_hotline(office=make_office(name="UBND Quận", order=1), is_switchboard=True)
    gone = make_office(name="Phòng cũ", valid_to=date(2025, 7, 1))
    between = make_office(name="Phòng tạm", valid_from=date(2025, 7, 1), valid_to=date(2026, 1, 1))
    one, two = make_office(name="Phường Một"), make_office(name="Phường Hai")
    make_hotline(office=gone, number="024.38585650")
    make_hotline(office=one, number="024.38585651")
    make_hotline(office=two, number="024.38585653")
    Succession.objects.create(former=gone, successor=between, legal_basis="Nghị quyết số 1")
    for heir in (one, two):
        Succession.objects.create(former=between, successor=heir, legal_basis="Nghị quyết số 2")
    Succession.objects.create(former=between, successor=gone)  # a circle ends
    return gone


# --- Existence --------------------------------------------------------------------------------------------------------
def test_valid_to_is_the_first_day_without_the_office():
    office = make_office(valid_from=date(2025, 1, 1), valid_to=date(2025, 7, 1))
    found = {day: Office.objects.public(clock.midnight(day)).current(clock.midnight(day)).exists()
             for day in (date(2024, 12, 31), date(2025, 1, 1), date(2025, 6, 30), date(2025, 7, 1))}  # fmt: skip
    assert list(found.values()) == [False, True, True, False]
    assert office.has_ended(clock.midnight(date(2025, 7, 1)))
    assert not office.has_ended(clock.midnight(date(2025, 7, 1)) - timedelta(seconds=1))


def test_an_ended_office_stays_findable_and_leads_to_those_that_followed(reader, ended, text_of):
    page = reader.get("/duong-day-nong/").content.decode()
    section = page.partition("data-ended")[2]
    assert "Phòng cũ" in section and "không còn hoạt động từ ngày 01/07/2025" in section
    assert "Nghị quyết số 1; Nghị quyết số 2" in section
    own = section.partition(f'id="office-{ended.pk}"')[2].partition("</section>")[0]
    assert re.findall(r'href="(tel:[^"]+)"', own) == ["tel:+842438585651", "tel:+842438585653"]
    assert "024.38585650" in own and "tel:+842438585650" not in page
    assert "Phòng cũ" in text_of(reader.get("/tim-kiem/", {"q": "phong cu"}))


def test_an_ended_office_stands_in_no_box_and_has_no_card(reader, ended):
    assert "024.38585650" not in reader.get("/").content.decode()
    assert reader.get(f"/duong-day-nong/{ended.pk}.vcf").status_code == 404
    assert not Hotline.objects.public().filter(office=ended).exists()


def test_an_office_of_tomorrow_and_a_hidden_one_are_nowhere(reader):
    for fields in ({"valid_from": TODAY + timedelta(1)}, {"is_listed": False}):
        line = make_hotline(office=make_office(name="Bí mật", **fields), number="024.38585650")
        for path in ("", "tim/?q=bi+mat", "ban-in/", "danh-ba.json", "danh-ba.csv"):
            answer = reader.get(f"/duong-day-nong/{path}")
            assert (answer.status_code, "38585650" in answer.content.decode()) == (200, False)
        assert reader.get(f"/duong-day-nong/{line.office_id}.vcf").status_code == 404
        line.office.delete()


# --- Checks and duty --------------------------------------------------------------------------------------------------
def test_a_number_says_when_it_was_checked_and_a_late_one_is_followed_by_the_switchboard(reader, text_of):
    top = make_office(name="UBND Quận", order=1)
    make_hotline(office=top, is_switchboard=True, number="024.38585652", checked_on=TODAY)
    below = make_office(name="Phòng Y tế", parent=top, order=2)
    make_hotline(office=below, number="0868216873", checked_on=TODAY - timedelta(90), purpose="Vừa đến hạn")
    make_hotline(office=below, number="0868216873", checked_on=TODAY - timedelta(91), purpose="Quá hạn")
    make_hotline(office=below, number="0868216873", purpose="Chưa gọi")
    make_hotline(office=below, number="(024) 3858 5652", purpose="Gọi chính tổng đài")
    shown = text_of(reader.get("/duong-day-nong/"))
    assert f"Vừa đến hạn 0868216873 đã kiểm tra ngày {TODAY - timedelta(90):%d/%m/%Y}" in shown
    late = f"Quá hạn kiểm tra; lần cuối ngày {TODAY - timedelta(91):%d/%m/%Y}."
    assert f"Quá hạn 0868216873 {late} Nếu không ai nghe, gọi tổng đài: 024.38585652" in shown
    assert "Chưa gọi 0868216873 Chưa được kiểm tra. Nếu không ai nghe, gọi tổng đài: 024.38585652" in shown
    assert shown.count("gọi tổng đài") == 2


def test_on_duty_is_told_on_a_remembered_page_as_the_clock_goes(reader, text_of, monkeypatch):
    office = make_office(duty="T2–CN 00:00–24:00")  # all week, but not on holidays
    make_hotline(office=office)
    assert "Đang trực" in text_of(reader.get("/duong-day-nong/"))
    Holiday.objects.create(day=TODAY, name="Lễ")
    assert "Nghỉ lễ" in text_of(reader.get("/duong-day-nong/"))
    office.duty = "24/7"
    office.save()
    assert "Trực 24/24" in text_of(reader.get("/duong-day-nong/"))


def test_emergency_numbers_stand_on_top(reader, text_of):
    make_hotline(office=make_office(), number="111", purpose="Bảo vệ trẻ em", is_emergency=True)
    top = reader.get("/duong-day-nong/").content.decode().partition('class="emergency"')[2].partition("</ul>")[0]
    assert re.findall("tel:([0-9]+)", top) == ["113", "114", "115", "111"]


def test_an_extension_is_shown_and_dialled_after_a_pause(reader):
    make_hotline(extension="12")
    page = reader.get("/duong-day-nong/").content.decode()
    assert 'href="tel:+842462933647,12"' in page and "024.62933647, máy lẻ 12" in page


# --- Search without script --------------------------------------------------------------------------------------------
@pytest.fixture
def some():
    """Four numbers of three offices."""
    ward = make_office(name="UBND phường Hạ Đình", address="Ngõ 460 Khương Đình, Hà Nội")
    make_hotline(office=ward, number="024.38585652", purpose="Tiếp công dân")
    make_hotline(office=ward, number="0868216873", purpose="Hộ tịch")
    make_hotline(
        office=make_office(name="UBND phường Thượng Đình", address="Hà Nội"), number="1022", purpose="Tiếp công dân"
    )
    make_hotline(office=make_office(name="Phòng Y tế", abbreviation="YT"), number="1900 1234", purpose="Cấp cứu")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "tiep cong"}, ["1022", "024.38585652"]),
        ({"q": "Hạ Ðình"}, ["024.38585652", "0868216873"]),  # Ð (U+00D0)
        ({"q": "HẠ ĐÌNH"}, ["024.38585652", "0868216873"]),  # not Thượng Đình of Hà Nội
        ({"q": "ho tich ha dinh"}, ["0868216873"]),
        ({"q": "0868 216"}, ["0868216873"]),
        ({"q": "84868"}, []),
        ({"q": "19001234"}, ["1900 1234"]),
        ({"q": "yt"}, ["1900 1234"]),
        ({"muc": "Tiếp công dân"}, ["1022", "024.38585652"]),
        ({"muc": "Tiếp công dân", "q": "thuong"}, ["1022"]),
        ({"q": "không có"}, []),
        ({"q": "<script>"}, []),
        ({}, ["1022", "024.38585652", "0868216873", "1900 1234"]),
    ],
)
def test_the_filter_finds_without_accents(reader, some, asked, found):
    page = reader.get("/duong-day-nong/tim/", asked)
    shown = {line.number for office in page.context["offices"] for line in office.numbers}
    assert shown == set(found)
    assert 'content="noindex"' in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert page.content.decode().count("<option") == 4  # all purposes stay to choose from


@pytest.mark.parametrize("query", ["a" * 10_000, "%", "'\"", "\u202e", "𝟙𝟚", "()[]*+"])
def test_odd_questions_are_answered(reader, some, query):
    assert reader.get("/duong-day-nong/tim/", {"q": query, "muc": query}).status_code == 200


# --- Files ------------------------------------------------------------------------------------------------------------
def test_the_card_of_an_office_is_read_by_telephones():
    office = make_office(name="Phòng Lao động, Thương binh; và Xã hội", address="Số 1, đường dài " + "rất " * 30)
    make_hotline(office=office, extension="12")
    office = Office.objects.with_numbers().get()
    card = vcard(office, "https://portal.example/duong-day-nong/")
    assert all(len(line.encode()) <= 75 for line in card.split("\r\n"))
    lines = card.replace("\r\n ", "").split("\r\n")
    assert lines[:4] == ["BEGIN:VCARD", "VERSION:3.0", r"FN:Phòng Lao động\, Thương binh\; và Xã hội",
                         r"N:;Phòng Lao động\, Thương binh\; và Xã hội;;;"]  # fmt: skip
    assert r"item1.TEL;TYPE=WORK,VOICE:+842462933647\,12" in lines
    assert "item1.X-ABLabel:Tiếp công dân" in lines
    assert lines[-2:] == ["END:VCARD", ""]


def test_the_files_for_reuse_say_what_the_page_says(reader, ended):
    data = json.loads(reader.get("/duong-day-nong/danh-ba.json").content)
    by_name = {office["name"]: office for office in data["offices"]}
    assert by_name["Phòng cũ"]["hotlines"][0]["tel"] is None
    heirs = {by_name["Phường Một"]["id"], by_name["Phường Hai"]["id"]}
    assert (by_name["Phòng cũ"]["valid_to"], set(by_name["Phòng cũ"]["successors"])) == ("2025-07-01", heirs)
    assert by_name["UBND Quận"]["hotlines"][0]["tel"] == "tel:+842462933647"
    make_hotline(office=make_office(name="=HYPERLINK(1)"), purpose="+cmd")
    rows = list(csv.reader(io.StringIO(reader.get("/duong-day-nong/danh-ba.csv").content.decode("utf-8-sig"))))
    assert rows[0][:3] == ["Cơ quan", "Mục đích", "Số điện thoại"]
    assert ["'=HYPERLINK(1)", "'+cmd"] in [row[:2] for row in rows]
    assert {row[0]: row[9] for row in rows}["Phòng cũ"] == "không"


def test_the_qr_code_leads_to_the_directory(reader):
    code = reader.get("/duong-day-nong/ban-in/ma-qr.svg")
    assert code["Content-Type"] == "image/svg+xml"
    assert code.content.startswith(b"<?xml") and b"<script" not in code.content and b"style=" not in code.content


def many(offices, lines):
    """`offices` offices with `lines` numbers each, without going through `save`."""
    made = Office.objects.bulk_create(
        Office(name=f"Phòng chuyên môn số {n}", order=n, address=f"Số {n} đường Nguyễn Trãi", duty="T2–T6 08:00–17:00")
        for n in range(offices)
    )
    Hotline.objects.bulk_create(
        Hotline(office=office, purpose=f"Hướng dẫn thủ tục số {n}", number=f"024.3858{n:04d}", dialled=f"+84243858{n:04d}",
                checked_on=TODAY, next_check_on=TODAY + timedelta(90))
        for office in made for n in range(lines)
    )  # fmt: skip


def test_a_thousand_numbers_cost_few_queries_and_few_bytes(reader, beat):
    make_profile()
    many(100, 10)
    Holiday.objects.create(day=TODAY, name="Lễ")
    beat()
    with CaptureQueriesContext(connection) as captured:
        page = reader.get("/duong-day-nong/", headers={"accept-encoding": "gzip"})
    assert len(captured) <= 12
    assert len(page.content) < 150_000
    with CaptureQueriesContext(connection) as captured:
        assert reader.get("/duong-day-nong/").status_code == 200
    assert len(captured) == 0


def test_the_sheet_says_how_many_found_no_room(reader, text_of):
    many(40, 5)
    shown, left = directory.sheet(directory.entries())
    assert sum(len(lines) for _, lines in shown) + left == 200
    assert f"Còn {left} số khác." in text_of(reader.get("/duong-day-nong/ban-in/"))


def test_public_files_come_from_memory(reader, beat):
    make_profile()
    line = make_hotline()
    beat()
    for path in ("ban-in/", "ban-in/ma-qr.svg", "danh-ba.json", "danh-ba.csv", f"{line.office_id}.vcf"):
        first = reader.get(f"/duong-day-nong/{path}").content
        with CaptureQueriesContext(connection) as captured:
            assert reader.get(f"/duong-day-nong/{path}?x=1").content == first
        assert (path, len(captured)) == (path, 0)


def test_the_search_says_that_an_office_has_ended(reader, ended, text_of):
    assert "Đơn vị đã kết thúc hoạt động" in text_of(reader.get("/tim-kiem/?q=phong+cu"))
    assert "đã kết thúc" not in text_of(reader.get("/tim-kiem/?q=phuong+hai"))
