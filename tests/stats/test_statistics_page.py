"""/thong-ke/: the counters, the days, the most read of the week, corrections and where the numbers come from."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from news import publishing
from portal.lib import clock, pagecache
from portal.models import Generation
from stats import figures
from stats.models import ROBOT, VISIT, Adjustment, DailyCount, OpeningBalance
from tests.factories import make_article, make_profile

pytestmark = pytest.mark.django_db
ADDRESS = "/thong-ke/"


@pytest.fixture(autouse=True)
def generation_row(db):
    """Transactional tests end by emptying all tables, this one too."""
    Generation.objects.get_or_create(id=1)


def ago(days):
    return clock.local_day() - timedelta(days=days)


def count(days_ago, n, key=VISIT):
    DailyCount.objects.create(day=ago(days_ago), key=key, n=n)


def read(*views, **article):
    """A public article with so many views yesterday, the day before, …"""
    article = make_article(**article)
    for days, n in enumerate(views, 1):
        count(days, n, article.count_key)
    return article


def rows_under(page, heading):
    """The rows of the first table under `heading`: [[cell, …], …]."""
    table = page.content.decode().partition(heading)[2].partition("<tbody>")[2].partition("</tbody>")[0]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in table.split("</tr>")[:-1]]
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in cells]


def most_read(reader):
    return rows_under(reader.get(ADDRESS), "Đọc nhiều trong tuần")


# --- Most read ------------------------------------------------------------------------------------------------------
def test_the_most_read_of_the_week_are_ranked_by_the_seven_days_that_are_over(reader):
    steady = read(1, 1, 1, 1, 1, 1, 1200, 90000, title="Đều đặn")
    sudden = read(700, title="Đột ngột")
    count(0, 5000, sudden.count_key)  # today is not over
    count(0, 5000, steady.count_key)
    make_article(title="Không ai đọc")
    assert most_read(reader) == [["Đều đặn", "1.206"], ["Đột ngột", "700"]]
    assert f'href="{steady.get_absolute_url()}"' in reader.get(ADDRESS).content.decode()


def test_ten_are_shown_and_what_is_not_public_makes_room(reader):
    articles = [read(100 - i, title=f"Bài {i}") for i in range(13)]
    publishing.withdraw(articles[0])
    type(articles[1]).objects.filter(pk=articles[1].pk).update(state="draft")
    count(1, 999, "article:987654321")  # deleted since
    assert [title for title, n in most_read(reader)] == [f"Bài {i}" for i in range(2, 12)]


@pytest.mark.parametrize(
    "hidden",
    [
        {"state": "draft"},
        {"state": "withdrawn"},
        {"published_at": timezone.now() + timedelta(days=1)},
        {"published_at": timezone.now() - timedelta(days=2), "expires_at": timezone.now() - timedelta(days=1)},
    ],
)
def test_nothing_that_is_not_public_leaks(reader, hidden):
    read(100, title="Bí mật", **hidden)
    page = reader.get(ADDRESS)
    assert "Bí mật" not in page.content.decode()
    assert "Trong những ngày này chưa có bài viết nào được đọc." in page.content.decode()


@pytest.mark.django_db
def test_a_withdrawn_article_leaves_the_cached_page(reader, beat):
    make_profile()
    kept, gone = read(5, title="Ở lại"), read(9, title="Bị gỡ")
    beat()
    assert [title for title, n in most_read(reader)] == ["Bị gỡ", "Ở lại"]
    with CaptureQueriesContext(connection) as queries:
        assert [title for title, n in most_read(reader)] == ["Bị gỡ", "Ở lại"]
    assert len(queries) == 0
    publishing.withdraw(gone)
    beat()
    assert [title for title, n in most_read(reader)] == [kept.title]


def test_a_correction_of_an_article_moves_it(reader):
    read(5, title="Đúng")
    wrong, nothing = read(9, title="Đếm thừa"), read(3, title="Không còn gì")
    Adjustment.objects.create(day=ago(1), key=wrong.count_key, n=-7, reason="Kiểm thử")
    Adjustment.objects.create(day=ago(1), key=nothing.count_key, n=-3, reason="Kiểm thử")
    assert most_read(reader) == [["Đúng", "5"], ["Đếm thừa", "2"]]


# --- Counters, days, sources ----------------------------------------------------------------------------------------
def test_six_figures_and_thirty_days_without_today_and_without_robots(reader, text_of):
    OpeningBalance.objects.create(key=VISIT, as_of=date(2025, 1, 22), source="cổng cũ", total=14817597)
    for days, n in ((0, 7), (1, 1000), (30, 12), (31, 500)):
        count(days, n)
    count(1, 88888, ROBOT)
    page = reader.get(ADDRESS)
    shown = dict(re.findall(r"<dt>(.*?)</dt> <dd>(.*?)</dd>", page.content.decode().partition("<h1>")[2]))
    assert list(shown) == ["Đang truy cập", "Hôm nay", "Tuần này", "Tháng này", "Năm nay", "Tổng lượt truy cập"]
    assert (shown["Hôm nay"], shown["Tổng lượt truy cập"]) == ("7", "14.819.116")
    expected = {1: "1.000", 30: "12"}
    assert rows_under(page, "30 ngày qua") == [[f"{ago(i):%d/%m/%Y}", expected.get(i, "0")] for i in range(1, 31)]
    assert page.content.decode().count("<rect ") == 30
    assert f"đếm từ ngày {ago(31):%d/%m/%Y}" in text_of(page)
    assert "88.888" not in text_of(page)
    assert rows_under(page, "Số liệu tiếp nhận")[0][:3] == ["cổng cũ", "22/01/2025", "14.817.597"]


def test_a_correction_is_told_with_its_day_number_and_reason_but_not_who_made_it(reader, text_of, admin_user):
    count(2, 100)
    count(40, 5)
    Adjustment.objects.create(day=ago(2), n=-30, reason="Kiểm thử <tải>", made_by=admin_user)
    Adjustment.objects.create(day=ago(40), n=1200, reason="Số liệu chuyển muộn", made_by=admin_user)
    Adjustment.objects.create(day=ago(2), key="article:1", n=4, reason="Của bài viết", made_by=admin_user)
    page = reader.get(ADDRESS)
    told = re.findall(r"<li>\s*(\d\d/[^<]*?)\s*</li>", page.content.decode())
    assert sorted(told) == sorted([
        f"{ago(2):%d/%m/%Y}: đã điều chỉnh -30 lượt truy cập – Kiểm thử &lt;tải&gt;",
        f"{ago(40):%d/%m/%Y}: đã điều chỉnh +1.200 lượt truy cập – Số liệu chuyển muộn",
    ])  # fmt: skip
    assert rows_under(page, "30 ngày qua")[1] == [f"{ago(2):%d/%m/%Y}", "70"]
    assert admin_user.username not in text_of(page)


def test_a_chart_of_many_days_names_a_dozen_and_draws_nothing_below_the_line():
    days = [(date(2025, 1, 1) + timedelta(days=i), i - 3) for i in range(366)]
    chart = figures.chart(days)
    assert sum(bar["is_named"] for bar in chart["bars"]) == 12
    assert [bar["height"] for bar in chart["bars"][:4]] == [0, 0, 0, 0]
    assert (chart["bars"][-1]["is_named"], chart["bars"][0]["label"]) == (True, "-3")


def test_a_fresh_page_costs_the_same_whatever_it_shows(reader, beat):
    make_profile()
    beat()

    def queries():
        pagecache.forget()
        reader.get("/tin-tuc/")  # what stands around every page
        with CaptureQueriesContext(connection) as captured:
            assert reader.get(ADDRESS).status_code == 200
        return len(captured)

    read(1)
    few = queries()
    for i in range(2, 12):
        article = read(i)
        Adjustment.objects.create(day=ago(i), n=1, reason="Muộn")
        Adjustment.objects.create(day=ago(1), key=article.count_key, n=1, reason="Muộn")
    assert queries() == few == 7


def test_the_days_that_are_over_become_one_more_a_minute_after_midnight():
    """When the page is to be made anew: what was seen at 23:59:59 is then written."""
    local = datetime(2026, 3, 4, 17, tzinfo=UTC)  # midnight in Việt Nam
    minute, changes = timedelta(minutes=1), DailyCount.objects.next_change
    assert changes(local - minute) == changes(local) == changes(local + minute / 2) == local + minute
    assert changes(local + minute) == local + timedelta(days=1) + minute
