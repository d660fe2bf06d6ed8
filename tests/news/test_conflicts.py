"""Two editors at once, a session that ends, a row that is gone: nothing is overwritten unseen, nothing typed is lost."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import connections
from django.test import Client, RequestFactory
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from news import presence, publishing
from news.models import Article, Presence
from portal.lib.unlost import stamp
from portal.models import Generation, Page
from tests.desk import inline, page_of, said, sign_in
from tests.factories import make_article, make_category, make_page

REFUSED = "Chưa lưu: trong lúc bạn soạn, người khác đã lưu trước. Hãy đối chiếu rồi lưu lại."


def opened(client, address):
    """What the form at `address` holds, as a browser would send it back."""
    page = client.get(address)
    form = page.context["adminform"].form
    data = {"opened_at_version": page.context["opened_at_version"]} | inline("attachments")
    for name in form.fields:
        value = form[name].value()
        if name in {"published_at", "expires_at"}:
            day, hour = form.fields[name].widget.decompress(value)
            data |= {f"{name}_0": day.strftime("%d/%m/%Y") if day else "", f"{name}_1": str(hour or "")}
        elif value not in (None, False, "") and name != "cover":
            data[name] = value
    return data


@pytest.fixture
def draft(db):
    return make_article(state=Article.State.DRAFT, title="Chi trả quà Tết", body="<p>Mức chi 500.000 đồng.</p>")


@pytest.fixture
def lan(db):
    """The browser of a second editor, whose name is shown."""
    browser = sign_in("news.change_article", "news.view_article")
    User.objects.filter(username="nhanvien").update(first_name="Lan", last_name="Trần Thị")
    return browser


def test_the_second_save_is_refused_and_both_texts_are_shown(admin_client, lan, draft, text_of):
    address = page_of(draft)
    mine, theirs = opened(admin_client, address), opened(lan, address)
    lan.post(address, theirs | {"body": "<p>Mức chi 600.000 đồng.</p>"})
    answer = admin_client.post(address, mine | {"body": "<p>Mức chi 700.000 đồng.</p>"})
    assert (answer.status_code, said(answer)) == (409, [REFUSED])
    draft.refresh_from_db()
    assert draft.body == "<p>Mức chi 600.000 đồng.</p>"
    page = answer.content.decode()
    assert re.findall(r"<(del|ins)>([^<]*)</", page)[2:] == [("del", "600.000 "), ("ins", "700.000 ")]
    assert "Lan Trần Thị đã lưu lúc" in text_of(answer)
    assert "700.000" in answer.context["adminform"].form["body"].value()


def test_what_was_merged_by_hand_is_saved_against_the_new_state(admin_client, lan, draft):
    address = page_of(draft)
    mine, theirs = opened(admin_client, address), opened(lan, address)
    lan.post(address, theirs | {"title": "Chi trả quà Tết 2025"})
    refused = admin_client.post(address, mine | {"title": "Chi trả quà Tết Ất Tỵ"})
    merged = mine | {"opened_at_version": refused.context["opened_at_version"], "title": "Quà Tết Ất Tỵ 2025"}
    assert admin_client.post(address, merged).status_code == 302
    draft.refresh_from_db()
    assert draft.title == "Quà Tết Ất Tỵ 2025"


def test_a_field_that_only_the_other_has_changed_is_taken_over_and_named(admin_client, lan, draft, text_of):
    other = make_category(name="An sinh")
    address = page_of(draft)
    mine, theirs = opened(admin_client, address), opened(lan, address)
    times = {"expires_at_0": "22/01/2099", "expires_at_1": "16:12"}
    lan.post(address, theirs | times | {"category": other.pk, "is_featured": "on"})
    # The editor in the browser writes the markup anew without a word being changed.
    answer = admin_client.post(
        address, mine | {"lead": "Tóm tắt mới", "body": "<p>\nMức chi <b>500.000</b> đồng.</p>\n"}
    )
    form = answer.context["adminform"].form
    assert (form["category"].value(), form["lead"].value()) == (str(other.pk), "Tóm tắt mới")
    assert (form["expires_at"].value(), form["is_featured"].value()) == (["22/01/2099", "16:12"], True)
    assert answer.context["adopted"] == ["Chuyên mục", "Hết hạn lúc", "Tin nổi bật trên trang chủ"]
    assert f"vì bạn không sửa các mục này: {', '.join(answer.context['adopted'])}." in text_of(answer)


def test_a_form_that_does_not_say_what_it_was_opened_with_overwrites_nothing(admin_client, lan, draft, text_of):
    mine = opened(admin_client, page_of(draft))
    del mine["opened_at_version"]
    answer = admin_client.post(page_of(draft), mine | {"body": "<p>Mức chi 700.000 đồng.</p>"})
    assert (answer.status_code, said(answer)) == (409, [REFUSED])
    assert Article.objects.get().body == "<p>Mức chi 500.000 đồng.</p>"
    assert re.findall(r"<(del|ins)>([^<]*)</", answer.content.decode())[2:] == [
        ("del", "500.000 "), ("ins", "700.000 ")
    ]  # fmt: skip
    again = mine | {"opened_at_version": answer.context["opened_at_version"], "body": "<p>Mức chi 700.000 đồng.</p>"}
    assert admin_client.post(page_of(draft), again).status_code == 302
    assert Article.objects.get().body == "<p>Mức chi 700.000 đồng.</p>"


@pytest.mark.parametrize("write", [
    lambda article: Article.objects.filter(pk=article.pk).update(lead="Sửa hàng loạt"),
    lambda article: article.save(),
])  # fmt: skip
def test_a_change_that_came_past_the_form_is_noticed_too(admin_client, draft, write):
    mine = opened(admin_client, page_of(draft))
    write(draft)
    assert admin_client.post(page_of(draft), mine).status_code == 409


def test_one_editor_alone_saves_as_often_as_he_likes(admin_client, draft):
    for title in ("Một", "Hai", "Ba"):
        sent = opened(admin_client, page_of(draft)) | {"title": title}
        assert admin_client.post(page_of(draft), sent).status_code == 302
    draft.refresh_from_db()
    assert draft.title == "Ba"


def test_what_was_typed_into_an_article_that_is_gone_becomes_a_new_one(admin_client, draft):
    address = page_of(draft)
    mine = opened(admin_client, address) | {"title": "Đừng mất"}
    draft.delete()
    answer = admin_client.post(address, mine)
    assert answer.status_code == 200
    assert said(answer)[0].startswith("Trong lúc bạn soạn, mục này đã bị xoá.")
    form = re.search(r'<form [^>]*action="([^"]+)"[^>]*id="article_form"', answer.content.decode())
    assert form[1] == "/quan-tri/news/article/add/"
    again = mine | {"opened_at_version": answer.context["opened_at_version"]}
    assert admin_client.post(form[1], again).status_code == 302
    assert Article.objects.get().title == "Đừng mất"


def test_what_was_typed_into_an_article_that_nobody_may_change_any_more_can_be_copied(lan, draft):
    mine = opened(lan, page_of(draft)) | {"title": "Đừng <b>mất</b>"}
    publishing.submit(draft, by=User.objects.get(username="nhanvien"))
    answer = lan.post(page_of(draft), mine)
    assert (answer.status_code, answer.context["typed"]) == (409, [("Tiêu đề", "Đừng <b>mất</b>")])
    assert "Đừng &lt;b&gt;mất" in answer.content.decode()


def test_a_static_page_is_guarded_alike(admin_client):
    page = make_page(title="Giới thiệu")
    mine = opened(admin_client, page_of(page)) | {"title": "Của tôi"}
    Page.objects.filter(pk=page.pk).update(title="Của người khác")
    assert said(admin_client.post(page_of(page), mine)) == [REFUSED]
    assert Page.objects.get().title == "Của người khác"


# --- Pairs on real connections --------------------------------------------------------------------------------------


def post_form(user, article, sent):
    """The status of the answer to a posted form; the page itself is not rendered, hundreds of them would take a while."""
    request = RequestFactory().post(page_of(article), sent)
    request.user, request._messages, request._dont_enforce_csrf_checks = user, CookieStorage(request), True
    return admin.site.get_model_admin(Article).changeform_view(request, str(article.pk)).status_code


@pytest.mark.parametrize("pairs", [30, pytest.param(200, marks=pytest.mark.thorough)])
@pytest.mark.django_db(transaction=True)
def test_of_each_pair_of_parallel_saves_exactly_one_is_written_and_the_other_told(admin_user, pairs):
    Generation.objects.get_or_create(id=1)
    categories = [make_category()]
    articles = [make_article(state=Article.State.DRAFT, category=categories[0]) for _ in range(pairs)]
    opened_at = {article.pk: stamp(Article, article.pk) for article in articles}
    start = threading.Barrier(2)

    def save_all(name):
        answers = []
        try:
            for article in articles:
                start.wait(30)  # both have the form of this article open, and press the button now
                sent = {
                    "title": f"Bản của {name}",
                    "category": article.category_id,
                    "opened_at_version": opened_at[article.pk],
                }
                answers.append(post_form(admin_user, article, sent | inline("attachments")))
        finally:
            connections.close_all()
        return answers

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(save_all, "AB")
    assert [sorted(pair) for pair in zip(first, second, strict=True)] == [[302, 409]] * pairs
    winners = ["Bản của A" if answer == 302 else "Bản của B" for answer in first]
    assert list(Article.objects.order_by("pk").values_list("title", flat=True)) == winners


# --- A session that ends --------------------------------------------------------------------------------------------
def hidden(answer):
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', answer.content.decode()))


def test_a_text_posted_after_the_session_ended_comes_back_after_the_login_and_is_not_saved(admin_user, draft):
    admin_user.set_password("mat-khau-dai")
    admin_user.save()
    browser = Client()
    browser.force_login(admin_user)
    sent = opened(browser, page_of(draft)) | {"title": "Viết dở", "lead": "Dòng một\nDòng hai"}
    browser.logout()

    asked = browser.post(page_of(draft), sent)
    assert (asked.status_code, "password" in hidden(asked)) == (200, False)
    carried = hidden(asked)
    assert {name: carried[name] for name in ("title", "lead")} == {"title": "Viết dở", "lead": "Dòng một\nDòng hai"}
    wrong = browser.post(page_of(draft), carried | {"username": admin_user.username, "password": "sai"})
    assert (wrong.status_code, hidden(wrong)["title"]) == (200, "Viết dở")

    back = browser.post(page_of(draft), hidden(wrong) | {"username": admin_user.username, "password": "mat-khau-dai"})
    assert back.status_code == 200
    assert said(back)[0].startswith("Bạn đã đăng nhập lại. Bài chưa được lưu")
    assert back.context["adminform"].form["title"].value() == "Viết dở"
    draft.refresh_from_db()
    assert draft.title == "Chi trả quà Tết"
    assert browser.post(page_of(draft), sent).status_code == 302  # the form's own state came along
    draft.refresh_from_db()
    assert (draft.title, draft.lead) == ("Viết dở", "Dòng một\nDòng hai")


def test_the_text_comes_through_the_second_step_too_and_is_shown_to_nobody_before_it(admin_user, draft):
    admin_user.set_password("mat-khau-dai")
    admin_user.save()
    device = TOTPDevice.objects.create(user=admin_user, name="")
    browser = Client()
    sent = {"title": "Viết dở", "lead": "Dòng một\nDòng hai", "opened_at_version": "1:1"}
    asked = browser.post(page_of(draft), sent)
    named = hidden(asked) | {"username": admin_user.username, "password": "mat-khau-dai"}
    step = browser.post(page_of(draft), named)
    assert (step.status_code, "adminform" in step.context, hidden(step)["title"]) == (200, False, "Viết dở")
    assert draft.body not in step.content.decode()
    wrong = browser.post(page_of(draft), hidden(step) | {"code": "000000"})
    assert (hidden(wrong)["title"], browser.get("/quan-tri/").status_code) == ("Viết dở", 302)
    device.refresh_from_db()
    device.throttle_reset()
    back = browser.post(page_of(draft), hidden(wrong) | {"code": f"{totp(device.bin_key):06d}"})
    assert any(line.startswith("Bạn đã đăng nhập lại. Bài chưa được lưu") for line in said(back))
    assert back.context["adminform"].form["lead"].value() == "Dòng một\nDòng hai"
    assert browser.get("/quan-tri/").status_code == 200
    draft.refresh_from_db()
    assert draft.title == "Chi trả quà Tết"


def test_five_wrong_codes_ask_for_the_password_again_and_keep_the_text(admin_user, draft):
    admin_user.set_password("mat-khau-dai")
    admin_user.save()
    device = TOTPDevice.objects.create(user=admin_user, name="")
    browser = Client()
    answer = browser.post(page_of(draft), {"title": "Viết dở"})
    answer = browser.post(
        page_of(draft), hidden(answer) | {"username": admin_user.username, "password": "mat-khau-dai"}
    )
    for _ in range(5):
        device.refresh_from_db()
        device.throttle_reset()
        answer = browser.post(page_of(draft), hidden(answer) | {"code": "000000"})
    assert "password" in answer.context["form"].fields
    assert hidden(answer)["title"] == "Viết dở"


def test_only_the_forms_with_text_are_carried_through_a_login(db, client, admin_user):
    sent = {"username": "moi", "password1": "bi-mat-lam", "password2": "bi-mat-lam"}
    assert client.post("/quan-tri/auth/user/add/", sent).url.startswith("/quan-tri/login/")


def test_whoever_has_no_right_gets_no_form_after_the_login(draft):
    User.objects.create_user("khach", password="mat-khau-dai", is_staff=True)
    sent = {"signed-in-again": "1", "username": "khach", "password": "mat-khau-dai", "title": "x"}
    assert Client().post(page_of(draft), sent).status_code == 403


def test_a_login_in_the_middle_needs_the_token_too(draft, admin_user):
    browser = Client(enforce_csrf_checks=True)
    sent = {"signed-in-again": "1", "username": admin_user.username, "password": "password"}
    assert browser.post(page_of(draft), sent).status_code == 403
    assert "sessionid" not in browser.cookies


@pytest.mark.parametrize(
    ("site", "status"), [("same-origin", 200), ("cross-site", 403), ("same-site", 403), (None, 403)]
)
def test_a_form_from_before_a_login_in_another_tab_comes_back_with_its_text(admin_user, draft, site, status):
    browser = Client(enforce_csrf_checks=True, headers={"sec-fetch-site": site} if site else {})
    browser.force_login(admin_user)
    sent = opened(browser, page_of(draft)) | {"title": "Viết dở", "csrfmiddlewaretoken": "a" * 64}
    answer = browser.post(page_of(draft), sent)
    assert answer.status_code == status
    draft.refresh_from_db()
    assert draft.title == "Chi trả quà Tết"
    if status == 200:
        assert answer.context["adminform"].form["title"].value() == "Viết dở"
        again = sent | {"csrfmiddlewaretoken": str(answer.context["csrf_token"])}
        assert browser.post(page_of(draft), again).status_code == 302
    assert browser.post("/quan-tri/auth/user/add/", {"username": "moi"}).status_code == 403


def test_the_browser_is_told_which_form_has_arrived(admin_client, draft):
    sent = opened(admin_client, page_of(draft))
    answer = admin_client.post(page_of(draft), sent)
    cookie = answer.cookies["saved"]
    assert (cookie.value, cookie["path"]) == (f".{sent['opened_at_version']}", "/quan-tri/")
    assert "saved" not in admin_client.post(page_of(draft), sent).cookies


# --- "X đang sửa" ---------------------------------------------------------------------------------------------------
def test_who_else_has_the_form_open_is_said_for_two_minutes(admin_client, admin_user, lan, draft, text_of):
    address = page_of(draft, "presence")
    assert lan.post(address).json() == {"others": ""}
    assert admin_client.post(address).json() == {"others": "Lan Trần Thị"}
    assert "Lan Trần Thị đang sửa bài này" in text_of(admin_client.get(page_of(draft)))
    late = Presence.objects.get(user=admin_user).seen_at + presence.FRESH
    assert presence.others(draft, admin_user, at=late) == []


def test_whoever_closes_the_form_is_gone_at_once_and_opening_a_page_writes_nothing(admin_client, lan, draft):
    lan.post(page_of(draft, "presence"))
    lan.post(page_of(draft, "presence"), {"closed": "1"})
    admin_client.get(page_of(draft))
    assert not Presence.objects.exists()


def test_presence_is_nobodys_business_without_the_right_to_write(draft):
    viewer = sign_in("news.view_article")
    assert viewer.post(page_of(draft, "presence")).status_code == 404
    assert viewer.post(page_of(make_article(), "presence")).status_code == 403
    assert viewer.get(page_of(draft, "presence")).status_code == 405
