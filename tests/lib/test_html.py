import pytest

from portal.lib import html

CASES = [
    ('<p style="text-align:center;color:red" onclick="x()">a</p>', '<p class="align-center">a</p>'),
    ("<script>alert(1)</script><p>a</p>", "<p>a</p>"),
    ("<svg><script>alert(1)</script></svg>", ""),
    ('<a href="javascript:alert(1)">a</a>', '<a rel="noopener noreferrer">a</a>'),
    ('<a href="java\tscript:alert(1)">a</a>', '<a rel="noopener noreferrer">a</a>'),
    ('<a href="//evil.example/">a</a>', '<a rel="noopener noreferrer">a</a>'),
    ('<a href="/tin-tuc/">a</a>', '<a href="/tin-tuc/" rel="noopener noreferrer">a</a>'),
    ('<a href="tel:+842462933647">a</a>', '<a href="tel:+842462933647" rel="noopener noreferrer">a</a>'),
    ('<img src="//evil.example/x.png" alt="x">', ""),
    ('<img src="https://evil.example/x.png">', ""),
    ('<img src="/media/../secret">', ""),
    ('<img src="/media/images/a.webp" alt="Hồ" onerror="x()">', '<img src="/media/images/a.webp" alt="Hồ">'),
    ('<iframe src="https://evil.example"></iframe>', ""),
    ("<p>1 &lt; 2 &amp; 3</p>", "<p>1 &lt; 2 &amp; 3</p>"),
    ('<td colspan="2">a</td>', "a"),
    (
        '<table><tr><td colspan="2">a</td></tr></table>',
        '<table><tbody><tr><td colspan="2">a</td></tr></tbody></table>',
    ),
    ('<p class="MsoNormal align-right">a</p>', '<p class="align-right">a</p>'),
]


@pytest.mark.parametrize(("dirty", "expected"), CASES)
def test_clean(dirty, expected):
    assert html.clean(dirty) == expected
    assert html.clean(expected) == expected


def test_a_megabyte_is_refused():
    with pytest.raises(ValueError, match="1"):
        html.clean("a" * 1_000_001)


def test_plain_keeps_words_apart():
    assert html.plain("<p>một</p><p>hai &amp; ba</p>").split() == ["một", "hai", "&", "ba"]


def test_paragraphs_escapes_and_skips_empty_lines():
    assert html.paragraphs("một < hai\r\n\r\n  ba “bốn”\n") == "<p>một &lt; hai</p>\n<p>ba “bốn”</p>"
