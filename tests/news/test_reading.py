"""A text as it is read: contents, reading time, tables in frames, the reader's tools, the sheet and the file."""

import base64
import json
import re
from urllib.parse import unquote

import pytest

from portal.lib import html
from tests.factories import make_article, make_page, make_picture

LONG = "".join(f"<h2>Mục {n}</h2><p>{'chữ ' * 100}</p>" for n in (1, 2, 3))


def test_a_long_text_has_contents_that_lead_to_its_headings(reader):
    page = reader.get(make_article(body=LONG).get_absolute_url()).content.decode()
    contents = re.search(r'<nav class="contents.*?</nav>', page, re.DOTALL)[0]
    assert re.findall(r'href="#([^"]+)">([^<]+)<', contents) == [(f"muc-muc-{n}", f"Mục {n}") for n in (1, 2, 3)]
    assert re.findall(r'<h2 id="(muc-muc-\d)">', page) == ["muc-muc-1", "muc-muc-2", "muc-muc-3"]


def test_a_short_text_has_none(reader):
    page = reader.get(make_article(body="<h2>Một</h2><h2>Hai</h2>").get_absolute_url()).content.decode()
    assert 'class="contents' not in page


def test_headings_keep_their_own_anchor_and_never_share_one():
    body = '<h2 id="a">Một</h2><h2>Đối <em>với</em></h2><h2>Đối với</h2><h2 class="align-center">…</h2>'
    outlined, found = html.outlined(body)
    assert found == [("a", "Một"), ("muc-doi-voi", "Đối với"), ("muc-doi-voi-2", "Đối với"), ("muc-4", "…")]
    assert outlined == (
        '<h2 id="a">Một</h2><h2 id="muc-doi-voi">Đối <em>với</em></h2><h2 id="muc-doi-voi-2">Đối với</h2>'
        '<h2 id="muc-4" class="align-center">…</h2>'
    )


def test_a_table_stands_in_a_frame_with_those_inside_it():
    inner = "<table><tbody><tr><td>1</td></tr></tbody></table>"
    table = f'<table class="lead"><tbody><tr><td>{inner}</td></tr></tbody></table>'
    frame = '<section class="scroll" tabindex="0" aria-label="Bảng &quot;1&quot;">'
    assert html.framed(f"<p>a</p>{table}<p>b</p>", 'Bảng "1"') == f"<p>a</p>{frame}{table}</section><p>b</p>"
    assert html.framed("<p>không bảng</p>", "x") == "<p>không bảng</p>"


@pytest.mark.parametrize(("words", "minutes"), [(3, 1), (480, 2), (2400, 10)])
def test_the_page_says_how_long_reading_takes(reader, text_of, words, minutes):
    article = make_article(body=f"<p>{'chữ ' * words}</p>")
    assert f"{minutes} phút đọc" in text_of(reader.get(article.get_absolute_url()))


def test_the_tools_are_plain_links(reader):
    article = make_article(title="Thư & báo")
    page = reader.get(article.get_absolute_url()).content.decode()
    whole = f"http://testserver{article.get_absolute_url()}"
    tools = re.search(r'<div class="tools.*?\n</div>', page, re.DOTALL)[0]
    links = re.findall(r'href="([^"]+)"', tools)
    assert links[:2] == [article.get_print_url(), article.get_save_url()]
    assert unquote(links[2]) == f"https://www.facebook.com/sharer/sharer.php?u={whole}"
    assert json.loads(base64.b64decode(unquote(links[3]).partition("?d=")[2])) == {"url": whole}
    assert unquote(links[4]) == f"mailto:?subject=Thư & báo&amp;body={whole}"
    assert "<script" not in tools.replace('<script defer src="/static/js/tools.js"></script>', "")


@pytest.mark.parametrize("make", [make_article, make_page])
def test_a_text_is_saved_as_one_file_that_says_where_it_is_from(reader, make):
    picture = make_picture()
    thing = make(title="Đọc sau", body=f'<p>Xem <a href="/rss/">kênh</a></p><p><img src="{picture.url}" alt="Ảnh"></p>')
    answer = reader.get(thing.get_save_url())
    page = answer.content.decode()
    assert answer["Content-Disposition"] == 'attachment; filename="doc-sau.html"'
    assert answer["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in answer
    assert re.findall(r'src="([^"]{22})', page) == ["data:image/webp;base64"]
    assert 'href="http://testserver/rss/"' in page
    assert f'href="http://testserver{thing.get_absolute_url()}"' in page
    assert "Lưu lúc:" in page
    assert "Phiên bản:" in page
    assert re.findall(r"<script|<link rel=\"stylesheet|srcset", page) == []


def test_a_page_has_a_sheet_for_paper(reader, text_of):
    page = make_page(title="Liên hệ")
    shown = text_of(reader.get(page.get_print_url()))
    assert f"http://testserver{page.get_absolute_url()}" in shown
    assert "In lúc:" in shown


@pytest.mark.parametrize("ending", ["ban-in/", "luu/"])
def test_a_page_that_is_not_public_has_neither_sheet_nor_file(reader, ending):
    page = make_page(is_public=False)
    assert reader.get(page.get_absolute_url() + ending).status_code == 404


@pytest.mark.parametrize("title", ["Bản in", "Lưu"])
def test_no_page_takes_the_address_of_a_sheet_or_a_file(db, title):
    page = make_page(title="Trên")
    with pytest.raises(Exception, match="slug"):
        type(page)(parent=page, title=title).full_clean()
