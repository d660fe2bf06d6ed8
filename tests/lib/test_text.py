import unicodedata

import pytest

from portal.lib import text
from tests import pace


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Đường dây nóng", "duong day nong"),
        ("Đối với", "doi voi"),
        ("THỦ TỤC HÀNH CHÍNH", "thu tuc hanh chinh"),
        ("Ưu đãi người có công – quỹ “Đền ơn”", "uu dai nguoi co cong – quy “den on”"),
    ],
)
def test_fold_takes_marks_and_case_away_in_both_normal_forms(given, expected):
    assert text.fold(given) == expected
    assert text.fold(unicodedata.normalize("NFD", given)) == expected


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Đối với người cao tuổi", "doi-voi-nguoi-cao-tuoi"),
        ("Nghị định 42/2022/NĐ-CP", "nghi-dinh-42-2022-nd-cp"),
        ("  🎉🎉  ", ""),
        ("\u202eĐảo ngược", "dao-nguoc"),
        ("Ðối với người dân Ðiện Biên", "doi-voi-nguoi-dan-dien-bien"),
    ],
)
def test_slug(title, slug):
    assert text.slug(title) == slug


def test_a_long_slug_is_cut_between_words():
    slug = text.slug("Đảm bảo an sinh xã hội " * 10)
    assert len(slug) <= 80
    assert slug.endswith(("dam", "bao", "an", "sinh", "xa", "hoi"))


def test_line_leaves_nothing_invisible():
    assert text.line("\ufeffTiêu\u200b đề\u00a0\u00a0 mới\u00ad\x00\n") == "Tiêu đề mới"


def test_every_kind_of_line_end_is_a_line_feed():
    assert text.nfc("a\r\nb\rc\u2028d\u2029e\x0bf\x85g") == "a\nb\nc\nd\ne\nf\ng"


def test_nfc_of_nfd_is_the_composed_text():
    assert text.nfc(unicodedata.normalize("NFD", "Tiếng Việt")) == "Tiếng Việt"


@pytest.mark.parametrize("given", ["a\u200b\u0301", "e\u00ad\u0302\u2060\u0301", "a\ufeff\u0323\u0306"])
def test_nothing_invisible_keeps_a_letter_from_its_mark(given):
    once = text.nfc(given)
    assert len(once) == 1
    assert text.nfc(once) == once == unicodedata.normalize("NFC", once)


def test_what_no_xml_may_hold_is_taken_away():
    assert text.nfc("a\ufffe\uffff\ufdd0\U0001ffff\U0010fffe\ud800b🎉") == "ab🎉"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Ðường Ðiện Biên Phủ, ÐẮK LẮK, ðiện", "Đường Điện Biên Phủ, ĐẮK LẮK, điện"),
        ("Nghị định số 77/2021/NÐ-CP, 5/QÐ-UBND, HÐND, HÐ", "Nghị định số 77/2021/NĐ-CP, 5/QĐ-UBND, HĐND, HĐ"),
        ("Ɖà Nẵng, ɖiện", "Đà Nẵng, điện"),
        ("Ð", "Đ"),
        # TCVN3, where it is é, and an emoji in UTF-8 that was read as Windows-1252
        ("Céng hßa x· héi, bÐ g¸i, BÐ TRAI", "Céng hßa x· héi, bÐ g¸i, BÐ TRAI"),
        ("Em bÐ ngoan được tặng quà", "Em bÐ ngoan được tặng quà"),
        ("Céng hßa x· héi\nÐường Ðiện Biên", "Céng hßa x· héi\nĐường Điện Biên"),
        ("ðŸŽ‰ Chúc mừng", "ðŸŽ‰ Chúc mừng"),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_stroked_d_becomes_one(given, kept):
    assert text.nfc(given) == text.nfc(kept) == kept
    assert text.nfc(unicodedata.normalize("NFD", given)) == kept


def test_a_long_text_of_lookalikes_takes_no_time():
    with pace.seconds(1):
        for hostile in ("Ð" * 100_000, "kÐ " * 33_000, "NÐ-CP " * 16_000, "Ð\n" * 50_000):
            text.nfc(hostile)


def test_excerpt_ends_between_words_and_never_splits_a_letter_from_its_mark():
    nfd = unicodedata.normalize("NFD", "Đảm bảo an sinh xã hội")
    assert text.excerpt(nfd, 17) == "Đảm bảo an sinh…"
    assert text.excerpt("Ngắn", 17) == "Ngắn"


@pytest.mark.parametrize(
    ("query", "digits"),
    [
        (" 0868 216 873", "0868216873"),
        ("(024) 6293-3647", "02462933647"),
        ("+84 24 62933647", "842462933647"),
        ("42/2022", ""),
        ("24 1 2025", ""),
        ("0868216873 abc", ""),
        ("1" * 16, ""),
    ],
)
def test_phone_digits(query, digits):
    assert text.phone_digits(query) == digits


def test_names_sort_as_in_a_vietnamese_dictionary():
    names = ["Đống Đa", "Ân", "Dương Nội", "An", "Ê a", "Em", "Zung"]
    assert sorted(names, key=text.sort_key) == ["An", "Ân", "Dương Nội", "Đống Đa", "Em", "Ê a", "Zung"]
