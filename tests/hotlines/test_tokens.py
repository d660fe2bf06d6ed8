"""A hotline within texts: shown as it is now, everywhere; and old numbers that texts still hold."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hotlines import former, tokens
from hotlines.models import Succession
from portal.lib import html
from tests.desk import sign_in
from tests.factories import make_article, make_hotline, make_office, make_page, make_profile

pytestmark = pytest.mark.django_db


@pytest.fixture
def line():
    return make_hotline(office=make_office(name="UBND Quận"), number="024.62933647")


def test_a_token_is_shown_as_the_number_of_now_in_article_print_and_page(reader, line):
    body = f"<p>Gọi {tokens.token(line)} nhé.</p>"
    article, page = make_article(body=body), make_page(body=body)
    for number, tel in (("024.62933647", "tel:+842462933647"), ("0868216873", "tel:+84868216873")):
        line.number = number
        line.save()
        for url in (article.get_absolute_url(), article.get_print_url(), page.get_absolute_url()):
            assert f'<p>Gọi <a href="{tel}">{number}</a> nhé.</p>' in reader.get(url).content.decode()


def test_tokens_stand_in_texts_only(line):
    code = tokens.token(line)
    image = f'<img src="/media/images/{"a" * 32}.webp" alt="{code}">'
    written = f'<p><a href="/x/" title="{code}">Gọi {code}</a> {image} {code}</p>'
    shown = tokens.resolved(html.clean(written))
    assert f'title="{code}"' in shown and f'alt="{code}"' in shown
    assert ">Gọi 024.62933647</a>" in shown  # no link within a link
    assert shown.endswith(' <a href="tel:+842462933647">024.62933647</a></p>')


@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>", "&amp;", '"><script>'])
def test_what_a_token_prints_is_escaped(name):
    line = make_hotline(office=make_office(name=name, valid_to=date(2025, 7, 1)), number="024.38585650")
    heir = make_office(name=f"{name} mới")
    make_hotline(office=heir)
    Succession.objects.create(former=line.office, successor=heir)
    shown = tokens.resolved(f"<p>{tokens.token(line)}</p>")
    assert set(re.findall("<[^>]*>", shown)) <= {"<p>", "</p>", "<s>", "</s>", '<a href="tel:+842462933647">', "</a>"}
    assert html.plain(shown) == f"024.38585650 (không còn dùng; nay gọi: {name} mới 024.62933647)".join("  ")


def test_a_number_that_ended_leads_to_the_successor_or_says_so(line):
    line.office.valid_to = date(2025, 7, 1)
    line.office.save()
    text = f"<p>{tokens.token(line)}</p>"
    assert tokens.resolved(text) == (
        '<p><s>024.62933647</s> (không còn dùng; nay gọi: <a href="/duong-day-nong/">Tất cả đường dây nóng</a>)</p>'
    )
    heir = make_hotline(office=make_office(name="Phường Một"), number="0868216873")
    Succession.objects.create(former=line.office, successor=heir.office)
    assert tokens.resolved(text) == (
        '<p><s>024.62933647</s> (không còn dùng; nay gọi: Phường Một <a href="tel:+84868216873">0868216873</a>)</p>'
    )
    pk = line.pk
    line.delete()
    assert tokens.resolved(f"[[duong-day-nong:{pk}]]") == (
        '<a href="/duong-day-nong/">Tiếp công dân (số không còn dùng)</a>'
    )
    assert tokens.resolved("[[duong-day-nong:999]]") == '<a href="/duong-day-nong/">đường dây nóng của cơ quan</a>'
    assert tokens.resolved("[[duong-day-nong:x]] [[duong-day-nong:12345678901]]").count("[[") == 2


def queries(reader, url):
    with CaptureQueriesContext(connection) as captured:
        assert reader.get(url).status_code == 200
    return len(captured)


def test_a_text_without_tokens_costs_nothing_and_those_with_tokens_share_one_reading(reader, beat, line):
    make_profile()
    plain, one, two = (make_article(body=body) for body in ("<p>x</p>", tokens.token(line), tokens.token(line) * 9))
    make_article(body="<p>y</p>")
    beat()
    reader.get(make_article(body="<p>z</p>").get_absolute_url())
    beat()
    reader.get(plain.get_absolute_url())  # the parts that all pages share
    usual = queries(reader, plain.get_absolute_url())
    with CaptureQueriesContext(connection) as captured:
        tokens.resolved("<p>x</p>")
    assert len(captured) == 0
    first, second = queries(reader, one.get_absolute_url()), queries(reader, two.get_absolute_url())
    assert usual == 0
    assert first - second == 2  # offices and their numbers, once for all articles


def test_search_shows_the_number_and_does_not_index_the_code(reader, line, text_of):
    article = make_article(title="Hiến máu", body=f"<p>Đăng ký hiến máu qua {tokens.token(line)} trước thứ Sáu.</p>")
    assert "duong" not in article.text_words and "[[" not in article.text_words
    shown = text_of(reader.get("/tim-kiem/", {"q": "dang ky"}))
    assert "hiến máu qua 024.62933647 trước thứ Sáu" in shown


# --- Old numbers in texts ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("gọi 024.62933647 ngay", True),
        ("gọi (024) 6293 3647.", True),
        ("gọi +84 24 62.93.36.47", True),
        ('<a href="tel:+842462933647">gọi</a>', True),
        ("024&nbsp;6293&nbsp;3647", True),
        ("024.62933647 - 024.38585652", True),
        ("024.629336478", False),
        ("1024.62933647", False),
        ("số tài khoản 9902462933647", False),
        ("62933647", False),
        ("024.62933648", False),
    ],
)
def test_a_number_is_found_however_it_is_grouped(text, found):
    assert former.Finder({"+842462933647", "113"}).found_in(text) == (["+842462933647"] if found else [])


def test_the_admin_lists_texts_that_hold_old_numbers_and_lost_codes(admin_client, text_of):
    line = make_hotline(office=make_office(name="Phòng Y tế"), number="024.62933647")
    ended = make_hotline(office=make_office(name="Phòng cũ", valid_to=date(2025, 7, 1)), number="024.38585650")
    shared = make_hotline(office=ended.office, number="0868216873", purpose="Chung")
    make_hotline(office=line.office, number="0868216873", purpose="Chung")  # still in use elsewhere
    make_article(title="Bài có số đổi", body="<p>Gọi (024) 6293 3647</p>")
    make_article(title="Bài nháp", body="x", lead="Gọi 0243.8585650", state="draft")
    make_page(title="Trang có mã", body=f"<p>{tokens.token(ended)}</p>")
    make_article(title="Bài tốt", body=f"<p>{shared.number} {tokens.token(line)}</p>")
    line.number = "113"
    line.save()
    page = admin_client.get("/quan-tri/hotlines/so-cu/")
    found = [(one.title, [old.number for old in one.numbers], one.tokens) for one in page.context["findings"]]
    assert found == [
        ("Bài nháp", ["024.38585650"], []),
        ("Bài có số đổi", ["024.62933647"], []),
        ("Trang có mã", [], [tokens.token(ended)]),
    ]
    assert f"{tokens.token(line)} (113)" in text_of(page)


def test_the_list_of_old_numbers_shows_each_member_of_staff_only_what_they_may_see():
    line = make_hotline()
    make_article(body=line.number)
    line.delete()
    clerk = sign_in("hotlines.view_hotline")
    assert clerk.get("/quan-tri/hotlines/so-cu/").context["findings"] == []
