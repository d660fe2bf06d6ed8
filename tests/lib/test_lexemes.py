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
        *(
            (written, asked)
            for written in (
                "(0234) 3.822.789",
                "(0234)\u00a03.822.789",
                "0234 3.822.789",
                "0234.3.822.789",
                "(84-234) 3822789",
            )
            for asked in (
                "02343822789",
                "0234 3822 789",
                "(0234) 3.822.789",
                "+84 234 3.822.789",
                "3.822.789",
                "3822789",
            )
        ),
        ("02343822789", "(0234) 3.822.789"),
        ("(024) 3.384.4635", "02433844635"),
        ("(024) 3.384.4635", "024 3384 4635"),
        ("(04) 3.384.4635", "0433844635"),
        ("0868216873", "868216873"),
        ("0868 216 873", "868 216 873"),
        ("024.33844635", "2433844635"),
        ("868216873", "868216873"),
        *(
            ("0234 - 3822789", asked)
            for asked in (
                "0234 - 3822789",
                "02343822789",
                "0234 – 3822789",
                "0234/3822789",
                "+84 (234) 3822789",
                "+84(0)234 3822789",
                "0084 234 3822789",
                "84 234 3822789",
                "842343822789",
                "tel:02343822789",
                "ĐT: 0234.3822789",
                "số điện thoại 0234 3822789",
                "3822789",
                "3822 789",
            )
        ),
        ("+84 (234) 3822789", "02343822789"),
        ("(024) 3.858.1234", "024 - 38581234"),
        ("0868 - 216 - 873", "0868216873"),
        ("0868.216.873", "0868 - 216 - 873"),
        ("0868.216.873", "84868216873"),
        ("22.715.200.000", "22.715.200.000đ"),
        ("22.715.200.000", "22.715.200.000 VNĐ"),
        ("22.715.200.000", "22715200000 đồng"),
        ("22.715.200.000", "22 715 200 000 đ"),
        ("12/QĐ-UBND", "số 12/QĐ-UBND"),
        ("12/QĐ-UBND", "12QĐ-UBND"),
        ("08-CTr/TU", "08CTr/TU"),
        ("17/3/2021", "ngày 17/3/2021"),
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


@pytest.mark.parametrize(
    "written", ["12/QĐ-UBND ngày 05/3/2024", "12/QĐ-UBND, ngày 5-3-2024", "12/QĐ-UBND ngày 05 tháng 3 năm 2024"]
)
@pytest.mark.parametrize("asked", ["quyết định 12/2024", "qd 12 nam 2024", "Quyết định số: 12/2024/QĐ-UBND"])
def test_the_day_of_an_act_tells_the_year_by_which_it_is_asked_for(written, asked):
    (term,) = Asked(asked).terms
    assert {row[0] for row in term.folded if len(row) == 1} & known_by(written)
    assert not known_by("12/QĐ-UBND của năm 2024") & {"12/2024", "12/2024/qd"}


def test_two_telephones_with_a_hyphen_between_them_are_two():
    assert {"02438585650", "38585650"} <= known_by("024 38585650 - 38585652")
    assert {"02438585650", "02438585652"} <= known_by("024.38585650 - 024.38585652")


@pytest.mark.parametrize("asked", ["02/9", "2/9", "2-9", "ngày 2 tháng 9", "2 tháng 09"])
def test_a_day_without_its_year_is_found_in_figures_and_in_words(asked):
    (term,) = Asked(asked).terms
    assert set(term.folded) == {("2", "9"), ("2", "thang", "9")}


@pytest.mark.parametrize(
    ("asked", "terms"),
    [
        ("852,3triệu", [(("852.3",),), (("trieu",),)]),
        ("852.3tr", [(("852.3",),), (("trieu",),)]),
        ("1.200.000 đồng chí", [(("1200000",),), (("dong",),), (("chi",),)]),
        ("năm 2024 đồng hành", [(("nam",),), (("2024",),), (("dong",),), (("hanh",),)]),
        ("24/27 chỉ tiêu", [(("24", "27"),), (("chi",),), (("tieu",),)]),
        ("covid19", [(("covid19",), ("covid", "19"))]),
    ],
)
def test_units_and_digits_glued_to_a_word_are_told_apart(asked, terms):
    assert [term.folded for term in Asked(asked).terms] == terms


@pytest.mark.parametrize(
    ("one", "other"), [("lý", "lí"), ("kỹ", "kĩ"), ("quy", "qui"), ("tỉ", "tỷ"), ("Tỵ", "tị"), ("sĩ", "sỹ")]
)
def test_i_and_y_at_the_end_of_a_syllable_find_and_mark_each_other(one, other):
    assert Asked(one).exact == f"('{one.lower()}' | '{other}')"
    assert list(lexemes.marked(other, Asked(one).sought)) == [(other, True)]


def test_letters_with_an_and_are_known_without_it():
    assert {"ldtbxh", "lđtbxh", "ldtb", "xh"} <= known_by("Phòng LĐTB&XH")
    assert list(lexemes.marked("Phòng LĐTB&XH", Asked("LĐTBXH").sought)) == [("Phòng ", False), ("LĐTB&XH", True)]


def test_a_phrase_is_marked_where_it_stands_with_its_accents():
    told = list(lexemes.marked("tổ hoà giải, tố hòa giải", Asked("“tổ hòa giải”").sought))
    assert told == [("tổ hoà giải", True), (", tố hòa giải", False)]


SERVICE = ["19006035", "1900 6035", "1900.6035", "1900-6035", "1900 60 35"]
FREE = ["1800599920", "1800 599920", "1800 599 920", "1800.599.920", "1800 59 99 20"]


@pytest.mark.parametrize(
    ("written", "asked"), [(written, asked) for same in (SERVICE, FREE) for written in same for asked in same]
)
def test_a_paid_or_free_number_is_known_and_marked_in_every_spelling(written, asked):
    told = f"Gọi {written}, v.v."
    (term,) = Asked(asked).terms
    folded = [word.folded for word in lexemes.words(told)]
    in_words = any(list(row) == folded[1 : 1 + len(row)] for row in term.folded)
    assert in_words or bool({row[0] for row in term.folded if len(row) == 1} & known_by(told))
    assert [piece for piece, hit in lexemes.marked(told, Asked(asked).sought) if hit] == [written]


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("3.822.789 đồng", {"3822789"}),
        ("(0234) 3.822.789 đồng", {"3822789"}),
        ("0234 3.822.789 VNĐ", {"3822789"}),
        ("(01) 3.822.789", {"3822789"}),
        ("(001) 3.822.789", {"3822789"}),
        ("01 3.822.789", {"3822789"}),
        ("021 3.822.789", {"3822789"}),
        ("2021 3.822.789", {"3822789"}),
        ("02/3.822.789", set()),
        ("0234 3.822.789.000", {"3822789000"}),
        ("(2021) 3.822.789", {"3822789"}),
        ("(0234) 3.2.2021", {"3.2.2021", "2/2021"}),
        ("1900-1975", set()),
        ("1900 1975", set()),
        ("0234-3822", set()),
        ("868.216.873 đồng", {"868216873"}),
    ],
)
def test_amounts_dates_and_years_are_no_telephones(written, known):
    assert {key for number in lexemes.numbers(written) for key in number.keys} == known


@pytest.mark.parametrize(
    ("asked", "terms"),
    [
        ("1900-1975", [(("1900", "1975"),)]),
        ("1900 2020", [(("1900",),), (("2020",),)]),
        ("1800 1900 2000", [(("1800",),), (("1900",),), (("2000",),)]),
        ("868.216.873 đồng", [(("868216873",),)]),
        ("168216873", [(("168216873",),)]),
        ("3822789", [(("3822789",),)]),
        ("12 CTCP", [(("12",),), (("ctcp",),)]),
    ],
)
def test_what_is_asked_like_a_telephone_or_an_act_and_is_none_stays_as_it_is(asked, terms):
    assert [term.folded for term in Asked(asked).terms] == terms


TOGETHER = ["42/2022/NĐ-CP", "42/2022/NĐCP", "42/2022/NDCP", "42-2022-NĐCP"]


@pytest.mark.parametrize("written", TOGETHER)
@pytest.mark.parametrize(
    "asked",
    [
        *TOGETHER,
        "42 2022 ndcp",
        "42 ndcp",
        "ndcp 42",
        "NĐCP 42",
        "ndcp 42/2022",
        "NĐ-CP số 42",
        "NĐCP 42/2022/NĐ-CP",
        "42/NĐCP",
    ],
)
def test_letters_of_an_act_without_their_hyphen_are_the_same_act(written, asked):
    assert finds(asked, written)


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("15/QĐ-UBND", "15/QDUBND"),
        ("15/NQ-HĐND", "15/NQHĐND"),
        ("9/QĐ-TTg", "9/QĐTTg"),
        ("327-TTg", "QĐTTg 327"),
        ("74/CP", "74/NDCP"),
    ],
)
def test_other_letters_without_their_hyphen_are_understood_too(written, asked):
    assert finds(asked, written)


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
        ("74/QĐ-UBND", "ndcp 74"),
        ("74/CTCP", "chỉ thị 74"),
        ("0234 3.822.789", "0243822789"),
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


@pytest.mark.parametrize(
    "piece", ["(0234) 3.822.", "024 3.384.46 ", "0234 ", "1900 60 ", "868 216 ", "42 nd cp ", "ndcp 42", "NĐCP/"]
)
def test_a_hostile_text_of_100_000_letters_takes_no_time(piece):
    told = piece * (100_000 // len(piece))
    with pace.seconds(1.5):
        lexemes.vector(told)
        list(Asked(told[:10_000]).terms)


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
