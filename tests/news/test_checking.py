"""The checker over sentences and documents. What it says is right is left in peace; every planted fault is found."""

from dataclasses import replace
from datetime import date

import pytest

from news.checking.articles import Known, findings_in
from news.checking.document import Document
from news.models import Mistake
from tests import pace
from tests.news.checked import RIGHT, WRONG

KNOWN = Known(
    today=date(2025, 1, 22),
    directory={"+84868216873"},
    retired={"+842438585652": "Gọi 1022."},
    ended={"Phòng Lao động - Thương binh và Xã hội": "Nay là Phòng Nội vụ."},
    mistakes={"tam thần": "tâm thần", "bổ xung": "bổ sung", "sử phạt": "xử phạt", "xuất quà": "suất quà", "nghành": "ngành",
        "sát nhập": "sáp nhập", "chuẩn đoán": "chẩn đoán", "thăm quan": "tham quan", "giành cho": "dành cho"},
)  # fmt: skip


def check(body, known=KNOWN):
    document = Document()
    document.add_html("Đoạn", body)
    return findings_in(document, known)


def rules(body, known=KNOWN):
    return [finding.rule for finding in check(body, known)]


def test_the_corpora_are_as_large_as_promised():
    assert len(RIGHT) >= 60
    assert len(WRONG) >= 60


@pytest.mark.parametrize("sentence", RIGHT)
def test_a_right_sentence_is_left_in_peace(sentence):
    assert check(f"<p>{sentence}</p>") == []


@pytest.mark.parametrize(("rule", "sentence", "figure"), WRONG)
def test_a_wrong_sentence_is_found_by_its_rule(rule, sentence, figure):
    [found] = check(f"<p>{sentence}</p>")
    assert found.rule == rule
    assert figure in (None, found.figure)
    assert found.before + found.figure + found.after in sentence
    assert str(found.reason)


def test_all_right_sentences_together_are_left_in_peace():
    assert check("".join(f"<p>{sentence}</p>" for sentence in RIGHT)) == []


@pytest.mark.parametrize(
    ("sentence", "suggestion"),
    [
        ("kinh phí 136.000.0000 đồng", "136.000.000 / 1.360.000.000"),
        ("là 852.3 triệu đồng", "852,3"),
        ("chi 136,000,000 đồng", "136.000.000"),
        ("Thứ Ba, ngày 22/01/2025", "Thứ Tư, 22/01/2025"),
        ("20/01/2025 (tức 20 tháng Chạp)", "20/01/2025 = 21 tháng Chạp năm Giáp Thìn"),
        ("Tết Giáp Thìn 2025", "Ất Tỵ 2025"),
        ("ngày 31/02/2025", "28/02/2025"),
        ("tặng 62/25 sổ đạt 284%", "62/25 = 248%"),
        ("Céng hßa x· héi", "Cộng hòa xã hội"),
        ("đồng,  thu", "đồng, thu"),
        ("Sử phạt hành chính", "Xử phạt"),
        ("gọi 024.38585652", "Gọi 1022."),
        ("CCCD 001085012345", "001******345"),
    ],
)
def test_a_finding_suggests_what_may_be_meant(sentence, suggestion):
    assert [str(finding.suggestion) for finding in check(f"<p>{sentence}</p>")] == [suggestion]


def test_a_finding_names_its_place_and_the_sentence_around_it():
    [found] = check("<h2>Kết quả</h2><p>Câu một. Tổng kinh phí là 852.3 triệu đồng. Câu ba.</p>")
    said = (found.place, found.before, found.figure, found.after)
    assert said == ("Đoạn 2", "Tổng kinh phí là ", "852.3", " triệu đồng.")


def test_a_fault_is_found_across_inline_markup_and_not_across_paragraphs():
    assert rules("<p>ngày <strong>31/02</strong>/2025</p>") == ["day"]
    assert rules("<ul><li>dài 10</li><li>.5 tỷ</li></ul><p>Một</p>\n\n  <p> hai</p><p>dòng một\n   dòng hai</p>") == []


def test_a_day_without_its_year_is_the_one_nearest_to_the_article():
    sentence = "<p>Thứ Tư, ngày 31/12, cơ quan làm việc</p>"
    assert rules(sentence, replace(KNOWN, today=date(2026, 1, 5))) == []  # 31/12/2025
    assert rules(sentence, replace(KNOWN, today=date(2025, 1, 5))) == ["weekday"]  # 31/12/2024


# --- Pictures, headings, links --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ('<p><img src="/media/images/a.webp"></p>', "alt"),
        ('<p><img src="/media/images/a.webp" alt=""></p>', "alt"),
        ('<p><img src="/media/images/a.webp" alt="IMG_2025.jpg"></p>', "alt"),
        ("<h2>Một</h2><h4>Hai</h4>", "heading"),
        ("<h3>Một</h3>", "heading"),
        ("<h2> </h2><p>Chữ</p>", "heading"),
        ('<p>Xem <a href="https://chinhphu.vn/vb">tại đây</a>.</p>', "link"),
        ('<p>Xem <a href="https://chinhphu.vn/vb">Ở ĐÂY</a>.</p>', "link"),
        ('<p><a href="https://chinhphu.vn/vb">Click vào đây</a></p>', "link"),
        ('<p><a href="https://chinhphu.vn/vb">https://chinhphu.vn/vb?id=1</a></p>', "link"),
        ('<p><a href="https://chinhphu.vn/vb">www.chinhphu.vn/vb</a></p>', "link"),
        ('<p><a href="https://chinhphu.vn/vb">TẠI ĐÂY!</a></p>', "link"),
        ('<p><a href="https://chinhphu.vn/vb">Bấm vào link này để xem chi tiết</a></p>', "link"),
        ('<p><a href="https://chinhphu.vn/vb">»</a></p>', "link"),
        ('<p>Văn bản<a href="https://chinhphu.vn/vb"></a></p>', "link"),
        ('<p><a href="/khong-co/">Quy chế</a></p>', "broken"),
        ('<p><a href="#muc-9">Mục 9</a></p><h2 id="muc-1">Mục 1</h2>', "broken"),
        ('<p><img src="/media/images/mat.webp" alt="Lễ trao quà"></p>', "broken"),
    ],
)
def test_a_fault_of_the_structure_is_found(body, rule):
    there = {"/co/", "/media/images/a.webp"}
    assert rules(body, replace(KNOWN, leads_somewhere=there.__contains__)) == [rule]


@pytest.mark.parametrize(
    "body",
    [
        '<p><img src="/media/images/a.webp" alt="Lãnh đạo quận trao quà cho người có công"></p>',
        "<h2>Một</h2><h3>Hai</h3><h4>Ba</h4><h2>Bốn</h2>",
        '<p><a href="https://chinhphu.vn/vb">Nghị định 42/2022/NĐ-CP</a></p>',
        '<p><a href="https://chinhphu.vn/vb">Xem quy chế tại đây</a></p>',
        '<p>Thư gửi về <a href="mailto:ubnd@hanoi.gov.vn">ubnd@hanoi.gov.vn</a></p>',
        '<p><a href="/co/">Quy chế</a> <a href="#muc-1">Mục 1</a> <a href="tel:114">114</a></p><h2 id="muc-1">Mục 1</h2>',
        '<p><a href="/co/"><img src="/media/images/a.webp" alt="Bản đồ quận"></a></p>',
    ],
)
def test_a_right_structure_is_left_in_peace(body):
    there = {"/co/", "/media/images/a.webp"}
    assert check(body, replace(KNOWN, leads_somewhere=there.__contains__)) == []


def test_a_picture_marked_as_decoration_needs_no_words():
    known = replace(KNOWN, is_decorative=lambda src: src.endswith("vien.webp"))
    assert rules(
        '<p><img src="/media/images/vien.webp" alt=""><img src="/media/images/anh.webp" alt=""></p>', known
    ) == ["alt"]


# --- The whole ------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_list_of_mistakes_that_the_portal_brings_finds_no_fault_in_right_sentences():
    known = replace(KNOWN, mistakes=dict(Mistake.objects.filter(since=None).values_list("wrong", "right")))
    assert len(known.mistakes) > 50
    assert check("".join(f"<p>{sentence}</p>" for sentence in RIGHT), known) == []


@pytest.mark.parametrize(
    "piece",
    ["1.", "1/", "1/2 ", "9" * 50 + ".", "(", "0 9", "ngày 1/1 ", "thứ ", "tức 1 tháng ", "Ã", "µ ", "  ", "\u00ad", "Giáp Tỵ ",
     "<p>", "<a href='#'>", "CCCD ", "0912 345 ", "năm 2019 UBND quận, ", "UBND quận cũ, 1/7/2025 "],
)  # fmt: skip
def test_a_long_text_is_checked_quickly(piece):
    known = replace(KNOWN, former={"UBND quận": ("UBND phường", date(2025, 7, 1))})
    with pace.seconds(1):
        check(piece * (100_000 // len(piece)), known)
