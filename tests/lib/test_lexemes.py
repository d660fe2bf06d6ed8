"""Words and numbers as search knows them."""

import unicodedata

import pytest

from portal.lib import lexemes
from portal.lib.asked import Asked, synonyms
from tests import pace


def known_by(told):
    """The spellings under which `told` is found."""
    return {entry.partition(":")[0] for entry in lexemes.vector(told).split()}


@pytest.mark.parametrize(
    ("one", "other"),
    [("hoà bình", "hòa bình"), ("thuỷ lợi", "thủy lợi"), ("khoẻ", "khỏe"), ("ỦY BAN", "uỷ ban"), ("quý", "quý")],
)
def test_old_and_new_tone_placement_are_the_same_word(one, other):
    assert lexemes.vector(one) == lexemes.vector(unicodedata.normalize("NFD", other))


def test_a_tone_is_moved_only_at_the_end_of_a_syllable():
    assert [word.exact for word in lexemes.words("kế hoạch quý hoà")] == ["kế", "hoạch", "quý", "hòa"]


def test_a_vector_holds_each_word_folded_and_as_written_in_one_place():
    assert lexemes.vector("An sinh xã hội") == "an:1 sinh:2 xa:3 xã:3 hoi:4 hội:4"


def test_no_phrase_goes_over_from_one_text_to_the_next():
    assert lexemes.vector("Phường Hội", "An toàn") == "phuong:1 phường:1 hoi:2 hội:2 an:13 toan:14 toàn:14"


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("42/2022/NĐ-CP", "42/2022/NĐ-CP"),
        ("42/2022/NĐ-CP", "42/2022/ND-CP"),
        ("42/2022/NĐ-CP", "42/2022/nđ-cp"),
        ("42/2022/NĐ-CP", "42 2022 nđ cp"),
        ("42/2022/NĐ-CP", "42 2022 nd-cp"),
        ("42/2022/NĐ-CP", "42-2022-NĐ-CP"),
        ("42/2022/NĐ-CP", "42/2022"),
        ("42/2022/NĐ-CP", "nghị định 42"),
        ("42/2022/NĐ-CP", "Nghị định số 42"),
        ("42/2022/NĐ-CP", "nghi dinh 42/2022"),
        ("42/2022/NĐ-CP", "nghị định 42 năm 2022"),
        ("42/2022/NĐ-CP", "Nghị định số 42/2022/NĐ-CP"),
        ("42/2022/NĐ-CP", "NĐ 42/2022/NĐ-CP"),
        ("42-2022-NĐ-CP", "42/2022/NĐ-CP"),
        ("08-CTr/TU", "8 ctr tu"),
        ("08-CTr/TU", "chương trình 08"),
        ("20/2012/QH13", "luật số 20/2012/QH13"),
        ("42/2022/NĐ-CP", "４２/２０２２"),
        ("42/2022/NĐ-CP", "NĐ42/2022/NĐ-CP"),
        ("42/2022/NĐ-CP", "NĐ42"),
        ("42/2022/NĐ-CP", "NĐ 42/CP"),
        ("74/CP", "NĐ74/CP"),
        ("74-CP", "74/NĐ-CP"),
        ("74/CP", "74 nd cp"),
        ("327-TTg", "327/QĐ-TTg"),
        ("22/11/1996", "22/11/96"),
        ("22/11/1996", "22.11.96"),
        ("3/2/1930", "03-02-30"),
        ("22/11/2025", "22/11/25"),
        ("17/3/2021", "17/03/2021"),
        ("17/3/2021", "17-3-2021"),
        ("17/3/2021", "17.3.2021"),
        ("17/3/2021", "ngày 17 tháng 3 năm 2021"),
        ("ngày 17 tháng 03 năm 2021", "17/3/2021"),
        ("17/3/2021", "tháng 3/2021"),
        ("22.715.200.000", "22715200000"),
        ("22.715.200.000", "22,715,200,000"),
        ("22.715.200.000", "22 715 200 000"),
        ("22 715 200 000", "22.715.200.000"),
        ("169,96", "169.96"),
        ("852.3", "852,3"),
        ("5,146", "5.146"),
        ("136.000.0000", "136.000.0000"),
        ("024.62933647", "024 6293 3647"),
        ("(024) 33.844.635", "02433844635"),
        ("0868 216 873", "0868216873"),
        ("+84 24 62933647", "024.62933647"),
    ],
)
def test_a_number_is_known_and_marked_in_every_spelling(written, asked):
    numbers = [
        term
        for term in Asked(asked).terms
        if any(any(c.isdigit() for c in word) for row in term.folded for word in row)
    ]
    assert [
        bool({row[0] for row in term.folded if len(row) == 1} & known_by(f"số {written}, v.v.")) for term in numbers
    ] == [True]
    pieces = list(lexemes.marked(f"x {written}, v.v.", Asked(asked).sought))
    assert [piece for piece, hit in pieces if hit] == [written.removeprefix("ngày ")]


LONG = ["74/NĐ-CP", "Nghị định số 74/NĐ-CP", "74 nd cp"]
SHORT = ["NĐ74/CP", "nđ74-CP", "ND74/cp", "NĐ 74/CP", "NĐ 74-CP", "Nghị định 74/CP", "Nghị định số 74-CP"]
WITH_YEAR = ["74/2025/NĐ-CP", "NĐ 74/2025/CP", "NĐ74/2025/CP", "Nghị định 74/2025/CP", "NĐ74/2025/NĐ-CP"]


def finds(asked, written):
    (term,) = Asked(asked).terms
    return bool({row[0] for row in term.folded if len(row) == 1} & known_by(f"Theo {written}, v.v."))


@pytest.mark.parametrize("asked", [*LONG, *SHORT])
@pytest.mark.parametrize("written", ["74/NĐ-CP", *SHORT, *WITH_YEAR])
def test_the_short_and_the_long_spelling_of_an_act_find_each_other(written, asked):
    assert finds(asked, written)


@pytest.mark.parametrize("asked", WITH_YEAR)
def test_who_asks_with_the_year_finds_the_texts_that_have_it(asked):
    assert [written for written in [*WITH_YEAR, *SHORT, "74/NĐ-CP"] if finds(asked, written)] == WITH_YEAR


@pytest.mark.parametrize(
    ("written", "marked"),
    [("Theo NĐ74/CP và", "NĐ74/CP"), ("Theo NĐ 74-CP và", "74-CP"), ("Theo Nghị định 74/CP và", "74/CP")],
)
def test_the_short_spelling_is_marked_for_who_asked_for_the_long_one(written, marked):
    assert [piece for piece, hit in lexemes.marked(written, Asked("74/NĐ-CP").sought) if hit] == [marked]


def test_a_block_of_flats_that_looks_like_an_act_is_found_as_it_is_written():
    assert finds("CT3-A", "tòa CT3-A") and not finds("CT3-A", "tòa CT3-B")


@pytest.mark.parametrize("asked", ["NĐ 74/CP", "nđ 74-CP", "ND số 74/CP", "NĐ 74", "nghị định 74"])
def test_the_letters_of_an_act_may_stand_before_its_number(asked):
    known = [word.folded for word in lexemes.words("Nghị định số 74-CP")]
    (term,) = Asked(asked).terms
    in_words = any(list(row) == known[: len(row)] for row in term.folded)
    assert in_words or bool({row[0] for row in term.folded} & known_by("Nghị định số 74-CP"))


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("74/QĐ-UBND", "74/NĐ-CP"),
        ("QĐ74/UBND", "74/NĐ-CP"),
        ("AND74/CP", "74/NĐ-CP"),
        ("74/2025/QĐ-CP", "74/2025/NĐ-CP"),
        ("74/QĐ-CP", "74/NĐ-CP"),
        ("74/NĐ-CP", "74/CP"),  # which may be any act of the government
        ("74/NQ-CP", "NĐ 74/CP"),
        ("74/CP", "74/1996/NĐ-CP"),
        ("22/11/1896", "22/11/96"),
        ("31/12/1999", "31/13/99"),
        ("221196", "22/11/96"),
    ],
)
def test_what_only_looks_like_it_is_not_found(written, asked):
    known = known_by(f"số {written}, v.v.")
    assert [term for term in Asked(asked).terms if {row[0] for row in term.folded if len(row) == 1} & known] == []


def test_two_years_are_two_words_and_two_groups_of_four_digits_a_telephone():
    assert [term.folded for term in Asked("2021 2022").terms] == [(("2021",),), (("2022",),)]
    assert [term.folded for term in Asked("6293 3647").terms] == [(("62933647",), ("6293", "3647"))]


def test_a_ratio_and_the_day_before_are_not_the_number_asked_for():
    for other in ("24/27 chỉ tiêu", "142/2022/NĐ-CP", "42/2023/NĐ-CP", "42/2022/QĐ-CP", "4/2/2022"):
        assert "42/2022/nd-cp" not in known_by(other)


@pytest.mark.parametrize("end", ["…1", ".1", "", "."])
def test_a_long_row_of_digit_groups_takes_no_time(end):
    with pace.seconds(1):
        lexemes.vector("1" + ".000" * 20_000 + end)
        lexemes.vector("1-a" * 20_000)
        lexemes.vector("0 12" * 20_000)


def test_marked_finds_hits_whatever_their_accents():
    assert list(lexemes.marked("Đảm bảo an sinh", Asked("BAO sinh").sought)) == [
        ("Đảm ", False),
        ("bảo", True),
        (" an ", False),
        ("sinh", True),
    ]


def test_a_synonym_is_marked_as_a_whole_and_its_words_alone_are_not():
    known = synonyms([("UBND", "Ủy ban nhân dân")])
    for asked in ("ubnd", "uỷ ban nhân dân", "Uy ban nhan dan"):
        pieces = list(lexemes.marked("Uỷ ban nhân dân và nhân dân, UBND", Asked(asked, known).sought))
        assert [piece for piece, hit in pieces if hit] == ["Uỷ ban nhân dân", "UBND"]


def test_who_is_equal_to_the_same_is_equal():
    known = synonyms([("UBND", "ủy ban nhân dân"), ("UB", "UBND")])
    assert {folded for folded, _exact in known[("ub",)].expressions} == {
        ("ub",),
        ("ubnd",),
        ("uy", "ban", "nhan", "dan"),
    }


def test_around_shows_where_most_of_what_is_sought_stands():
    told = "sinh " + "từ " * 300 + "an sinh xã hội và 22.715.200.000 đồng"
    assert "an sinh xã hội" in lexemes.around(told, Asked("an sinh").sought)
    assert "22.715" in lexemes.around(told, Asked("22715200000").sought)


@pytest.mark.parametrize("query", ["", "''", '"', '""', "& | ! :* <->", "\\", "'; DROP", "a:b*c", "🎉", "_"])
def test_a_query_is_always_one_that_the_database_can_read(query):
    question = Asked(query)
    assert bool(question) == any(c.isalnum() for c in query)
    for part in (question.folded, question.exact, question.near):
        assert part.count("'") % 2 == 0
