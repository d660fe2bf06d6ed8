"""Pictures in a real Chromium: pasted, chosen, described; what comes from elsewhere is not taken; no policy is broken."""

import base64
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from news.models import Article, Picture
from tests import hostile
from tests.browser import test_admin_editor
from tests.browser.conftest import follow
from tests.desk import page_of
from tests.factories import make_article, make_category, make_picture

pytestmark = test_admin_editor.pytestmark
desk = test_admin_editor.desk
PASTE = """([html, files]) => {
    const editor = Object.values(CKEDITOR.instances)[0];
    editor.focus();
    const transfer = new DataTransfer();
    if (html) transfer.setData("text/html", html);
    for (const code of files) {
        const bytes = Uint8Array.from(atob(code), (letter) => letter.charCodeAt(0));
        transfer.items.add(new File([bytes], "anh.png", {type: "image/png"}));
    }
    const event = new ClipboardEvent("paste", {clipboardData: transfer, bubbles: true, cancelable: true});
    editor.editable().$.dispatchEvent(event);
}"""
WORD = (
    '<p class="MsoNormal" style="mso-margin-top-alt:auto"><font face="Times">Kết\u00a0\u00a0 quả\u00ad<o:p></o:p></font></p>'
    "<table><tbody><tr><td>Phường</td><td>Số hồ sơ</td></tr><tr><td>Kim Giang</td><td>62</td></tr></tbody></table>"
)


@pytest.fixture
def article(desk):
    """An article in the editor."""
    article = make_article(body="<p>Mở đầu</p>", state="draft")
    desk.goto(page_of(article))
    desk.wait_for_selector(".cke_wysiwyg_frame")
    return article


def png(size=(900, 500)):
    return base64.b64encode(hostile.encoded(hostile.noise(size), "PNG")).decode()


def saved(desk, article):
    follow(desk.locator("input[name=_continue]"))
    desk.wait_for_selector(".messagelist")
    article.refresh_from_db()
    return article.body


def use(desk):
    desk.click(".pictures-actions button")
    desk.wait_for_selector("dialog.pictures", state="hidden")


def test_a_pasted_picture_is_described_and_uploaded_and_a_pasted_table_cleaned(desk, article):
    desk.evaluate(PASTE, ["", [png()]])
    desk.wait_for_selector(".pictures-panel:not([hidden])")
    desk.click(".pictures-actions button")
    assert "Hãy cho biết ảnh chụp gì" in desk.inner_text(".pictures-actions .errornote")
    assert not Picture.objects.exists()
    desk.get_by_label("Ảnh cho thấy gì?").fill("Cán bộ tiếp dân")
    desk.locator(".pictures").get_by_label("Chú thích").fill("Buổi sáng thứ Hai")
    use(desk)
    desk.evaluate(PASTE, [WORD, []])
    desk.frame_locator(".cke_wysiwyg_frame").locator("td", has_text="Kim Giang").wait_for()
    body, picture = saved(desk, article), Picture.objects.get()
    assert (picture.alt, picture.width, picture.caption) == ("Cán bộ tiếp dân", 900, "Buổi sáng thứ Hai")
    figure = (
        f'<figure><img alt="Cán bộ tiếp dân" height="500" src="{picture.url}" width="900">'
        "<figcaption>Buổi sáng thứ Hai</figcaption></figure>"
    )
    assert figure in re.sub(r">\s+<", "><", body)
    assert "<td>Kim Giang</td>" in body
    assert [left for left in ("Mso", "font", "style", "o:p", "&nbsp;&nbsp;", "\u00ad") if left in body] == []
    assert desk.complaints == []


@pytest.mark.thorough
def test_data_addresses_are_uploaded_and_foreign_pictures_refused_in_words(desk, article):
    foreign = '<p>Theo báo bạn <img src="https://bao.example/anh.jpg"> và <img src="file:///C:/anh.png"></p>'
    desk.evaluate(PASTE, [foreign, []])
    assert "Ảnh ở trang khác" in desk.inner_text(".cke_notification_warning")
    desk.evaluate(PASTE, [f'<p>Ảnh chụp <img src="data:image/png;base64,{png((60, 40))}"></p>', []])
    desk.wait_for_selector(".pictures-panel:not([hidden])")
    desk.get_by_label("Ảnh chỉ để trang trí").check()
    use(desk)
    desk.frame_locator(".cke_wysiwyg_frame").locator("figure img").wait_for()
    body = saved(desk, article)
    assert re.findall('src="([^"]+)"', body) == [Picture.objects.get().url]
    assert ("Theo báo bạn" in body, "data:" in body, "bao.example" in body) == (True, False, False)
    assert [said for said in desk.complaints if "bao.example" not in said and "file:" not in said] == []


def test_the_cover_is_chosen_and_a_picture_pointed_at(desk):
    make_category()
    lake, _other = make_picture(size=(400, 300), alt="Hồ sen"), make_picture(alt="Trụ sở")
    desk.goto("/quan-tri/news/article/add/")
    desk.fill("#id_title", "Bài có ảnh")
    desk.select_option("#id_category", index=1)
    desk.click("text=Chọn ảnh…")
    desk.fill(".pictures-shelf input[type=search]", "ho sen")
    expect(desk.locator(".pictures-list li")).to_have_count(1)
    desk.click(".pictures-list button")
    desk.locator(".focal img").wait_for()
    box = desk.locator(".focal img").bounding_box()
    desk.mouse.click(box["x"] + box["width"] - 2, box["y"] + 2)
    use(desk)
    assert desk.inner_text(".pictures-name") == "Hồ sen"
    follow(desk.locator("input[name=_save]"))
    desk.wait_for_selector(".messagelist")
    lake.refresh_from_db()
    assert (Article.objects.get().cover, lake.focus) == (lake, "focus-x100 focus-y0")
    assert desk.complaints == []


EVERY_STYLE = (
    "<p>Chữ <strong>đậm</strong> <a href='/tin-tuc/'>liên kết</a></p><h2>Lớn</h2><h3>Vừa</h3><h4>Nhỏ</h4>"
    "<blockquote><p>Trích</p></blockquote>"
    "<ul><li>Một</li></ul><table><caption>Bảng</caption><tr><th>A</th><td>B</td></tr></table><p class='signature'>Ký tên</p>"
)
LOOKS = """(inner) => {
    const page = inner ? document.querySelector(".cke_wysiwyg_frame").contentDocument : document;
    const parts = ["p", "strong", "a", "h2", "h3", "h4", "blockquote", "li", "caption", "th", "td", ".signature"];
    const named = ["fontSize", "fontWeight", "lineHeight", "fontFamily", "color", "backgroundColor", "textAlign"];
    return parts.map((part) => {
        const style = getComputedStyle(page.querySelector((inner ? "" : ".prose ") + part));
        return [part, ...named.map((name) => style[name])];
    });
}"""


@pytest.mark.thorough
def test_the_text_in_the_editor_looks_as_on_the_page(desk):
    article = make_article(body=EVERY_STYLE, state="draft")
    desk.goto(page_of(article))
    desk.frame_locator(".cke_wysiwyg_frame").locator("td").wait_for()
    written = desk.evaluate(LOOKS, True)
    desk.goto(page_of(article, "preview"))
    assert written == desk.evaluate(LOOKS, False)


@pytest.mark.thorough
def test_a_picture_of_a_telephone_is_accepted_from_the_form_without_the_script(desk):
    desk.goto("/quan-tri/news/picture/add/")
    photo = hostile.encoded(Image.new("RGB", (30, 20), "green"), "JPEG")
    desk.set_input_files("#id_upload", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo})
    desk.check("#id_is_decorative")
    follow(desk.locator("input[name=_save]"))
    desk.wait_for_selector(".messagelist")
    assert Picture.objects.get().is_decorative
    assert desk.complaints == []
