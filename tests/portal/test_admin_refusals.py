"""What the admin refuses, whoever sends it: in words, at once, and never with a server error."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import IntegrityError, transaction
from django.urls import get_resolver, reverse

from hotlines.models import Hotline
from news.models import Article
from polls.models import Poll
from portal.models import CLAIMED, Alert, Page
from tests import pace
from tests.desk import inline, page_of, said, sign_in, stamped
from tests.factories import make_article, make_category, make_hotline, make_office, make_page, make_poll

pytestmark = pytest.mark.django_db
NO_NUMBER = "“abc” không phải là số điện thoại"
YEARS = "Năm phải từ 1900 đến 2100."


# --- Numbers --------------------------------------------------------------------------------------------------------
def test_a_number_nobody_can_dial_is_refused_in_words(admin_client):
    sent = {"office": make_office().pk, "purpose": "Tiếp dân", "number": "abc", "order": 1}
    refused = admin_client.post("/quan-tri/hotlines/hotline/add/", sent)
    assert [error for error in said(refused) if NO_NUMBER in error]
    assert 'value="Tiếp dân"' in refused.content.decode()
    assert not Hotline.objects.exists()


def test_a_number_nobody_can_dial_is_refused_among_those_of_its_office(admin_client):
    row = {"purpose": "Tiếp dân", "number": "abc", "order": 1}
    sent = {"name": "Phòng Y tế", "kind": "division", "order": 1, **inline("hotlines", row)}
    refused = admin_client.post("/quan-tri/hotlines/office/add/", sent)
    assert [error for error in said(refused) if NO_NUMBER in error]
    assert not Hotline.objects.exists()


# --- Moments --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("day", ["01/01/0001", "31/12/1899", "01/01/2101", "31/12/9999"])
def test_a_moment_beyond_1900_to_2100_is_refused_in_words(admin_client, day):
    moment = {"starts_at_0": day, "starts_at_1": "00:00"}
    refused = admin_client.post("/quan-tri/portal/alert/add/", {"level": "notice", "text": "Bão", **moment})
    assert said(refused) == [YEARS]
    sent = {"title": "Tin", "category": make_category().pk, "published_at_0": day, "published_at_1": "00:00"}
    assert said(admin_client.post("/quan-tri/news/article/add/", sent | inline("attachments"))) == [YEARS]
    sent = {"question": "Hỏi?", "max_choices": 1, "results_shown": "always", "opens_at_0": day, "opens_at_1": "00:00"}
    assert said(admin_client.post("/quan-tri/polls/poll/add/", sent | inline("options"))) == [YEARS]


@pytest.mark.parametrize("day", ["01/01/1900", "31/12/2100"])
def test_the_years_1900_and_2100_are_taken(admin_client, day):
    sent = {"level": "notice", "text": "Bão", "starts_at_0": day, "starts_at_1": "00:00"}
    assert admin_client.post("/quan-tri/portal/alert/add/", sent).status_code == 302


@pytest.mark.parametrize("year", [1, 1800, 2200, 9999])
def test_the_database_takes_no_moment_beyond_1900_to_2100(year):
    moment = datetime(year, 6, 1, tzinfo=UTC)
    make_article()
    make_poll()
    Alert.objects.create(text="Bão")
    for rows, field in ((Article, "published_at"), (Poll, "opens_at"), (Alert, "starts_at")):
        with pytest.raises(IntegrityError, match="_within_time"), transaction.atomic():
            rows.objects.update(**{field: moment})


# --- Addresses of pages ---------------------------------------------------------------------------------------------
def write_page(client, **fields):
    return client.post("/quan-tri/portal/page/add/", {"title": "Trang", "order": 1, "is_public": "on", **fields})


def test_the_address_of_a_page_is_made_plain(admin_client):
    assert write_page(admin_client, slug="Gioi_Thieu").status_code == 302
    assert Page.objects.get().path == "gioi-thieu"
    assert make_page(slug="To_Chuc", parent=Page.objects.get()).path == "gioi-thieu/to-chuc"
    assert admin_client.get("/gioi-thieu/").status_code == 200
    with pytest.raises(IntegrityError, match="page_path_is_plain"), transaction.atomic():
        Page.objects.filter(path="gioi-thieu").update(path="Gioi_Thieu")


def test_a_page_cannot_take_an_address_of_the_portal(admin_client):
    taken = "Địa chỉ này đã dành cho một phần khác của cổng thông tin."
    assert said(write_page(admin_client, slug="quan-tri")) == [taken]
    assert said(write_page(admin_client, title="Bản đồ")) == [taken]
    assert write_page(admin_client, slug="ban-do", parent=make_page().pk).status_code == 302


def test_every_address_of_the_portal_is_known_to_the_pages():
    first_parts = {str(entry.pattern).lstrip("^").partition("/")[0] for entry in get_resolver().url_patterns}
    plain = {part for part in first_parts if part.replace("-", "").isalnum()}
    assert {"tin-tuc", "quan-tri"} < plain <= CLAIMED


def test_an_address_that_becomes_too_long_is_refused_in_words(admin_client):
    too_long = "Địa chỉ của trang này hoặc của trang nằm dưới nó sẽ quá dài."
    top = make_page(slug="a" * 80)
    low = make_page(slug="c" * 80, parent=make_page(slug="b" * 80, parent=top))
    assert said(write_page(admin_client, slug="d" * 80, parent=low.pk)) == [too_long]
    moved = make_page(slug="e" * 20)
    make_page(slug="f" * 40, parent=moved)
    sent = stamped(moved, title="Trang", order=1, slug=moved.slug, parent=low.pk)
    assert said(admin_client.post(page_of(moved), sent)) == [too_long]
    assert admin_client.post(page_of(moved), sent | {"parent": low.parent_id}).status_code == 302


# --- Accounts -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("is_active", [True, False])
@pytest.mark.parametrize("by_group", [True, False])
def test_nobody_sets_the_password_of_an_account_that_may_do_more(is_active, by_group):
    clerk = sign_in("auth.change_user", "auth.view_user")
    boss = User.objects.create_user("truongphong", is_staff=True, is_active=is_active)
    right = Permission.objects.get(codename="change_article")
    if by_group:
        boss.groups.add(Group.objects.create(name="Biên tập"))
        boss.groups.get().permissions.add(right)
    else:
        boss.user_permissions.add(right)
    password = reverse("admin:auth_user_password_change", args=[boss.pk])
    assert clerk.get(password).status_code == 403
    assert clerk.post(page_of(boss), {"username": "khac"}).status_code == 403
    assert (
        clerk.get(reverse("admin:auth_user_password_change", args=[User.objects.create_user("moi").pk])).status_code
        == 200
    )


def test_who_signs_in_arrives_at_the_desk(client):
    User.objects.create_user("lan", password="mat-khau-dai", is_staff=True)
    sent = {"username": "lan", "password": "mat-khau-dai"}
    assert client.post("/quan-tri/login/", sent).url == "/quan-tri/"


# --- Questions that no page asks ------------------------------------------------------------------------------------
@pytest.mark.parametrize("asked", ["year=9999", "year=99999999999", "year=1", "year=0", "year=x", "month=9" + "9" * 30,
                                   "year=9999&published_at__month=12&published_at__day=31", "gte=0001-01-01"])  # fmt: skip
def test_a_year_that_no_calendar_has_is_no_server_error(admin_client, asked):
    make_article()
    answer = admin_client.get(f"/quan-tri/news/article/?published_at__{asked}", follow=True)
    assert answer.status_code == 200


@pytest.mark.parametrize("selected", ["x", "", "-1", "9" * 40])
def test_an_action_on_something_that_is_no_row_is_no_server_error(admin_client, selected):
    make_article()
    Group.objects.create(name="Biên tập")
    for address in ("news/article", "auth/group", "auth/user", "hotlines/office"):
        sent = {"action": "delete_selected", "_selected_action": selected, "index": 0}
        assert admin_client.post(f"/quan-tri/{address}/", sent).status_code == 400


@pytest.mark.parametrize("thing", [make_office, make_article, make_poll])
def test_a_billion_rows_are_refused_at_once(admin_client, thing):
    prefix = {make_office: "hotlines", make_article: "attachments", make_poll: "options"}[thing]
    sent = {f"{prefix}-TOTAL_FORMS": 10**9, f"{prefix}-INITIAL_FORMS": 0}
    form = page_of(thing(state="draft") if thing is make_article else thing())
    with pace.seconds(1):
        assert admin_client.post(form, sent).status_code == (409 if thing is make_article else 200)


def test_a_billion_rows_of_a_list_are_refused_at_once(admin_client):
    make_hotline()
    sent = {"form-TOTAL_FORMS": 10**9, "form-INITIAL_FORMS": 10**9, "_save": "1"}
    with pace.seconds(1):
        assert admin_client.post("/quan-tri/hotlines/hotline/", sent).status_code == 200
