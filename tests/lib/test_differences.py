"""Differences in words: what a person would call the change, and fast whatever the text."""

import random

import pytest

from portal.lib import differences
from portal.lib.differences import Piece
from tests import pace


def inline(before, after):
    """The changed passages in one column: [(kind, words)] for each paragraph."""
    return [
        list(map(tuple, p))
        for passage in differences.compare(before, after)
        if not passage.is_same
        for p in passage.inline
    ]


def test_words_differ_not_tags():
    before = differences.read("<p>Mức chi <b>500.000</b> đồng, từ tuần này.</p>")
    after = differences.read("<h2>Tin vui</h2><p>Mức chi 600.000 đồng, từ tuần này.</p>")
    assert inline(before, after) == [
        [("new", "§ Tin vui")],
        [("same", "Mức chi "), ("gone", "500.000 "), ("new", "600.000 "), ("same", "đồng, từ tuần này.")],
    ]


@pytest.mark.parametrize(
    ("html", "read"),
    [
        ("<ul><li>Một</li><li>Hai</li></ul>", ["• Một", "• Hai"]),
        ("<table><tr><th>STT</th><th>Tên</th></tr><tr><td>1</td><td>Lan</td></tr></table>", ["STT | Tên", "1 | Lan"]),
        ('<p>Xem <a href="/tin-tuc/">tại đây</a></p>', ["Xem tại đây ⟨/tin-tuc/⟩"]),
        ('<figure><img src="/media/images/a.webp" alt="Ao"><figcaption>Hồ</figcaption></figure>', ["[Ảnh: Ao · a.webp]", "Hồ"]),
        ("<p>Một<br>Hai &amp; ba</p>", ["Một", "Hai & ba"]),
        ("Chữ trần", ["Chữ trần"]),
        ("", []),
    ],
)  # fmt: skip
def test_what_is_no_word_is_read_aloud(html, read):
    assert differences.read(html) == read


def test_a_changed_address_of_a_link_is_a_change():
    texts = [differences.read(f'<p>Tải <a href="{href}">mẫu đơn</a></p>') for href in ("/a/", "/b/")]
    assert inline(*texts) == [[("same", "Tải mẫu đơn "), ("gone", "⟨/a/⟩"), ("new", "⟨/b/⟩")]]


def test_beside_each_other_stand_the_paragraphs_that_share_words():
    changed = differences.compare(["Một hai", "Ba bốn"], ["Mới hẳn", "Một hai ba", "Ba bốn năm"])
    sides = [("".join(p.text for p in a), "".join(p.text for p in b)) for passage in changed for a, b in passage.sides]
    assert sides == [("", "Mới hẳn"), ("Một hai ", "Một hai ba"), ("Ba bốn ", "Ba bốn năm")]


def test_paragraphs_that_were_joined_show_where_the_end_was():
    joined = inline(["Một.", "Hai."], ["Một. Hai."])
    assert [words for kind, words in joined[0] if kind == "gone"] == ["¶ "]


def test_both_texts_can_be_put_together_again_from_the_pieces():
    chance = random.Random(5)

    def text():
        return [
            " ".join(chance.choices("a b c d e .".split(), k=chance.randint(1, 9))) for _ in range(chance.randint(0, 4))
        ]

    for _ in range(200):
        before, after = text(), text()
        passages = differences.compare(before, after)
        for side, whole in enumerate((before, after)):
            paragraphs = [pair[side] for passage in passages for pair in passage.sides if pair[side]]
            # A blank after a word may come from the other text; the words do not.
            words = ["".join(piece.text for piece in p).replace(" ", "") for p in paragraphs]
            assert words == [p.replace(" ", "") for p in whole]


LONG = {
    "few edits": lambda words, chance: [word if chance.random() > 0.02 else "SỬA" for word in words],
    "rewritten": lambda words, chance: chance.choices(words, k=len(words)),
    "turned round": lambda words, chance: words[::-1],
}


@pytest.mark.parametrize("vocabulary", [2, 101, 400, 5000])
@pytest.mark.parametrize("edit", LONG)
@pytest.mark.parametrize("paragraph", [60, 100_000])
def test_a_hundred_kilobytes_take_less_than_a_second(vocabulary, edit, paragraph):
    chance = random.Random(1)
    words = [f"từ{int(chance.paretovariate(0.9)) % vocabulary}" for _ in range(20_000)]
    texts = [words, LONG[edit](words, chance)]
    before, after = ([" ".join(w[i : i + paragraph]) for i in range(0, len(w), paragraph)] for w in texts)
    with pace.seconds(1):
        assert differences.compare(before, after)


def test_the_same_is_the_same():
    (passage,) = differences.compare(["Một", "Hai"], ["Một", "Hai"])
    assert (passage.is_same, passage.inline) == (True, [[Piece("same", "Một")], [Piece("same", "Hai")]])
    assert differences.compare([], []) == []
