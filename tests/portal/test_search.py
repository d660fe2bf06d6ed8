"""Search: every word, whatever its accents; exact accents first; nothing that is not public."""

import unicodedata

import pytest

from portal import searching
from tests.factories import make_article, make_hotline, make_office, make_page

pytestmark = pytest.mark.django_db


def found(query):
    question = searching.asked(query)
    return [(result.kind, str(result.item)) for result in searching.results(searching.find(question).hits, question)]


@pytest.mark.parametrize(
    "query",
    [
        "an sinh xa hoi",
        unicodedata.normalize("NFD", "ÁN SINH xã hội"),
        "dam bao",
        "bảo đảm",
        "42/2022/NĐ-CP",
        "22.715.200.000",
        "22715200000",
    ],
)
def test_words_are_found_without_and_with_accents(query):
    make_article(
        title="Đảm bảo an sinh xã hội", body="<p>Theo Nghị định 42/2022/NĐ-CP, kinh phí 22.715.200.000 đồng.</p>"
    )
    make_article(title="Việc khác")
    assert found(query) == [("article", "Đảm bảo an sinh xã hội")]


def test_exact_accents_come_first_even_before_better_places():
    make_article(title="An sinh xa hoi (không dấu)", body="<p>an sinh xa hoi an sinh xa hoi</p>")
    make_article(title="Tin tổng hợp", body="<p>Bàn về công tác an sinh xã hội của phường.</p>")
    assert [title for _, title in found("an sinh xã hội")] == ["Tin tổng hợp", "An sinh xa hoi (không dấu)"]


def test_a_word_in_the_title_ranks_above_one_in_the_text():
    make_article(title="Bản tin", body="<p>tiêm chủng</p>")
    make_article(title="Tiêm chủng", body="<p>bản tin</p>")
    assert [title for _, title in found("tiem chung")] == ["Tiêm chủng", "Bản tin"]


def test_pages_and_offices_with_their_numbers_are_found():
    make_page(title="Chức năng nhiệm vụ")
    make_hotline(office=make_office(name="UBND quận"), purpose="An toàn thực phẩm", number="0868216873")
    assert found("nhiem vu") == [("page", "Chức năng nhiệm vụ")]
    assert found("thuc pham") == found("0868216873") == [("office", "UBND quận")]


@pytest.mark.parametrize(
    ("shown", "query"),
    [
        ("024.62933647", "02462933647"),
        ("024.62933647", "024.62933647"),
        ("024.62933647", "024 6293 3647"),
        ("024.62933647", "+84 24 62933647"),
        ("0868216873", "0868 216 873"),
        ("0868216873", "0868.216.873"),
        ("0868 216 873", "0868216873"),
    ],
)
def test_a_number_is_found_however_it_is_grouped(shown, query):
    make_hotline(office=make_office(name="UBND quận"), number=shown)
    make_office(name="Phòng khác")
    assert found(query) == [("office", "UBND quận")]


def test_the_longest_text_of_any_letters_is_saved():
    words = (f"{n:x}".translate(str.maketrans("0123456789abcdef", "абвгдежзийклмноп")) for n in range(160_000))
    page = make_page(title="Dài", body=f"<p>{' '.join(words)[:960_000]}</p>")
    assert len(page.text_words.encode()) <= 500_000
    assert found("абв") == [("page", "Dài")] or found("бвг") == [("page", "Dài")]
    make_page(title="Ngắn", body=f"<p>{' '.join('я' * (n % 900 + 1) for n in range(2000))}</p>")


def test_a_number_that_is_gone_is_not_found_any_more():
    hotline = make_hotline(office=make_office(name="UBND quận"), purpose="An toàn thực phẩm")
    hotline.delete()
    assert found("thuc pham") == []


def test_hidden_pages_and_offices_are_not_found():
    make_page(title="Trang ẩn", is_public=False)
    make_office(name="Phòng ẩn", is_listed=False)
    assert found("ẩn") == []


@pytest.mark.parametrize(
    "query", ["", "   ", "!!!", "&|!():*", "'", '"', "\\", "%_", "a" * 10_000, "từ " * 5000, "\x00", "🎉"]
)
def test_whatever_is_asked_gets_an_answer(reader, query):
    response = reader.get("/tim-kiem/", {"q": query})
    assert response.status_code == (400 if "\x00" in query else 200)


def test_the_page_marks_hits_and_keeps_the_query_out_of_title_and_indexes(reader):
    make_article(title="Đảm bảo an sinh xã hội", lead="Công tác an sinh.")
    response = reader.get("/tim-kiem/", {"q": "an sinh <script>"})
    html = response.content.decode()
    assert "<mark>an</mark> <mark>sinh</mark>" not in html  # "script" is in no article
    html = reader.get("/tim-kiem/", {"q": "an sinh"}).content.decode()
    assert "<mark>an</mark> <mark>sinh</mark> xã hội" in html
    title = html[html.index("<title>") : html.index("</title>")]
    assert "an sinh" not in title
    assert 'name="robots" content="noindex' in html
    assert 'value="an sinh"' in html


def test_the_page_marks_a_grouped_number(reader):
    make_article(title="Kinh phí", body="<p>Kinh phí <b>22.715.200.000</b>, trong đó</p>")
    html = reader.get("/tim-kiem/", {"q": "22.715.200.000"}).content.decode()
    assert "<mark>22.715.200.000</mark>, trong" in html


def test_results_are_paged_and_keep_the_query(reader):
    for n in range(12):
        make_article(title=f"Tiêm chủng đợt {n}")
    html = reader.get("/tim-kiem/", {"q": "tiêm chủng"}).content.decode()
    assert "page=2" in html
    assert html.count('<span class="tag">') == 10
