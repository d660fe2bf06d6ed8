"""The admin as staff see it: its order, its lists, its forms, who may what, and what leaves the building with it."""

import json
import re
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from news.models import Category
from portal.lib.desk import outline
from portal.models import Alert, Banner, DistrustedHost, MenuItem, Page, RelatedLink, SiteProfile
from stats.models import Adjustment, DailyCount, OpeningBalance
from tests.desk import page_of, sign_in
from tests.factories import make_article, make_category, make_hotline, make_office, make_page, make_poll, make_profile

pytestmark = pytest.mark.django_db
LISTS = (
    "news_article", "news_category", "hotlines_hotline", "hotlines_office", "polls_poll", "portal_alert", "portal_page",
    "portal_menuitem", "portal_banner", "portal_relatedlink", "portal_distrustedhost", "stats_dailycount", "stats_adjustment",
    "stats_openingbalance", "auth_user", "auth_group", "portal_auditline",
)  # fmt: skip
UNSAFE = "'unsafe-inline'"


# --- Front page -----------------------------------------------------------------------------------------------------
def test_the_front_page_is_ordered_as_an_editor_thinks(admin_client):
    apps = admin_client.get("/quan-tri/").context["app_list"]
    shown = {str(app["name"]): [model["name"] for model in app["models"]] for app in apps}
    assert list(shown) == [
        "Tin tức", "Đường dây nóng", "Bình chọn", "Cổng thông tin", "Thống kê truy cập", "Tài khoản và phân quyền",
    ]  # fmt: skip
    assert shown["Tin tức"] == ["Bài viết", "Ảnh", "Đính chính công khai", "Chuyên mục", "Lỗi hay gặp"]
    assert shown["Cổng thông tin"] == [
        "Dải thông báo", "Trang thông tin", "Mục menu", "Biểu ngữ", "Cơ quan liên quan",
        "Tên miền không còn tin cậy", "Thông tin cơ quan", "Kết quả đặt lên đầu", "Câu tìm không có kết quả",
        "Từ cùng nghĩa", "Chuyển hướng", "Địa chỉ không tìm thấy", "Nhật ký",
    ]  # fmt: skip


def test_ballots_and_choices_are_nowhere_in_the_admin(admin_client):
    assert admin_client.get("/quan-tri/polls/ballot/").status_code == 404
    assert admin_client.get("/quan-tri/polls/choice/").status_code == 404


def test_a_writer_of_articles_sees_only_articles():
    writer = sign_in("news.add_article", "news.change_article")
    apps = writer.get("/quan-tri/").context["app_list"]
    assert [model["object_name"] for app in apps for model in app["models"]] == ["Article"]
    answers = {
        name: writer.get(reverse(f"admin:{name}_changelist")).status_code for name in (*LISTS, "portal_siteprofile")
    }
    assert {name for name, status in answers.items() if status == 200} == {"news_article"}
    assert set(answers.values()) == {200, 403}


def test_a_writer_may_choose_an_office_without_a_right_to_offices():
    make_office(name="Phòng Y tế")
    asked = {"app_label": "news", "model_name": "article", "field_name": "office", "term": "phong y te"}
    writer = sign_in("news.change_article")
    found = writer.get("/quan-tri/autocomplete/", asked).json()["results"]
    assert [one["text"] for one in found] == ["Phòng Y tế"]
    for other in (
        {"field_name": "category"},
        {"model_name": "attachment"},
        {"app_label": "hotlines", "model_name": "hotline"},
    ):
        assert writer.get("/quan-tri/autocomplete/", asked | other).status_code == 403


# --- Lists ----------------------------------------------------------------------------------------------------------
def fill_lists(numbers):
    """One of everything for each number, with everything that its row may reach."""
    user = User.objects.first()
    for i in numbers:
        category = make_category(name=f"Mục {i}", parent=Category.objects.order_by("pk").last())
        office = make_office(name=f"Phòng {i}")
        make_hotline(office=office)
        make_article(category=category, office=office)
        page = make_page(title=f"Trang {i}", parent=Page.objects.order_by("pk").last())
        item = MenuItem.objects.create(label=f"Mục {i}", target="page", page=page)
        MenuItem.objects.create(label=f"Con {i}", target="poll", poll=make_poll(question=f"Câu {i}"), parent=item)
        Alert.objects.create(text=f"Bão số {i}")
        Banner.objects.create(title=f"Biểu ngữ {i}", image="banners/a.webp", alt="Ảnh", width=1, height=1)
        RelatedLink.objects.create(title=f"Sở {i}", url="https://hanoi.gov.vn")
        DistrustedHost.objects.create(host=f"cu-{i}.vn")
        DailyCount.objects.create(day=date(2025, 1, 1 + i), key=f"article:{i + 1}", n=5)
        Adjustment.objects.create(day=date(2025, 1, 1), n=-1, reason="Đếm nhầm", made_by=user)
        OpeningBalance.objects.create(key=f"article:{i + 1}", as_of=date(2025, 1, 1), source="Cổng cũ", total=5)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_as_many_queries_for_eight_rows_as_for_two(admin_client, name):
    address = reverse(f"admin:{name}_changelist")

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert admin_client.get(address).status_code == 200
        return len(captured)

    fill_lists(range(2))
    queries()  # content types and the like are read once a process
    few = queries()
    fill_lists(range(2, 8))
    assert queries() == few <= 16


@pytest.mark.parametrize(
    ("name", "query", "found"),
    [
        ("news_article", "dam bao an sinh", "Đảm bảo an sinh xã hội"),
        ("news_article", "ĐẢM BẢO sinh", "Đảm bảo an sinh xã hội"),
        ("hotlines_office", "lao dong", "Phòng Lao động"),
        ("hotlines_hotline", "tiep cong", "Tiếp công dân"),
        ("hotlines_hotline", "62933647", "Tiếp công dân"),
        ("news_category", "van hoa", "Văn hóa"),
        ("polls_poll", "hai long", "Có hài lòng không?"),
    ],
)
def test_lists_are_searched_without_accents(admin_client, text_of, name, query, found):
    make_article(title="Đảm bảo an sinh xã hội", category=make_category(name="Văn hóa"))
    make_article(title="Chuyện khác")
    make_category(name="Kinh tế")
    make_hotline(office=make_office(name="Phòng Lao động"))
    make_hotline(office=make_office(name="Công an"), purpose="Trật tự", number="113")
    make_poll()
    make_poll(question="Câu hỏi khác?")
    page = admin_client.get(reverse(f"admin:{name}_changelist"), {"q": query})
    assert page.context["cl"].result_count == 1
    assert found in text_of(page)


def test_numbers_and_days_are_written_as_in_vietnam(admin_client, text_of):
    OpeningBalance.objects.create(as_of=date(2025, 2, 1), source="Cổng cũ", total=14817597, year=453979)
    shown = text_of(admin_client.get("/quan-tri/stats/openingbalance/"))
    assert "01/02/2025 14.817.597 453.979" in shown


def test_the_menu_is_listed_as_a_tree(admin_client):
    late = MenuItem.objects.create(label="Tin tức", target="news", order=2)
    early = MenuItem.objects.create(label="Giới thiệu", target="none", order=1)
    second = MenuItem.objects.create(label="Bản đồ", target="map", parent=early, order=9)
    third = MenuItem.objects.create(label="Xa", target="address", address="/xa/", parent=second)
    rows = admin_client.get("/quan-tri/portal/menuitem/").context["cl"].result_list
    assert [(row.pk, row.depth) for row in rows] == [(early.pk, 0), (second.pk, 1), (third.pk, 2), (late.pk, 0)]
    choices = admin_client.get(page_of(third)).context["adminform"].form.fields["parent"].choices
    assert [label for value, label in choices if value] == ["Giới thiệu", "\u2003Bản đồ", "Tin tức"]


def test_a_tree_with_a_circle_is_still_listed():
    one, two = make_category(), make_category()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # a circle from before the database refused them
    Category.objects.filter(pk=one.pk).update(parent=two)
    Category.objects.filter(pk=two.pk).update(parent=one)
    root = make_category()
    assert outline(Category) == {root.pk: 0, one.pk: 0, two.pk: 0}


def test_an_empty_tree_is_listed(admin_client):
    assert admin_client.get("/quan-tri/portal/menuitem/").status_code == 200


def test_the_calendar_writes_days_as_the_form_reads_them_and_speaks_vietnamese(admin_client):
    script = admin_client.get(reverse("admin:jsi18n")).content.decode()
    formats = json.loads(re.search(r"django.formats = ({.*?});", script, re.DOTALL)[1])
    assert (formats["DATE_INPUT_FORMATS"][0], formats["TIME_INPUT_FORMATS"][0]) == ("%d/%m/%Y", "%H:%M")
    assert formats["FIRST_DAY_OF_WEEK"] == 1
    words = json.loads(re.search(r"const newcatalog = ({.*?});", script, re.DOTALL)[1])
    assert (words["Cancel"], words["Today"], words["abbrev. day Sunday\u0004Sun"]) == ("Hủy", "Hôm nay", "CN")


# --- The Content-Security-Policy, the words -------------------------------------------------------------------------
def test_only_forms_with_the_editor_have_a_looser_policy(admin_client, client):
    make_profile()
    article, page, poll = make_article(), make_page(), make_poll()
    loose = [page_of(article), page_of(page), "/quan-tri/news/article/add/"]
    strict = ["/quan-tri/", "/quan-tri/news/article/", "/quan-tri/portal/page/"]
    strict += [page_of(poll), page_of(SiteProfile.objects.get())]
    for address in loose + strict:
        policy = admin_client.get(address)["Content-Security-Policy"]
        directives = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
        expected = f"'self' {UNSAFE}" if address in loose else "'self'"
        assert (address, directives["script-src"], directives["style-src"]) == (address, expected, expected)
        assert "unsafe-eval" not in policy
    assert UNSAFE not in client.get("/quan-tri/login/")["Content-Security-Policy"]


ENGLISH = (
    "Add Change Save Delete View History Home Log Welcome password username Date Time Today Now Content Picture Title Text"
    " State Category Office Search Filter Action Go All By Show Hide the of and is to for with this Select choose selected"
).split()


@pytest.mark.parametrize("address", ["/quan-tri/login/", "/quan-tri/", "/quan-tri/news/article/add/", "/quan-tri/news/article/",
    "/quan-tri/polls/poll/add/", "/quan-tri/hotlines/office/add/", "/quan-tri/portal/menuitem/add/",
    "/quan-tri/stats/openingbalance/add/", "/quan-tri/stats/adjustment/add/", "/quan-tri/auth/user/add/",
    "/quan-tri/auth/group/add/", "/quan-tri/password_change/", "/quan-tri/stats/bao-cao/", "/quan-tri/news/article/cho-duyet/",
    "/quan-tri/portal/auditline/", "/quan-tri/tai-khoan/", "/quan-tri/tai-khoan/hai-buoc/"])  # fmt: skip
def test_no_english_word_is_shown(admin_client, client, text_of, address):
    make_article(title="Chờ", category=make_category(name="Mục"), state="waiting")
    make_article(title="Tin", published_at=timezone.now() - timedelta(days=1))
    page = (client if "login" in address else admin_client).get(address)
    assert page.status_code == 200
    words = {word.strip(".,:;?!()“”\"'|›") for word in text_of(page).split()}
    assert words & {*ENGLISH, *(word.lower() for word in ENGLISH)} == set()
