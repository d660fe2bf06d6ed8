"""The report of the counters in the admin: who may see it, what it shows, what it writes into files."""

import csv
import io
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal import heartbeat
from portal.lib import clock
from portal.lib.sheet import cell
from stats.models import ROBOT, Adjustment
from tests.desk import sign_in
from tests.stats.test_statistics_page import ago, count, read, rows_under

pytestmark = pytest.mark.django_db
ADDRESS = "/quan-tri/stats/bao-cao/"
VIEW = "stats.view_dailycount"


def asked(first, last, **more):
    return {"first": f"{ago(first):%d/%m/%Y}", "last": f"{ago(last):%d/%m/%Y}", **more}


@pytest.fixture
def staff():
    return sign_in(VIEW)


# --- Who may --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("query", ["", "?csv=days", "?csv=articles", "?article=1"])
def test_only_staff_who_may_view_the_counts_see_it(query):
    address = ADDRESS + query
    answer = Client().get(address)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/quan-tri/login/")
    writer = sign_in("news.change_article", "stats.add_adjustment")
    assert writer.get(address).status_code == 403
    User.objects.all().delete()
    assert sign_in(VIEW).get(address).status_code == 200


def test_it_is_read_only_and_not_remembered(staff):
    assert staff.post(ADDRESS).status_code == 405
    answer = staff.get(ADDRESS)
    assert "no-store" in answer["Cache-Control"]
    assert "unsafe" not in answer["Content-Security-Policy"]


@pytest.mark.parametrize("address", ["/quan-tri/", "/quan-tri/stats/dailycount/"])
def test_the_front_page_and_the_list_lead_there(address, staff):
    assert f'href="{ADDRESS}"' in staff.get(address).content.decode()
    User.objects.all().delete()
    assert f'href="{ADDRESS}"' not in sign_in("stats.view_adjustment").get("/quan-tri/").content.decode()


# --- What it shows --------------------------------------------------------------------------------------------------
def test_by_default_the_last_thirty_days_with_today_robots_beside_visits(staff):
    count(0, 7)
    count(29, 1000)
    count(30, 5)
    count(29, 88, ROBOT)
    page = staff.get(ADDRESS)
    rows = rows_under(page, "Theo từng ngày")
    assert len(rows) == 30
    assert rows[0] == [f"{ago(0):%d/%m/%Y}", "7", "", "7", "0"]
    assert rows[-1] == [f"{ago(29):%d/%m/%Y}", "1.000", "", "1.000", "88"]
    assert page.content.decode().count("<rect ") == 30
    assert f'value="{ago(29):%d/%m/%Y}"' in page.content.decode()


def test_a_range_with_totals_and_corrections(staff, text_of):
    count(3, 100)
    count(2, 50)
    count(1, 9)
    article = read(0, 4, title="Tin đọc nhiều")
    user = User.objects.get()
    Adjustment.objects.create(day=ago(3), n=-30, reason="Kiểm thử tải", made_by=user)
    Adjustment.objects.create(day=ago(2), key=article.count_key, n=2, reason="Muộn", made_by=None)
    Adjustment.objects.create(day=ago(9), n=1, reason="Ngoài khoảng", made_by=user)
    page = staff.get(ADDRESS, asked(3, 2))
    day_3, day_2 = f"{ago(3):%d/%m/%Y}", f"{ago(2):%d/%m/%Y}"
    assert rows_under(page, "Theo từng ngày") == [[day_2, "50", "", "50", "0"], [day_3, "100", "-30", "70", "0"]]
    assert "Tổng cộng 150 -30 120 0" in text_of(page)
    assert [row[:5] for row in rows_under(page, "Điều chỉnh trong")] == [
        [day_3, "lượt truy cập", "-30", "Kiểm thử tải", "nhanvien"],
        [day_2, "Tin đọc nhiều", "+2", "Muộn", "—"],
    ]
    assert rows_under(page, "Đọc nhiều trong những ngày này") == [["Tin đọc nhiều", "6"]]


def test_a_correction_made_in_the_admin_shows_on_both_pages_with_who_made_it(reader, text_of):
    """Only for days that have come: another would be told before it counts."""
    corrector = sign_in("stats.add_adjustment", VIEW)
    entry = {"day": f"{ago(-1):%d/%m/%Y}", "key": "visit", "n": "-1.200", "reason": "Kiểm thử tải"}
    assert corrector.post("/quan-tri/stats/adjustment/add/", entry).status_code == 200
    assert Adjustment.objects.count() == 0
    today = f"{ago(0):%d/%m/%Y}"
    assert corrector.post("/quan-tri/stats/adjustment/add/", {**entry, "day": today}).status_code == 302
    told = rows_under(corrector.get(ADDRESS), "Điều chỉnh trong")
    assert [row[:5] for row in told] == [[today, "lượt truy cập", "-1.200", "Kiểm thử tải", "nhanvien"]]
    assert f"{today}: đã điều chỉnh -1.200 lượt truy cập – Kiểm thử tải" in text_of(reader.get("/thong-ke/"))


def test_an_article_has_its_own_series(staff):
    article, other = read(5, 6, title="Tin của tôi"), read(100)
    count(1, 1234)
    Adjustment.objects.create(day=ago(2), key=article.count_key, n=-1, reason="Của nó")
    Adjustment.objects.create(day=ago(2), key=other.count_key, n=-1, reason="Của bài khác")
    page = staff.get(ADDRESS, asked(2, 1, article=article.pk))
    yesterday, before = f"{ago(1):%d/%m/%Y}", f"{ago(2):%d/%m/%Y}"
    assert rows_under(page, "Theo từng ngày") == [[yesterday, "5", "", "5"], [before, "6", "-1", "5"]]
    assert [row[3] for row in rows_under(page, "Điều chỉnh trong")] == ["Của nó"]
    assert "Tin của tôi" in page.content.decode()
    assert page.content.decode().count("<rect ") == 2
    assert f'name="article" value="{article.pk}"' in page.content.decode()


def test_the_title_of_a_draft_is_not_told_and_a_deleted_article_keeps_its_history(staff, text_of):
    draft = read(3, title="Chưa công bố", state="draft")
    withdrawn = read(2, title="Đã gỡ", state="withdrawn")
    count(1, 1, "article:987654321")
    page = staff.get(ADDRESS)
    assert rows_under(page, "Đọc nhiều trong những ngày này") == [
        [f"bài viết số {draft.pk} (không công khai)", "3"],
        [withdrawn.title, "2"],
        ["bài viết số 987654321 (không công khai)", "1"],
    ]
    assert "Chưa công bố" not in text_of(staff.get(ADDRESS, {"article": draft.pk}))
    history = staff.get(ADDRESS, asked(1, 1, article=987654321))
    assert rows_under(history, "Theo từng ngày") == [[f"{ago(1):%d/%m/%Y}", "1", "", "1"]]


def test_the_page_costs_the_same_whatever_it_shows(staff):
    def queries():
        heartbeat.learn_generation()  # as in a process that has beaten: the profile is remembered
        staff.get(ADDRESS)
        with CaptureQueriesContext(connection) as captured:
            assert staff.get(ADDRESS).status_code == 200
        return len(captured)

    def fill(numbers):
        for i in numbers:
            key = read(i).count_key
            Adjustment.objects.create(day=ago(i), key=key, n=1, reason="Muộn", made_by=User.objects.get())
            count(i, 10)

    fill(range(1, 3))
    few = queries()
    fill(range(3, 28))
    assert queries() == few == 12


# --- Bad input ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"first": "30/02/2026"}, "Hãy nhập ngày hợp lệ, ví dụ 22/01/2025."),
        ({"first": "", "last": ""}, "Mục này bắt buộc phải điền."),
        ({"first": "abc", "last": "=1+1"}, "Hãy nhập ngày hợp lệ, ví dụ 22/01/2025."),
        ({"first": "01/01/0000"}, "Hãy nhập ngày hợp lệ, ví dụ 22/01/2025."),
        ({"last": "9" * 5000}, "Hãy nhập ngày hợp lệ, ví dụ 22/01/2025."),
        ({"first": "01/01/0001"}, "Mỗi lần chỉ xem được nhiều nhất 366 ngày."),
        ({"last": "31/12/9999"}, "Ngày này chưa tới."),
        ({"last": "01/01/0001"}, "Ngày đầu đứng sau ngày cuối."),
    ],
)
@pytest.mark.parametrize("form", ["days", ""])
def test_days_that_cannot_be_shown_get_a_message_and_the_usual_range(staff, text_of, query, message, form):
    page = staff.get(ADDRESS, {**query, "csv": form})
    assert (page.status_code, page["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert message in text_of(page)
    assert len(rows_under(page, "Theo từng ngày")) == 30


def test_a_year_with_its_leap_day_can_be_shown_but_no_day_more(staff):
    assert len(rows_under(staff.get(ADDRESS, asked(365, 0)), "Theo từng ngày")) == 366
    assert len(rows_under(staff.get(ADDRESS, asked(366, 0)), "Theo từng ngày")) == 30


def test_01_02_is_the_first_of_february(staff):
    first = clock.local_day().replace(day=1) - timedelta(days=1)
    first = first.replace(day=1)  # of last month, written day first
    page = staff.get(ADDRESS, {"first": f"{first:%d/%m/%Y}", "last": f"{first:%d/%m/%Y}"})
    assert [row[0] for row in rows_under(page, "Theo từng ngày")] == [f"{first:%d/%m/%Y}"]


@pytest.mark.parametrize("article", ["abc", "0", "-1", "1.5", "9" * 30, "1 OR 1=1"])
def test_what_is_no_number_of_an_article_is_404(staff, article):
    assert staff.get(ADDRESS, {"article": article}).status_code == 404


# --- Files ----------------------------------------------------------------------------------------------------------
def lines(response):
    text = response.content.decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline="")))


def test_the_days_as_a_file(staff):
    count(2, 14000)
    count(2, 88, ROBOT)
    count(1, 9)
    Adjustment.objects.create(day=ago(1), n=-12, reason="Kiểm thử")
    answer = staff.get(ADDRESS, asked(2, 1, csv="days"))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="truy-cap-{ago(2)}-{ago(1)}.csv"'
    assert answer.content.decode() == (
        "\ufeffNgày,Đếm được,Điều chỉnh,Lượt truy cập,Máy thu thập\r\n"
        f"{ago(2)},14000,0,14000,88\r\n"
        f"{ago(1)},9,-12,-3,0\r\n"
    )


def test_the_days_of_an_article_as_a_file(staff):
    article = read(5, 6)
    answer = staff.get(ADDRESS, asked(2, 1, csv="days", article=article.pk))
    assert f"bai-viet-{article.pk}-" in answer["Content-Disposition"]
    assert lines(answer) == [
        ["Ngày", "Đếm được", "Điều chỉnh", "Lượt xem"],
        [f"{ago(2)}", "6", "0", "6"],
        [f"{ago(1)}", "5", "0", "5"],
    ]


def test_the_articles_as_a_file_hold_all_of_them_and_no_formula(staff):
    formula = read(60, title='=HYPERLINK("http://x","Bấm, vào đây")')
    others = [read(50 - i, title=f"Đảm bảo an sinh {i}") for i in range(25)]
    assert lines(staff.get(ADDRESS, asked(1, 1, csv="articles"))) == [
        ["Bài viết số", "Bài viết", "Lượt xem"],
        [str(formula.pk), '\'=HYPERLINK("http://x","Bấm, vào đây")', "60"],
        *([str(article.pk), article.title, str(50 - i)] for i, article in enumerate(others)),
    ]
    page = staff.get(ADDRESS, asked(1, 1))
    assert len(rows_under(page, "Đọc nhiều trong những ngày này")) == 20
    assert "20 bài đầu trong 26 bài; tệp CSV có đủ." in page.content.decode()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_cell_can_be_run(start):
    assert cell(f"{start}1+1") == f"'{start}1+1"


def test_texts_and_numbers_stay_as_they_are():
    assert [cell(value) for value in ("Đất đai", "a=b", "", -12, None)] == ["Đất đai", "a=b", "", -12, None]


def test_an_unknown_file_is_the_page(staff):
    assert staff.get(ADDRESS, {"csv": "xml"})["Content-Type"] == "text/html; charset=utf-8"
