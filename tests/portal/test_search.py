"""Search: every word, whatever its accents; exact accents first; nothing that is not public."""

import unicodedata
from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from hotlines.models import Office
from news import publishing
from news.models import Article
from portal import ownpages, searching, suggesting
from portal.lib import clock, pagecache
from portal.models import SearchRow, Synonym
from tests.factories import make_article, make_category, make_hotline, make_office, make_page, make_profile

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
        ("024.62933647", "62933647"),
        ("024.62933647", "6293 3647"),
        ("024.62933647", "62.933.647"),
        ("0868216873", "0868 216 873"),
        ("0868216873", "0868.216.873"),
        ("0868 216 873", "0868216873"),
    ],
)
def test_a_number_is_found_however_it_is_grouped(shown, query):
    make_hotline(office=make_office(name="UBND quận"), number=shown)
    make_office(name="Phòng khác")
    assert found(query) == [("office", "UBND quận")]


def test_a_fixed_line_of_before_is_found_without_its_area_once_the_tables_are_brought_up_to_date():
    make_hotline(office=make_office(name="UBND quận"), number="024.62933647")
    Office.objects.update(text_words="'02462933647':1")
    assert found("62933647") == []
    import_module("portal.migrations.0092_numbers_without_area").add_local_numbers(apps, None)
    assert found("62933647") == found("02462933647") == [("office", "UBND quận")]


ACTS = [
    "Theo NĐ74/CP.",
    "Theo NĐ 74-CP.",
    "Theo Nghị định 74/CP.",
    "Theo Nghị định số 74/NĐ-CP.",
    "Theo NĐ 74/2025/CP.",
]


@pytest.mark.parametrize(
    ("query", "texts"),
    [*((query, ACTS) for query in ("74/NĐ-CP", "NĐ74/CP", "NĐ 74-CP", "Nghị định 74/CP")), ("74/2025/NĐ-CP", ACTS[4:])],
)
def test_an_act_is_found_whichever_spelling_the_text_has(query, texts):
    for text in [*ACTS, "Theo NĐ75/CP.", "Theo QĐ74/UBND."]:
        make_page(title=text, body=f"<p>{text}</p>")
    assert sorted(title for _, title in found(query)) == sorted(texts)


@pytest.mark.parametrize(
    "query", ["77/2021/NĐ-CP", "77/2021/NÐ-CP", "điện biên phủ", "duong dien bien phu", "Ðường Ðiện Biên Phủ"]
)
def test_a_lookalike_of_the_stroked_d_is_one(query):
    page = make_page(title="Ðường Ðiện Biên Phủ", body="<p>Nghị định số 77/2021/NÐ-CP</p>")
    page.refresh_from_db()
    assert (page.title, page.body) == ("Đường Điện Biên Phủ", "<p>Nghị định số 77/2021/NĐ-CP</p>")
    assert (found(query), page.path) == ([("page", "Đường Điện Biên Phủ")], "duong-dien-bien-phu")


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("02343822789", ["Điện thoại"]),
        ("0234 3822 789", ["Điện thoại"]),
        ("3.822.789", ["Tiền", "Điện thoại"]),
        ("19006035", ["Điện thoại"]),
        ("1900.6035", ["Điện thoại"]),
        ("1900 6035", ["Điện thoại"]),
        ("1900 1022", ["Điện thoại"]),
        ("1900.1022", ["Điện thoại"]),
        ("868216873", ["Điện thoại"]),
        ("42/2022/NĐCP", ["Điện thoại"]),
        ("42/2022/NDCP", ["Điện thoại"]),
        ("ndcp 42", ["Điện thoại"]),
    ],
)
def test_numbers_are_found_as_people_type_them(query, titles):
    make_page(title="Điện thoại", body="<p>(0234) 3.822.789, 1900 6035, 19001022, 0868216873, 42/2022/NĐ-CP</p>")
    make_page(title="Tiền", body="<p>3.822.789 đồng, 1900-1975, 42/2022/QĐ-UBND</p>")
    assert sorted(title for _, title in found(query)) == titles


BETTER = [
    "42/2022/NĐCP",
    "15/QDUBND",
    "(0234) 3.822.789",
    "0234\u00a03.822.789",
    "+84 234 3822789",
    "(84-24) 3.384.4635",
]


def test_a_glued_number_of_before_is_found_once_the_tables_are_brought_up_to_date():
    article = make_article(title="Một", body="<p>Theo Nđ74/CP, {{dd:1}}</p>", byline="Lan")
    page = make_page(title="Hai theo NĐ74-CP", body="<p>x</p>")
    others = [make_page(title=f"Bốn {n}", body=f"<p>Theo {told}</p>") for n, told in enumerate(BETTER)]
    other = make_page(title="Ba", body="<p>Năm 74-CP, 42/2022/NĐ-CP, 0868 216 873, 3.822.789 đồng</p>")
    kept = [(one.title_words, one.text_words) for one in (article, page, *others)]
    for one in (article, page, *others, other):
        type(one).objects.filter(pk=one.pk).update(title_words="'old':1", text_words="")
    import_module("news.migrations.0055_indexed_anew").index_again(apps, None)
    for one in (article, page, *others, other):
        one.refresh_from_db()
    assert [(one.title_words, one.text_words) for one in (article, page, *others)] == kept
    assert other.title_words == "'old':1"
    assert sorted(found("74/NĐ-CP")) == [("article", "Một"), ("page", "Hai theo NĐ74-CP")]


SPELT = [
    "12/QĐ-UBND ngày 05/3/2024",
    "12/QĐ-UBND</b>, ngày 05 tháng 3 năm 2024",
    "0234 - 3822789",
    "0234/3822789",
    "+84 (234) 3822789",
    "0868 - 216 - 873",
    "22.715.200.000đ",
    "LĐTB&amp;XH",
]


def test_more_spellings_are_found_once_the_tables_are_brought_up_to_date():
    pages = [make_page(title=f"Trang {n}", body=f"<p><b>Theo {told}</p>") for n, told in enumerate(SPELT)]
    pages.append(make_page(title="Phòng LĐTB&XH"))
    office, other = make_office(name="Phòng Tư pháp"), make_page(title="Ba", body="<p>a&nbsp;b 42/2022/NĐ-CP 02/9</p>")
    kept = [(one.title_words, one.text_words) for one in (*pages, office)]
    for one in (*pages, office, other):
        type(one).objects.filter(pk=one.pk).update(title_words="'old':1", text_words="")
    import_module("news.migrations.0056_found_in_more_spellings").index_again(apps, None)
    for one in (*pages, office, other):
        one.refresh_from_db()
    assert [(one.title_words, one.text_words) for one in (*pages, office)] == kept
    assert other.title_words == "'old':1"
    assert found("số điện thoại phòng tư pháp") == [("office", "Phòng Tư pháp")]


def test_what_was_stored_with_a_lookalike_is_found_once_the_tables_are_brought_up_to_date():
    article, page = make_article(title="Một", lead="Đường Điện Biên Phủ"), make_page(title="Đường Điện Biên Phủ")
    office = make_hotline(
        office=make_office(name="UBND quận"), purpose="Đường Điện Biên Phủ", number="0868216873"
    ).office
    office.refresh_from_db()
    rows = [article, page, office]
    kept = [(one.title_words, one.text_words) for one in rows]
    with connection.cursor() as cursor:  # as processes of the version before wrote
        cursor.execute("UPDATE news_article SET lead = replace(lead, 'Đ', 'Ð')")
        cursor.execute("UPDATE portal_page SET title = replace(title, 'Đ', 'Ð')")
        cursor.execute("UPDATE hotlines_hotline SET purpose = replace(purpose, 'Đ', 'Ð')")
    for one in rows:
        type(one).objects.update(title_words="", text_words="")
    import_module("news.migrations.0055_indexed_anew").index_again(apps, None)
    for one in rows:
        one.refresh_from_db()
    assert [(one.title_words, one.text_words) for one in rows] == kept
    assert (
        {kind for kind, _ in found("duong dien bien phu")}
        == {kind for kind, _ in found("điện biên")}
        == set(searching.KINDS)
    )


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
    html = reader.get("/tim-kiem/", {"q": "an sinh <script>"}).content.decode()
    # No article holds "script"; what holds most of the words is shown below.
    assert "Không tìm thấy kết quả nào cho “an sinh &lt;script&gt;”" in html
    assert "Các trang sau có phần lớn số từ bạn tìm:" in html
    html = reader.get("/tim-kiem/", {"q": "an sinh"}).content.decode()
    assert "<mark>an</mark> <mark>sinh</mark> xã hội" in html
    title = html[html.index("<title>") : html.index("</title>")]
    assert "an sinh" not in title
    assert 'name="robots" content="noindex' in html
    assert 'value="an sinh"' in html


def test_a_phrase_is_marked_and_what_holds_no_word_is_said_to_hold_none(reader, text_of):
    make_article(title="Tổ hòa giải", lead="Tố hòa giải.")
    assert "<mark>Tổ hòa giải</mark>" in reader.get("/tim-kiem/", {"q": "“tổ hoà giải”"}).content.decode()
    assert "“???” không có chữ hay số nào để tìm." in text_of(reader.get("/tim-kiem/", {"q": "???"}))
    assert "để tìm." not in text_of(reader.get("/tim-kiem/"))


def test_only_the_form_without_a_question_may_be_found_by_search_engines(reader):
    answers = [
        reader.get(address) for address in ("/tim-kiem/", "/tim-kiem/?q=chợ", "/tim-kiem/?kind=page", "/tim-kiem/?x")
    ]
    assert [answer.get("X-Robots-Tag") for answer in answers] == [None, "noindex", "noindex", "noindex"]
    assert "Disallow: /tim-kiem/?\n" in reader.get("/robots.txt").content.decode()


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


@pytest.mark.parametrize(
    ("number", "status"), [("1", 200), ("2", 200), ("3", 404), ("0", 404), ("-1", 404), ("x", 404)]
)
def test_a_page_of_the_results_that_is_not_there_is_not_found_as_in_every_list(reader, number, status):
    for n in range(13):
        make_article(title=f"Tiêm chủng đợt {n}")
    for path in ("/tim-kiem/?q=tiêm+chủng&", "/tin-tuc/?"):
        assert (path, reader.get(f"{path}page={number}").status_code) == (path, status)


# --- Ranking ----------------------------------------------------------------------------------------------------------
def test_of_equal_hits_the_newer_one_comes_first():
    now = timezone.now()
    for days in (900, 30, 400):
        make_article(title=f"Tiêm chủng {days}", body="<p>đợt</p>", published_at=now - timedelta(days))
    assert [title for _, title in found("tiêm chủng")] == ["Tiêm chủng 30", "Tiêm chủng 400", "Tiêm chủng 900"]


def test_words_next_to_each_other_come_before_words_apart():
    make_article(title="Một", body="<p>Tổ dân phố bàn về hòa bình và giải thưởng.</p>")
    make_article(title="Hai", body="<p>Tổ hòa giải họp.</p>", published_at=timezone.now() - timedelta(100))
    assert [title for _, title in found("hòa giải")] == ["Hai", "Một"]


def test_an_old_exact_match_is_found_however_many_newer_ones_hold_other_accents(monkeypatch):
    monkeypatch.setattr(searching, "MOST", 5)
    make_article(title="Hội An", body="<p>x</p>", published_at=timezone.now() - timedelta(3000))
    for n in range(8):
        make_article(title=f"Hỏi án {n}")
    assert found("hội an")[0] == ("article", "Hội An")
    assert len(found("hội an")) == 5


# --- Phrases, synonyms, what is left out --------------------------------------------------------------------------------


@pytest.mark.parametrize(("query", "called"), [("tthc", "Thủ tục hành chính"), ("hành chính", None)])
def test_a_category_is_found_by_what_means_the_same(query, called):
    Synonym.objects.get_or_create(short="TTHC", long="thủ tục hành chính")
    make_category(name="Thủ tục hành chính")
    assert [one.title for one in suggesting.called(searching.asked(query))] == ([called] if called else [])


@pytest.mark.parametrize(
    "query", ['"an sinh xã hội"', "“an sinh xã hội”", '"An Sinh Xã Hội" phường', '"an sinh xa hoi"']
)
def test_a_phrase_stands_together(query):
    make_article(title="Đúng", body="<p>Phường lo an sinh xã hội.</p>")
    make_article(title="Rời", body="<p>Phường an toàn, sinh hoạt xã, hội họp.</p>")
    make_article(
        title="Khác dấu", body="<p>Phường: an sinh xả hơi; an sinh xa hội</p>" if "xã" in query.lower() else ""
    )
    assert found(query) == [("article", "Đúng")]


@pytest.mark.parametrize("query", ["UBND", "uỷ ban nhân dân", "Ủy ban nhân dân", "uy ban nhan dan"])
def test_words_that_mean_the_same_find_each_other(query):
    make_article(title="Chữ tắt", body="<p>UBND phường họp.</p>")
    make_article(title="Chữ đầy", body="<p>Uỷ ban nhân dân phường họp.</p>")
    make_article(title="Không phải", body="<p>nhân dân ban ủy</p>")
    assert {title for _, title in found(query)} == {"Chữ tắt", "Chữ đầy"}


def test_staff_teach_the_search_a_word(admin_client, reader, text_of, beat):
    make_article(title="Cấp giấy khai sinh")
    beat()
    assert "Không" in text_of(reader.get("/tim-kiem/", {"q": "GKS"}))
    sent = {"short": "GKS", "long": "giấy khai sinh"}
    assert admin_client.post("/quan-tri/portal/synonym/add/", sent).status_code == 302
    pagecache.forget()
    assert "Cấp giấy khai sinh" in text_of(reader.get("/tim-kiem/", {"q": "gks"}))
    refused = text_of(admin_client.post("/quan-tri/portal/synonym/add/", {"short": "một", "long": "Mot"}))
    assert "Hai bên là cùng những từ" in refused


def test_words_that_say_little_are_left_out_beside_others():
    make_article(title="Thủ tục hộ tịch")
    assert found("thủ tục của các hộ tịch") == [("article", "Thủ tục hộ tịch")]


def test_what_holds_most_of_the_words_is_better_than_nothing():
    make_article(title="Đăng ký khai sinh ở phường")
    make_article(title="Khai sinh")
    answer = searching.find(searching.asked("đăng ký khai sinh nhanh"))
    assert (answer.is_relaxed, found("đăng ký khai sinh nhanh")) == (True, [("article", "Đăng ký khai sinh ở phường")])


# --- “Ý bạn là” -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("tuyen shinh", "tuyển sinh"),
        ("tuyển sihn", "tuyển sinh"),
        ("tuyểnsinh", "tuyển sinh"),
        ("tuyn sinh", "tuyển sinh"),
        ("qwrtp", ""),
        ("tuyển sinh", ""),
        ("tuyển xe", ""),  # words of the portal, though not beside each other
    ],
)
def test_a_slip_of_the_finger_is_understood_from_the_portals_own_words(query, meant):
    make_article(title="Tuyển sinh đầu cấp", body="<p>Tuyến xe, sinh hoạt, tuyển sinh.</p>")
    assert suggesting.meant(searching.asked(query)) == meant


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("nguwowif cao tuooir", "người cao tuổi"),
        ("ddieemr ngaapj", "điểm ngập"),
        ("duongwf ngaapj", "đường ngập"),
        ("nguowif caos tuooir", "người cao tuổi"),
    ],
)
def test_keys_of_telex_that_set_no_marks_are_understood(query, meant):
    make_article(title="Điểm ngập trên đường, người cao tuổi", body="<p>Đường ngập.</p>")
    assert suggesting.meant(searching.asked(query)) == meant


def test_what_stands_beside_a_word_tells_a_slip_from_a_key_of_telex():
    make_article(title="Làm cây, la hét", body="<p>Làm cây. Làm cây. Làm cây.</p>")
    assert suggesting.meant(searching.asked("las cay")) == "làm cây"
    assert suggesting.meant(searching.asked("las het")) == "la hét"


def test_words_of_drafts_are_suggested_to_nobody(reader):
    make_article(title="Bí mật quyzzeta", state="draft")
    make_article(title="Tin thường")
    assert suggesting.meant(searching.asked("quyzetta")) == ""
    assert reader.get("/tim-kiem/goi-y/", {"q": "quyzz"}).json() == {"suggestions": []}


def test_wrong_accents_lead_to_the_right_ones(reader):
    make_article(title="Phòng cháy chữa cháy")
    html = reader.get("/tim-kiem/", {"q": "phồng cháy"}).content.decode()
    assert '<a href="/tim-kiem/?q=ph%C3%B2ng%20ch%C3%A1y"><strong>phòng cháy</strong></a>' in html
    assert "<mark>Phòng</mark> <mark>cháy</mark>" in html


# --- Filters --------------------------------------------------------------------------------------------------------------
@pytest.fixture
def mixed():
    now = timezone.now()
    culture = make_category(name="Văn hóa")
    festival = make_category(name="Lễ hội", parent=culture)
    make_article(title="Chợ mới", category=festival, published_at=now - timedelta(3))
    make_article(title="Chợ vừa", category=make_category(name="Kinh tế"), published_at=now - timedelta(100))
    make_article(title="Chợ cũ", category=culture, published_at=now - timedelta(1000))
    make_page(title="Chợ trên trang")
    make_office(name="Ban quản lý chợ")


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({}, {"Chợ mới", "Chợ vừa", "Chợ cũ", "Chợ trên trang", "Ban quản lý chợ"}),
        ({"loai": "bai-viet"}, {"Chợ mới", "Chợ vừa", "Chợ cũ"}),
        ({"loai": "trang"}, {"Chợ trên trang"}),
        ({"loai": "duong-day-nong"}, {"Ban quản lý chợ"}),
        ({"chuyen-muc": "van-hoa"}, {"Chợ mới", "Chợ cũ"}),
        ({"chuyen-muc": "le-hoi"}, {"Chợ mới"}),
        ({"thoi-gian": "thang", "loai": "bai-viet"}, {"Chợ mới"}),
        ({"thoi-gian": "nam", "loai": "bai-viet"}, {"Chợ mới", "Chợ vừa"}),
        ({"tu": "2000-01-01", "den": "2001-01-01"}, set()),
        ({"loai": "gi-do", "chuyen-muc": "khong-co", "thoi-gian": "'", "tu": "30/02/2025", "den": "0000-00-00"},
         {"Chợ mới", "Chợ vừa", "Chợ cũ", "Chợ trên trang", "Ban quản lý chợ"}),
        ({"tu": "9999-12-31", "den": "9999-12-31"},
         {"Chợ mới", "Chợ vừa", "Chợ cũ", "Chợ trên trang", "Ban quản lý chợ"}),
    ],
)  # fmt: skip
def test_filters_narrow_down_and_nonsense_does_not(reader, mixed, asked, shown):
    response = reader.get("/tim-kiem/", {"q": "chợ", **asked})
    assert {str(result.item) for result in response.context["results"]} == shown


def test_the_days_of_a_filter_are_vietnamese_days(reader):
    at = datetime(2025, 3, 9, 23, 59, 59, tzinfo=clock.ZONE)
    make_article(title="Cuối ngày", published_at=at)
    for day, is_found in (("2025-03-08", False), ("2025-03-09", True), ("2025-03-10", False)):
        response = reader.get("/tim-kiem/", {"q": "cuối ngày", "tu": day, "den": day})
        assert (day, bool(response.context["results"])) == (day, is_found)


def test_the_next_page_keeps_the_filters(reader):
    for n in range(12):
        make_article(title=f"Tiêm chủng {n}", category=None)
    html = reader.get("/tim-kiem/", {"q": "tiêm chủng", "loai": "bai-viet", "utm": "x"}).content.decode()
    assert "?q=ti%C3%AAm+ch%E1%BB%A7ng&amp;loai=bai-viet&amp;page=2" in html


# --- Suggestions ------------------------------------------------------------------------------------------------------------
def suggested(reader, query):
    return [row["title"] for row in reader.get("/tim-kiem/goi-y/", {"q": query}).json()["suggestions"]]


def test_titles_are_suggested_while_one_types(reader):
    make_office(name="UBND phường Hạ Đình")
    make_article(title="Hạ tầng phường Đình Công")
    article = make_article(title="Chợ Hạ Đình")
    assert suggested(reader, "hạ đ") == ["UBND phường Hạ Đình", "Chợ Hạ Đình", "Hạ tầng phường Đình Công"]
    assert suggested(reader, "cho ha") == ["Chợ Hạ Đình"]
    assert reader.get("/tim-kiem/goi-y/", {"q": "cho ha"}).json()["suggestions"] == [
        {"title": "Chợ Hạ Đình", "kind": "Tin tức", "url": article.get_absolute_url()}
    ]
    assert suggested(reader, "h") == suggested(reader, "") == suggested(reader, "zzz") == []


def test_a_keystroke_costs_no_query_and_no_memory(reader, beat, django_assert_num_queries):
    make_article(title="Chợ Hạ Đình")
    beat()
    suggested(reader, "cho")
    with django_assert_num_queries(0):
        assert suggested(reader, "cho ha") == ["Chợ Hạ Đình"]
    pages = set(pagecache._memory.pages)
    for n in range(20):
        response = reader.get("/tim-kiem/goi-y/", {"q": f"chợ {n}"})
    assert set(pagecache._memory.pages) == pages
    assert (response["X-Robots-Tag"], "no-store" in response["Cache-Control"]) == ("noindex", True)


def test_a_withdrawn_article_is_suggested_no_more(reader, beat):
    article = make_article(title="Chợ Hạ Đình")
    beat()
    assert suggested(reader, "chợ hạ") == ["Chợ Hạ Đình"]
    publishing.withdraw(article, reason="Sai")
    pagecache.forget()
    assert suggested(reader, "chợ hạ") == []


@pytest.mark.parametrize(
    ("query", "suggestion"),
    [
        ("uỷ ban", "UBND phường Hạ Đình"),
        ("ủy ban nhân dân phường h", "UBND phường Hạ Đình"),
        ("ubnd thượng", "Ủy ban nhân dân phường Thượng Đình"),
        ("CCHC", "Kế hoạch cải cách hành chính"),
        ("hạ đình ủy ban nhân dân", "UBND phường Hạ Đình"),
        ("dân đình", "Ủy ban nhân dân phường Thượng Đình"),  # which has these words itself
        ("sàn nhà", None),
    ],
)
def test_suggestions_know_what_means_the_same(reader, query, suggestion):
    for short, long in (("UBND", "ủy ban nhân dân"), ("CCHC", "cải cách hành chính")):
        Synonym.objects.get_or_create(short=short, long=long)
    make_office(name="UBND phường Hạ Đình")
    make_office(name="Ủy ban nhân dân phường Thượng Đình")
    make_article(title="Kế hoạch cải cách hành chính")
    assert suggested(reader, query)[:1] == ([suggestion] if suggestion else [])


# --- The portal's own pages -------------------------------------------------------------------------------------------
OWN = {
    "đường dây nóng": "/duong-day-nong/", "số điện thoại": "/duong-day-nong/", "ban do": "/ban-do/",
    "Bản đồ số": "/ban-do/", "thăm dò": "/binh-chon/", "lượt truy cập": "/thong-ke/", "cán bộ": "/can-bo/",
    "sơ đồ cổng": "/so-do-trang/", "tin tức": "/tin-tuc/", "dân hỏi": "/binh-chon/da-bo-sung/", "polls": "/binh-chon/",
    "Ðường dây nóng": "/duong-day-nong/",
}  # fmt: skip


@pytest.mark.parametrize("query", OWN)
def test_a_page_of_the_portals_own_stands_on_top_and_is_suggested_first(reader, query):
    make_article(title="Đường dây nóng, bản đồ số, thăm dò, lượt truy cập, cán bộ, tin tức: số điện thoại cũ")
    response = reader.get("/tim-kiem/", {"q": query})
    assert [one.url for one in response.context["first"]] == [OWN[query]]
    assert f'<h2><a href="{OWN[query]}">' in response.content.decode().partition('class="hits"')[0]
    assert reader.get("/tim-kiem/goi-y/", {"q": query}).json()["suggestions"][0]["url"] == OWN[query]


def test_english_names_lead_to_english_pages_once_there_are_any(reader):
    make_page(title="Liên hệ", title_en="Contact us", body="<p>a</p>", body_en="<p>b</p>")
    asked_for = ("hotlines", "map", "officials", "contact us")
    assert [suggesting.called(searching.asked(query)) for query in asked_for] == [[]] * 4
    make_profile(name="Quận Mẫu", name_en="Model District")
    pagecache.forget()
    urls = ["/en/hotlines/", "/en/map/", "/en/officials/", "/en/lien-he/"]
    assert [one.url for query in asked_for for one in suggesting.called(searching.asked(query))] == urls
    assert '<a href="/en/map/" lang="en" hreflang="en">' in reader.get("/tim-kiem/?q=map").content.decode()


def test_the_map_of_the_site_names_every_page_of_the_portals_own(reader):
    page = reader.get("/so-do-trang/").content.decode().partition("<main")[2].partition("</main>")[0]
    urls = [own.url() for own in ownpages.ALL if own.view != "site_map"]
    assert [url for url in urls if f'href="{url}"' not in page] == []


# --- The table that is read -----------------------------------------------------------------------------------------------
def test_the_table_follows_every_way_of_writing():
    article = make_article(title="Chợ Hạ Đình")
    page, office = make_page(title="Chợ trang"), make_office(name="Chợ cơ quan")
    row = SearchRow.objects.filter(kind="article", ref=article.pk)
    assert SearchRow.objects.count() == 3
    Article.objects.update(state="withdrawn")
    assert not row.exists()
    Article.objects.update(state="published")
    assert row.exists()
    office.delete()
    page.is_public = False
    page.save()
    assert list(SearchRow.objects.values_list("kind", "ref")) == [("article", article.pk)]


def test_what_is_scheduled_or_over_is_not_found():
    now = timezone.now()
    make_article(title="Chợ mai", published_at=now + timedelta(1))
    make_article(title="Chợ qua", published_at=now - timedelta(2), expires_at=now - timedelta(1))
    make_office(name="Chợ năm sau", valid_from=clock.local_day(now + timedelta(400)))
    assert found("chợ") == []
    later = searching.find(searching.asked("chợ"), at=now + timedelta(days=2))
    assert [hit.kind for hit in later.hits] == ["article"]
