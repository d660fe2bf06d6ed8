"""Texts in older codes: what they would be in Unicode is shown, whoever writes decides, the rest is left alone."""

import pytest

from news.checking.conversion import body_converted, line_converted
from portal.lib import html
from tests.desk import sign_in

ADDRESS = "/quan-tri/news/article/chuyen-ma/"
OLD = {
    "TCVN3": ("Céng hßa x· héi chñ nghÜa ViÖt Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam"),
    "VNI": ("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam"),
    "UTF-8": ("Cá»™ng hÃ²a xÃ£ há»™i", "Cộng hòa xã hội"),
}


@pytest.mark.parametrize("code", OLD)
def test_a_line_is_converted(code):
    assert line_converted(OLD[code][0]) == (code, OLD[code][1])


@pytest.mark.parametrize("code", OLD)
def test_a_text_is_converted_through_its_markup_and_only_where_it_is_old(code):
    old, new = OLD[code]
    head, rest = old.split(" ", 1)
    new_head, new_rest = new.split(" ", 1)
    body = html.clean(f"<h2>Điều khoản công khai</h2><p><strong>{head}</strong> {rest}</p><p>Tác giả: công an quận</p>")
    expected = f"<h2>Điều khoản công khai</h2><p><strong>{new_head}</strong> {new_rest}</p><p>Tác giả: công an quận</p>"
    assert body_converted(body) == (code, expected)


def test_the_letter_of_tcvn3_that_looks_like_a_stroked_d_is_kept_for_the_conversion():
    body = html.clean("<p>C¸c em bÐ tr­êng mÇm non, vÐ xe, kÐm</p>\n<p>Ðường Ðiện Biên</p>")
    code, new = body_converted(body)
    right = "<p>Các em bé trường mầm non, vé xe, kém</p>\n<p>Đường Điện Biên</p>"
    assert (code, html.clean(new)) == ("TCVN3", right)


def test_right_words_in_the_same_sentence_keep_their_letters():
    said = "Céng hßa x· héi chñ nghÜa ViÖt Nam: dòng này dán từ một văn bản cũ, phông TCVN3"
    right = "Cộng hòa xã hội chủ nghĩa Việt Nam: dòng này dán từ một văn bản cũ, phông TCVN3"
    assert line_converted(said) == ("TCVN3", right)


@pytest.mark.parametrize(
    "right", ["Ủy ban nhân dân quận, dán tại dòng 3", "Café São Paulo © 2025", "Müller & Söhne < 5", ""]
)
def test_what_is_right_is_no_old_code(right):
    assert line_converted(right) == ("", right)
    assert body_converted(right) == ("", right)


def test_addresses_and_signs_of_markup_survive():
    body = html.clean('<p>Céng hßa x· héi &amp; &lt;b&gt; <a href="/tin-tuc/?q=%C3%A9">héi nghÞ</a></p>')
    code, new = body_converted(body)
    assert (code, html.clean(new)) == ("TCVN3", new)
    assert (
        new
        == '<p>Cộng hòa xã hội &amp; &lt;b&gt; <a href="/tin-tuc/?q=%C3%A9" rel="noopener noreferrer">hội nghị</a></p>'
    )


@pytest.mark.django_db
def test_the_desk_is_told_what_a_text_would_be_and_nothing_is_saved():
    browser = sign_in("news.add_article")
    answer = browser.post(ADDRESS, {"text": "<p>Céng hßa <script>x</script>x· héi</p>", "html": "1"}).json()
    assert answer == {"code": "TCVN3", "text": "<p>Cộng hòa xã hội</p>", "shown": "Cộng hòa xã hội"}
    assert browser.post(ADDRESS, {"text": "Cộng hòa"}).json() == {"code": "", "text": "", "shown": "Cộng hòa"}
    assert browser.post(ADDRESS, {"text": "<p>" * 2_000_000, "html": "1"}).status_code == 413
    assert browser.get(ADDRESS).status_code == 405


@pytest.mark.django_db
def test_only_who_writes_is_told():
    assert sign_in("news.view_article").post(ADDRESS, {"text": "x"}).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize(("rights", "is_offered"), [(["news.change_article"], True), ([], False)])
def test_it_is_offered_on_static_pages_too_to_whoever_may_ask(rights, is_offered):
    form = sign_in("portal.add_page", *rights).get("/quan-tri/portal/page/add/").content.decode()
    assert (f'data-old-code="{ADDRESS}"' in form) is is_offered
