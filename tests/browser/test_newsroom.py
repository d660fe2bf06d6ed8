"""The newsroom in a real Chromium: one writes with picture and table and checks it, another approves, a citizen reads."""

import base64

from news.models import Article, Picture
from tests import hostile
from tests.browser import test_admin_editor
from tests.browser.conftest import follow
from tests.browser.test_admin_editor import another
from tests.browser.test_pictures import PASTE, WORD, use
from tests.factories import make_category

pytestmark = test_admin_editor.pytestmark
desk = test_admin_editor.desk
WRITER, APPROVER = "Phóng viên", "Người duyệt"


def test_a_reporter_writes_checks_and_sends_another_approves_and_a_citizen_reads(desk, live_server):
    make_category(name="An sinh xã hội")
    reporter, approver = another(desk, live_server, WRITER), another(desk, live_server, APPROVER)
    complaints = []
    for page in (reporter, approver):
        page.on("console", lambda said: said.type in {"error", "warning"} and complaints.append(said.text))
    write(reporter)
    check(reporter)
    send(reporter)
    article = Article.objects.get()
    assert (article.state, article.created_by.username) == ("waiting", WRITER)
    approve(approver)
    read(desk.context.browser.new_context(base_url=live_server.url).new_page(), article)
    assert complaints == []


def write(page):
    page.goto("/quan-tri/")
    follow(page.locator(".quick a.addlink"))
    page.fill("#id_title", "Trao 62 suất quà cho hộ khó khăn")
    page.select_option("#id_category", index=1)
    page.fill("#id_lead", "Tæng kinh phÝ lµ 852.3 triÖu ®ång.")
    page.wait_for_selector(".cke_wysiwyg_frame")
    page.keyboard.press("Tab")
    page.click(".old-code [data-take]")  # offered with its preview, converted because somebody said so
    assert page.input_value("#id_lead") == "Tổng kinh phí là 852.3 triệu đồng."
    page.frame_locator(".cke_wysiwyg_frame").locator("body").click()
    page.keyboard.type("Sáng nay, phường trao quà.")
    photo = base64.b64encode(hostile.encoded(hostile.noise((640, 360)), "PNG")).decode()
    page.evaluate(PASTE, ["", [photo]])
    page.wait_for_selector(".pictures-panel:not([hidden])")
    page.get_by_label("Ảnh cho thấy gì?").fill("Cán bộ trao quà")
    use(page)
    page.evaluate(PASTE, [WORD, []])
    page.frame_locator(".cke_wysiwyg_frame").locator("td", has_text="Kim Giang").wait_for()


def check(page):
    """In a tab of its own: the form stays as it is, nothing is saved."""
    with page.context.expect_page() as opened:
        page.click("input[name=_check]")
    found = opened.value
    found.locator("mark").first.wait_for()
    assert found.locator("mark").all_inner_texts() == ["852.3"]
    assert not Article.objects.exists()
    found.close()


def send(page):
    """The finding is shown once more, mended, and then nothing stands in the way."""
    follow(page.locator("input[name=_submit]"))
    page.wait_for_selector(".findings")
    assert page.locator("button.verb-submit").inner_text() == "Vẫn trình duyệt"
    follow(page.locator("a.closelink"))
    page.fill("#id_lead", "Tổng kinh phí là 852,3 triệu đồng.")
    page.wait_for_selector(".cke_wysiwyg_frame")
    follow(page.locator("input[name=_submit]"))
    page.wait_for_selector(".messagelist .success")
    assert page.locator("#id_title").count() == 0  # what waits is read, not written


def approve(page):
    page.goto("/quan-tri/")
    follow(page.locator(".tile-queue a"))
    follow(page.locator(".quick a.viewlink").first)
    assert "62 suất quà" in page.inner_text("ol.queue")
    follow(page.locator("button.verb-publish"))
    page.wait_for_selector(".messagelist .success")


def read(page, article):
    assert page.goto(article.get_absolute_url()).status == 200
    assert page.locator("h1").inner_text() == "Trao 62 suất quà cho hộ khó khăn"
    picture = page.locator(".prose img")
    assert picture.get_attribute("alt") == Picture.objects.get().alt == "Cán bộ trao quà"
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")
    assert page.locator(".prose td", has_text="Kim Giang").is_visible()
