"""The admin in a real Chromium: the editor works, the calendar writes Vietnamese days, no policy is broken."""

import re

import pytest
from django.contrib.auth.models import Group, User
from django.db import connections
from django.test import Client
from playwright.sync_api import sync_playwright

from news.models import Article
from portal.models import Generation, MenuItem
from tests.browser.conftest import CHROMIUM, FLAGS, follow
from tests.desk import page_of
from tests.factories import make_article, make_category, make_hotline, make_office, make_poll, make_profile, make_roles

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: apt-get install chromium"),
]


@pytest.fixture
def desk(live_server, admin_client, monkeypatch):
    """A browser in which the administrator is signed in; what its console complains about is in `.complaints`."""
    Generation.objects.get_or_create(id=1)  # a test before may have emptied every table
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs in the thread of the test
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
        connections.close_all()  # beside Playwright's loop the test has had a connection of its own


def write(page, words):
    """Types `words` into the editor, centred, under a heading."""
    page.wait_for_selector(".cke_wysiwyg_frame")
    page.frame_locator(".cke_wysiwyg_frame").locator("body").click()
    page.keyboard.type(words)
    page.click(".cke_button__justifycenter")
    page.click(".cke_combo__format")
    page.frame_locator(".cke_panel_frame").locator("a", has_text="Đề mục lớn").click()


@pytest.mark.thorough
def test_an_article_is_written_dated_signed_sent_approved_by_another_and_read(desk, live_server):
    make_category(name="Văn hóa - Xã hội")
    make_office(name="Phòng Lao động")
    desk.goto("/quan-tri/news/article/add/")
    desk.fill("#id_title", "Đảm bảo an sinh")
    desk.select_option("#id_category", index=1)
    write(desk, "Chào đồng bào")
    desk.locator(".field-published_at .datetimeshortcuts a").nth(1).click()
    desk.locator(".calendarbox:visible td a", has_text=re.compile("^15$")).first.click()
    assert re.fullmatch(r"15/\d\d/\d{4}", desk.input_value("#id_published_at_0"))
    desk.fill("#id_published_at_0", "01/02/2025")
    desk.fill("#id_published_at_1", "16:12")
    desk.click(".field-office .select2-selection")
    desk.keyboard.type("lao dong")
    desk.locator(".select2-results__option", has_text="Phòng Lao động").click()
    follow(desk.locator("input[name=_submit]"))
    desk.wait_for_selector(".messagelist")
    article = Article.objects.get()
    assert article.body.strip() == '<h2 class="align-center">Chào đồng bào</h2>'
    assert f"{article.published_at:%Y-%m-%d %H:%M}" == "2025-02-01 09:12"
    assert (article.state, article.byline) == ("waiting", "Phòng Lao động")
    assert desk.locator("button.verb-publish").count() == 1  # a superuser alone, with a reason
    approver = another(desk, live_server, "Người duyệt")
    approver.goto("/quan-tri/")
    follow(approver.locator(".tile-queue a"))
    follow(approver.locator(".card-queue a"))
    follow(approver.locator("button.verb-publish"))
    approver.wait_for_selector(".messagelist .success")
    citizen = desk.context.browser.new_context(base_url=live_server.url).new_page()
    assert citizen.goto(article.get_absolute_url()).status == 200
    assert citizen.locator("h1").inner_text() == "Đảm bảo an sinh"
    assert desk.complaints == []


def another(desk, live_server, role):
    """The window of somebody of the group `role`, beside the administrator's."""
    make_roles()
    user = User.objects.create_user(role, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    context = desk.context.browser.new_context(base_url=live_server.url, locale="vi-VN")
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    return context.new_page()


def test_what_the_cleaner_keeps_survives_a_round_through_the_editor(desk):
    body = (
        '<h2 id="muc-1">Một</h2>\n\n<p class="align-right">Hai <mark>ba</mark> <sub>b</sub></p>\n\n'
        '<table>\n\t<caption>Bảng</caption>\n\t<tbody>\n\t\t<tr>\n\t\t\t<th scope="row">A</th>\n\t\t\t<td colspan="2">B</td>\n'
        '\t\t</tr>\n\t</tbody>\n</table>\n\n<p class="signature">Ký tên</p>'
    )
    article = make_article(body=body, state="draft")
    desk.goto(page_of(article))
    desk.wait_for_selector(".cke_wysiwyg_frame")
    follow(desk.locator("input[name=_continue]"))
    desk.wait_for_selector(".messagelist")
    article.refresh_from_db()
    assert article.body.strip() == body
    assert desk.complaints == []


def test_no_page_of_the_admin_breaks_the_policy_or_is_wider_than_a_telephone(desk):
    article, waiting = make_article(), make_article(state="waiting")
    poll, item, profile = make_poll(), MenuItem.objects.create(label="Bản đồ", target="map"), make_profile()
    pages = [page_of(thing) for thing in (poll, item, profile, article, waiting)]
    pages += [
        f"/quan-tri/{name}/"
        for name in (
            "news/article",
            "news/article/cho-duyet",
            "portal/auditline",
            "portal/menuitem",
            "hotlines/office/add",
            "auth/group/add",
        )
    ]
    desk.set_viewport_size({"width": 320, "height": 800})
    too_wide = []
    for address in ["/quan-tri/", *pages]:
        desk.goto(address)
        desk.wait_for_load_state("networkidle")
        if desk.evaluate("document.documentElement.scrollWidth > innerWidth"):
            too_wide.append(address)
    assert (too_wide, desk.complaints) == ([], [])


@pytest.mark.thorough
def test_a_full_sheet_is_one_page_too_and_an_editor_puts_a_number_into_an_article(desk):
    make_category(name="Văn hóa - Xã hội")
    for n in range(30):
        office = make_office(name=f"Phòng Lao động, Thương binh, Người có công và Xã hội số {n}")
        for place in range(5):
            make_hotline(office=office, purpose=f"Hướng dẫn thủ tục chuyển đổi, cấp lại giấy tờ số {place}")
    desk.goto("/duong-day-nong/ban-in/")
    assert "số khác." in desk.locator(".sheet-code").inner_text()
    assert len(re.findall(rb"/Type\s*/Page[^s]", desk.pdf(format="A4"))) == 1
    desk.goto("/quan-tri/news/article/add/")
    desk.wait_for_selector(".cke_wysiwyg_frame")
    desk.click(".cke_button__duongdaynong")
    desk.wait_for_selector(".cke_dialog select option", state="attached")
    desk.locator(".cke_dialog input[type=text]").fill("xa hoi so 12")
    desk.locator(".cke_dialog input[type=text]").press("End")
    options = desk.locator(".cke_dialog select option")
    assert options.count() == 5
    desk.locator(".cke_dialog select").select_option(index=0)
    desk.click(".cke_dialog_ui_button_ok")
    body = desk.frame_locator(".cke_wysiwyg_frame").locator("body").inner_text()
    assert re.search(r"\[\[duong-day-nong:\d+\]\]", body)
    assert [said for said in desk.complaints if "Content Security" in said or "Error" in said] == []
