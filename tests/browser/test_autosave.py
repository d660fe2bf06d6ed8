"""What is typed is kept in a real Chromium: found again, saved, forgotten; versions compared at every width."""

import pytest
from django.db import connections
from playwright.sync_api import sync_playwright

from news.models import Article
from portal.models import Generation
from tests.browser.conftest import CHROMIUM, FLAGS, follow
from tests.desk import page_of
from tests.factories import make_article, make_category, make_profile

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: apt-get install chromium"),
]
ADD = "/quan-tri/news/article/add/"
KEPT = "Object.keys(localStorage).filter((name) => name.startsWith('kept:')).length"


@pytest.fixture
def desk(live_server, admin_client, monkeypatch):
    """A browser in which the administrator is signed in; what its console complains about is in `.complaints`."""
    Generation.objects.get_or_create(id=1)
    make_profile()
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    cookie = {"name": "sessionid", "value": admin_client.cookies["sessionid"].value, "url": live_server.url}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(base_url=live_server.url, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
        context.add_cookies([cookie])
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda said: said.type in {"error", "warning"} and page.complaints.append(said.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        yield page
        browser.close()
        connections.close_all()


def until(page, condition):
    """Waits for a condition in the page; Playwright's own way of waiting needs the eval that the policy forbids."""
    for _ in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(condition)


def go(page, address):
    page.goto(address)
    page.wait_for_selector(".cke_wysiwyg_frame")
    until(page, "Object.values(CKEDITOR.instances).every((one) => one.status === 'ready')")


def write(page, title, words):
    page.fill("#id_title", title)
    page.frame_locator(".cke_wysiwyg_frame").locator("body").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)
    until(page, f"Object.values(localStorage).some((kept) => kept.includes({words!r}))")


def body(page):
    return page.evaluate("CKEDITOR.instances.id_body.getData()").strip()


def test_what_was_not_saved_is_offered_and_put_back_into_the_form(desk):
    draft = make_article(state=Article.State.DRAFT, title="Cũ", body="<p>Câu cũ.</p>")
    go(desk, page_of(draft))
    assert not desk.is_visible("[data-kept]")
    write(desk, "Viết dở", " Câu mới.")
    go(desk, page_of(draft))
    assert desk.input_value("#id_title") == "Cũ"
    assert desk.inner_text("[data-kept]").startswith("Trình duyệt này còn giữ nội dung chưa lưu, lúc")
    desk.click("text=Lấy lại")
    assert (desk.input_value("#id_title"), body(desk)) == ("Viết dở", "<p>Câu cũ. Câu mới.</p>")
    follow(desk.locator("[name=_continue]"))
    desk.wait_for_selector(".messagelist .success")
    draft.refresh_from_db()
    assert (draft.title, draft.body) == ("Viết dở", "<p>Câu cũ. Câu mới.</p>")
    go(desk, page_of(draft))
    assert (desk.is_visible("[data-kept]"), desk.evaluate(KEPT), desk.complaints) == (False, 0, [])


@pytest.mark.thorough
def test_what_is_thrown_away_is_gone(desk):
    make_category()
    go(desk, ADD)
    write(desk, "Bỏ", "Bỏ luôn")
    go(desk, ADD)
    desk.click("text=Bỏ đi")
    assert (desk.is_visible("[data-kept]"), desk.evaluate(KEPT)) == (False, 0)


@pytest.mark.thorough
def test_a_new_article_that_has_arrived_is_not_offered_again(desk):
    category = make_category()
    go(desk, ADD)
    write(desk, "Bài mới", "Nội dung mới")
    desk.select_option("#id_category", str(category.pk))
    follow(desk.locator("[name=_save]"))
    desk.wait_for_selector(".messagelist .success")
    go(desk, ADD)
    assert (desk.is_visible("[data-kept]"), desk.evaluate(KEPT)) == (False, 0)


def test_an_old_text_that_is_put_back_does_not_overwrite_what_somebody_saved_since(desk):
    draft = make_article(state=Article.State.DRAFT, title="Cũ", body="<p>Câu cũ.</p>")
    go(desk, page_of(draft))
    write(desk, "Của tôi", " Thêm.")
    draft.title = "Của người khác"
    draft.save()
    go(desk, page_of(draft))
    desk.click("text=Lấy lại")
    follow(desk.locator("[name=_save]"))
    desk.wait_for_selector(".conflict")
    assert desk.input_value("#id_title") == "Của tôi"
    draft.refresh_from_db()
    assert draft.title == "Của người khác"


def test_the_text_survives_the_end_of_a_session(desk, admin_user):
    admin_user.set_password("mat-khau-dai")
    admin_user.save()  # signs out every browser of hers
    make_category()
    desk.context.clear_cookies(name="sessionid")
    desk.goto("/quan-tri/login/?next=" + ADD)
    desk.fill("#id_username", admin_user.username)
    desk.fill("#id_password", "mat-khau-dai")
    follow(desk.locator("[type=submit]"))
    go(desk, ADD)
    write(desk, "Viết dở", "Một câu dài")
    desk.context.clear_cookies(name="sessionid")
    follow(desk.locator("[name=_save]"))
    desk.fill("#id_username", admin_user.username)
    desk.fill("#id_password", "mat-khau-dai")
    follow(desk.locator("[type=submit]"))
    desk.wait_for_selector(".cke_wysiwyg_frame")
    assert (desk.input_value("#id_title"), body(desk)) == ("Viết dở", "<p>Một câu dài</p>")
    assert not Article.objects.exists()


@pytest.mark.thorough
def test_the_preview_opens_the_unsaved_text_in_another_tab(desk):
    make_category()
    go(desk, ADD)
    write(desk, "Bài thử", "Câu chưa lưu")
    with desk.context.expect_page() as opened:
        desk.click("text=Xem trước")
    tab = opened.value
    assert (tab.inner_text("h1"), tab.inner_text(".prose")) == ("Bài thử", "Câu chưa lưu")
    assert not Article.objects.exists()


@pytest.mark.thorough
def test_versions_and_their_comparison_fit_every_screen(desk):
    draft = make_article(state=Article.State.DRAFT, title="Chi trả quà Tết", body="<p>Mức chi 500.000 đồng.</p>" * 3)
    draft.body = "<p>Mức chi 600.000 đồng.</p><p>Thêm một đoạn.</p>"
    draft.save()
    too_wide = []
    for width in (360, 768, 1280):
        desk.set_viewport_size({"width": width, "height": 800})
        compare = page_of(draft, "compare")
        for address in (page_of(draft, "history"), compare, f"{compare}?kieu=hai-cot", page_of(draft, "links")):
            desk.goto(address)
            if desk.evaluate("document.documentElement.scrollWidth > innerWidth"):
                too_wide.append((width, address))
    assert (too_wide, desk.complaints) == ([], [])
