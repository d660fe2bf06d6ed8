"""The forms of the admin: what they take as Vietnamese staff type it, what they refuse and in which words."""

import re
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from hotlines.models import Hotline, Office
from news.models import Category
from polls import voting
from polls.models import Option, Poll
from portal.models import Alert, Banner, MenuItem, SiteProfile
from stats.models import Adjustment, DailyCount, OpeningBalance
from tests.desk import inline, page_of, said, sign_in
from tests.factories import make_hotline, make_office, make_page, make_poll

pytestmark = pytest.mark.django_db
LISTS = (
    "news_article", "news_category", "hotlines_hotline", "hotlines_office", "polls_poll", "portal_alert", "portal_page",
    "portal_menuitem", "portal_banner", "portal_relatedlink", "stats_dailycount", "stats_adjustment",
    "stats_openingbalance", "auth_user", "auth_group",
)  # fmt: skip
UNSAFE = "'unsafe-inline'"


# --- Forms ----------------------------------------------------------------------------------------------------------
def test_the_profile_is_one_form(admin_client):
    assert admin_client.get("/quan-tri/portal/siteprofile/").url == "/quan-tri/portal/siteprofile/add/"
    sent = {
        "name": "Quận Thanh Xuân",
        "title": "Cổng thông tin điện tử",
        "title_en": "Web portal",
        "phone": "024.38585652",
    }
    admin_client.post("/quan-tri/portal/siteprofile/add/", sent)
    profile = SiteProfile.objects.get()
    assert (profile.pk, profile.name) == (1, "Quận Thanh Xuân")
    assert admin_client.get("/quan-tri/portal/siteprofile/").url == page_of(profile)
    assert admin_client.get("/quan-tri/portal/siteprofile/add/").status_code == 403
    assert admin_client.post(page_of(profile, "delete"), {"post": "yes"}).status_code == 403


def test_the_first_of_february_is_not_the_second_of_january(admin_client):
    sent = {"level": "notice", "text": "Bão", "starts_at_0": "01/02/2025", "starts_at_1": "16:12"}
    assert admin_client.post("/quan-tri/portal/alert/add/", sent).status_code == 302
    assert Alert.objects.get().starts_at == datetime(2025, 2, 1, 9, 12, tzinfo=UTC)
    form = admin_client.get(page_of(Alert.objects.get())).content.decode()
    assert 'value="01/02/2025"' in form
    assert 'value="16:12"' in form
    assert "Giờ Việt Nam (UTC+7):" in form


def test_a_day_that_does_not_exist_is_refused_in_words(admin_client):
    sent = {"level": "notice", "text": "Bão", "starts_at_0": "30/02/2025", "starts_at_1": "16:12"}
    refused = admin_client.post("/quan-tri/portal/alert/add/", sent)
    assert said(refused) == ["Hãy nhập ngày hợp lệ, ví dụ 22/01/2025."]


def test_an_opening_balance_is_typed_with_dots(admin_client):
    sent = {"key": "visit", "as_of": "22/01/2025", "source": "Cổng cũ", "total": "14.817.597", "year": "453.979",
            "month": "453979", "week": "122.460"}  # fmt: skip
    assert admin_client.post("/quan-tri/stats/openingbalance/add/", sent).status_code == 302
    balance = OpeningBalance.objects.get()
    numbers = (balance.as_of, balance.total, balance.year, balance.month, balance.week)
    assert numbers == (date(2025, 1, 22), 14817597, 453979, 453979, 122460)
    assert 'value="14.817.597"' in admin_client.get(page_of(balance)).content.decode()
    assert admin_client.post(page_of(balance, "delete")).status_code == 403


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"year": "20"}, "Một phần không thể lớn hơn tổng chứa nó."),
        ({"week": "20"}, "Một phần không thể lớn hơn tổng chứa nó."),
        ({"key": "bai-42"}, "Hãy ghi “visit”, hoặc “article:” và số của bài viết."),
        ({"total": "nhiều"}, "Hãy nhập số nguyên."),
    ],
)
def test_a_balance_that_does_not_add_up_is_refused_in_words(admin_client, wrong, error):
    sent = {
        "key": "visit",
        "as_of": "22/01/2025",
        "source": "Cổng cũ",
        "total": "10",
        "year": "5",
        "month": "5",
        "week": "5",
    }
    assert said(admin_client.post("/quan-tri/stats/openingbalance/add/", sent | wrong)) == [error]


def test_daily_counts_are_only_read(admin_client):
    count = DailyCount.objects.create(day=date(2025, 1, 22), key="visit", n=12345)
    assert admin_client.get("/quan-tri/stats/dailycount/add/").status_code == 403
    assert admin_client.post(page_of(count), {"n": 1}).status_code == 403
    assert admin_client.post(page_of(count, "delete"), {"post": "yes"}).status_code == 403
    assert "12.345" in admin_client.get("/quan-tri/stats/dailycount/").content.decode()
    for kind, expected in {"visit": 1, "robot": 0, "article": 0}.items():
        assert admin_client.get("/quan-tri/stats/dailycount/", {"loai": kind}).context["cl"].result_count == expected


def test_a_correction_is_signed_by_whoever_makes_it_and_then_stays(admin_client, admin_user):
    sent = {"day": "22/01/2025", "key": "visit", "n": "-1.200", "reason": "Đếm nhầm máy nội bộ"}
    refused = admin_client.post("/quan-tri/stats/adjustment/add/", sent | {"n": "0"})
    assert said(refused) == ["Điều chỉnh bằng 0 thì không thay đổi gì."]
    assert admin_client.post("/quan-tri/stats/adjustment/add/", sent).status_code == 302
    correction = Adjustment.objects.get()
    assert (correction.n, correction.made_by) == (-1200, admin_user)
    assert admin_client.post(page_of(correction), sent).status_code == 403
    assert admin_client.post(page_of(correction, "delete")).status_code == 403


# --- Hotlines -------------------------------------------------------------------------------------------------------
def office_form(*rows, **fields):
    sent = {"name": "Phòng Y tế", "kind": "division", "order": "1", "is_listed": "on", **fields}
    return sent | inline("hotlines", *rows) | inline("steps")


ROW = {"purpose": "Tiếp công dân", "number": "024.62933647", "order": "1"}


def test_an_office_is_written_with_its_numbers(admin_client):
    sent = office_form(ROW, ROW | {"number": "113"}, lat="21.00306", lng="105.80194")
    assert admin_client.post("/quan-tri/hotlines/office/add/", sent).status_code == 302
    assert sorted(Hotline.objects.values_list("dialled", flat=True)) == ["+842462933647", "113"]
    assert "113" in re.split("[ :]", Office.objects.get().text_words)


@pytest.mark.parametrize(
    ("rows", "fields", "error"),
    [
        ([ROW, ROW | {"number": "(024) 62933647"}], {}, "Cùng một số được ghi hai lần cho cùng một nội dung."),
        ([ROW | {"number": "không có"}], {},
         "“không có” không phải là số điện thoại. Ví dụ đúng: 024.62933647, 0868216873, 113."),
        ([], {"lat": "21"}, "Một điểm trên bản đồ cần có cả vĩ độ và kinh độ."),
        ([], {"lat": "105", "lng": "21"}, "Vĩ độ nằm trong khoảng từ -90 đến 90; ở Việt Nam từ 8 đến 24."),
        ([], {"name": "\u200b"}, "Mục này không được để trống."),
    ],
)  # fmt: skip
def test_an_office_with_a_fault_is_refused_in_words(admin_client, rows, fields, error):
    assert said(admin_client.post("/quan-tri/hotlines/office/add/", office_form(*rows, **fields))) == [error]
    assert not Office.objects.exists()


def test_an_office_does_not_belong_to_itself(admin_client):
    above = make_office()
    below = make_office(parent=above)
    refused = admin_client.post(page_of(above), office_form(name=above.name, parent=below.pk))
    assert said(refused) == ["Một đơn vị không thể trực thuộc chính nó."]


def test_the_same_number_twice_at_one_office_is_refused(admin_client):
    office = make_hotline().office
    refused = admin_client.post("/quan-tri/hotlines/hotline/add/", ROW | {"office": office.pk})
    assert said(refused) == ["Đơn vị này đã có số này cho nội dung này."]


def test_an_office_that_gives_a_number_away_is_no_longer_found_by_it(admin_client):
    hotline, heir = make_hotline(), make_office()
    admin_client.post(page_of(hotline), ROW | {"office": heir.pk})
    words = {office.pk: "62933647" in office.text_words for office in Office.objects.all()}
    assert words == {hotline.office_id: False, heir.pk: True}
    deleted = {"action": "delete_selected", "_selected_action": [hotline.pk], "post": "yes"}
    admin_client.post("/quan-tri/hotlines/hotline/", deleted)
    assert "62933647" not in Office.objects.get(pk=heir.pk).text_words


# --- Menu, pages, banners -------------------------------------------------------------------------------------------
def test_a_menu_item_of_a_fourth_level_is_refused(admin_client):
    item = None
    for level in range(3):
        item = MenuItem.objects.create(label=f"Cấp {level}", target="none", parent=item)
    sent = {"label": "Cấp 4", "target": "none", "parent": item.pk, "order": 1}
    refused = admin_client.post("/quan-tri/portal/menuitem/add/", sent)
    assert said(refused) == ["Lựa chọn này không có trong danh sách."]


def test_a_category_gets_its_address_from_its_name(admin_client):
    admin_client.post("/quan-tri/news/category/add/", {"name": "Đời sống", "order": "1"})
    assert Category.objects.get().slug == "doi-song"
    refused = admin_client.post("/quan-tri/news/category/add/", {"name": "🙂", "order": "1"})
    assert said(refused) == ["Tên phải có chữ cái hoặc chữ số."]


def test_only_what_citizens_can_see_has_a_link_to_the_portal(admin_client):
    shown, hidden = make_page(), make_page(is_public=False)
    assert f'href="{shown.get_absolute_url()}"' in admin_client.get(page_of(shown)).content.decode()
    assert f'href="{hidden.get_absolute_url()}"' not in admin_client.get(page_of(hidden)).content.decode()


def test_a_banner_that_is_no_picture_is_refused(admin_client):
    page = SimpleUploadedFile("anh.jpg", b"<html><script>alert(1)</script></html>", "image/jpeg")
    sent = {
        "title": "Biểu ngữ",
        "alt": "Ảnh",
        "place": "column",
        "order": "1",
        "starts_at_0": "22/01/2025",
        "starts_at_1": "08:00",
        "image": page,
    }
    refused = admin_client.post("/quan-tri/portal/banner/add/", sent)
    assert said(refused) == ["Tệp này không phải là ảnh JPEG, PNG, WebP hoặc GIF nguyên vẹn."]
    assert not Banner.objects.exists()


def test_a_banner_whose_file_is_lost_asks_for_another_in_words(admin_client):
    banner = Banner.objects.create(title="Biểu ngữ", alt="Ảnh")
    Banner.objects.update(image="banners/mat.webp", width=1, height=1)
    sent = {
        "title": "Tên mới",
        "alt": "Ảnh",
        "place": "column",
        "order": "1",
        "starts_at_0": "22/01/2025",
        "starts_at_1": "08:00",
    }
    assert said(admin_client.post(page_of(banner), sent)) == ["Tệp đã lưu của ảnh này bị mất. Vui lòng chọn lại ảnh."]
    file = BytesIO()
    Image.new("RGB", (16, 9)).save(file, "PNG")
    sent["image"] = SimpleUploadedFile("anh.png", file.getvalue(), "image/png")
    assert admin_client.post(page_of(banner), sent).status_code == 302
    assert Banner.objects.get().title == "Tên mới"


# --- Polls ----------------------------------------------------------------------------------------------------------
def poll_form(*rows, initial=0, **fields):
    return {"question": "Có hài lòng không?", "max_choices": "1", "opens_at_0": "22/01/2025", "opens_at_1": "08:00",
            "results_shown": "always", **fields} | inline("options", *rows, initial=initial)  # fmt: skip


def test_a_poll_is_written_with_its_answers_in_order(admin_client):
    rows = [{"text": "Tốt", "order": "2"}, {"text": "Rất tốt", "order": "1"}]
    assert admin_client.post("/quan-tri/polls/poll/add/", poll_form(*rows)).status_code == 302
    assert [option.text for option in Poll.objects.get().options.all()] == ["Rất tốt", "Tốt"]


@pytest.mark.parametrize(
    ("rows", "fields", "error"),
    [
        ([], {"max_choices": "0"}, "Phải cho chọn ít nhất một phương án."),
        ([], {"closes_at_0": "21/01/2025", "closes_at_1": "08:00"}, "Thời điểm kết thúc phải sau thời điểm mở."),
    ],
)
def test_a_poll_with_a_fault_is_refused_in_words(admin_client, rows, fields, error):
    assert said(admin_client.post("/quan-tri/polls/poll/add/", poll_form(*rows, **fields))) == [error]


@pytest.fixture
def voted():
    """A poll in which one person has voted."""
    poll = make_poll()
    voting.cast(poll, [poll.options.first()], voter=b"v" * 32)
    return poll


def test_after_the_first_ballot_answers_are_frozen_and_the_form_says_why(admin_client, voted, text_of):
    page = admin_client.get(page_of(voted))
    assert "Đã có người bình chọn nên không thể sửa, thêm hoặc bớt phương án nữa" in text_of(page)
    assert "Rất tốt 1 100,0 %" in text_of(page)
    assert "-TOTAL_FORMS" in page.content.decode()
    assert 'name="options-0-text"' not in page.content.decode()
    options = list(voted.options.values_list("pk", "text"))
    rows = [{"id": pk, "poll": voted.pk, "text": "Sửa lén", "order": "1", "DELETE": "on"} for pk, _ in options]
    rows.append({"id": "", "poll": voted.pk, "text": "Thêm lén", "order": "1"})
    answer = admin_client.post(page_of(voted), poll_form(*rows, initial=len(options), note="Mới"))
    assert answer.status_code == 302
    voted.refresh_from_db()
    assert voted.note == "Mới"
    assert list(Option.objects.values_list("pk", "text")) == options


def test_of_an_open_poll_two_answers_stay(admin_client):
    poll = make_poll(options=("Tốt", "Chưa tốt"))
    rows = [
        {"id": option.pk, "poll": poll.pk, "text": option.text, "order": "1", **({"DELETE": "on"} if n else {})}
        for n, option in enumerate(poll.options.all())
    ]
    answer = admin_client.post(page_of(poll), poll_form(*rows, initial=2))
    assert said(answer) == ["Cuộc bình chọn đã duyệt cần ít nhất hai phương án."]


def test_before_the_first_ballot_answers_can_be_changed(admin_client, text_of):
    page = admin_client.get(page_of(make_poll()))
    assert 'name="options-0-text"' in page.content.decode()
    assert "Đã có người bình chọn" not in text_of(page)


def test_a_poll_with_ballots_is_not_deleted(admin_client, voted):
    assert admin_client.post(page_of(voted, "delete"), {"post": "yes"}).status_code == 403
    bulk = {"action": "delete_selected", "_selected_action": [voted.pk], "post": "yes"}
    admin_client.post("/quan-tri/polls/poll/", bulk)
    assert (Poll.objects.count(), voted.ballots.count()) == (1, 1)


def test_whoever_may_edit_polls_may_edit_their_answers():
    clerk = sign_in("polls.add_poll", "polls.change_poll", "polls.view_poll")
    assert clerk.post("/quan-tri/polls/poll/add/", poll_form({"text": "Tốt", "order": "1"})).status_code == 302
    assert Option.objects.get().text == "Tốt"


def test_whoever_may_only_view_polls_changes_nothing():
    poll = make_poll()
    viewer = sign_in("polls.view_poll")
    assert viewer.get(page_of(poll)).status_code == 200
    assert viewer.post(page_of(poll), poll_form()).status_code == 403


# --- Accounts -------------------------------------------------------------------------------------------------------
def account_form(**fields):
    return {"username": "nhanvien", "is_active": "on", "is_staff": "on", **fields}


def test_whoever_manages_accounts_grants_no_rights_and_leaves_administrators_alone(admin_user):
    manager = sign_in("auth.change_user", "auth.delete_user", "auth.add_group", "auth.change_group", "auth.view_user")
    own = User.objects.get(username="nhanvien")
    rights = set(own.user_permissions.all())
    everything = list(Permission.objects.values_list("pk", flat=True))
    sent = account_form(first_name="Lan", is_superuser="on", user_permissions=everything)
    assert manager.post(page_of(own), sent).status_code == 302
    own.refresh_from_db()
    assert (own.first_name, own.is_superuser, set(own.user_permissions.all())) == ("Lan", False, rights)
    assert manager.post(page_of(admin_user), account_form(username="admin")).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[admin_user.pk])
    assert manager.post(password, {"password1": "mat-khau-moi", "password2": "mat-khau-moi"}).status_code == 403
    assert manager.post(page_of(admin_user, "delete"), {"post": "yes"}).status_code == 403
    assert manager.post("/quan-tri/auth/group/add/", {"name": "Tự cấp", "permissions": everything}).status_code == 403


def test_rights_are_named_in_vietnamese(admin_client):
    form = admin_client.get("/quan-tri/auth/group/add/").context["adminform"].form
    labels = {str(label) for _, label in form.fields["permissions"].choices}
    assert {"Tin tức | bài viết | sửa", "Bình chọn | cuộc bình chọn | xem"} <= labels
    assert not [label for label in labels if "Can " in label]
