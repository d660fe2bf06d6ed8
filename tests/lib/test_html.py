import random

import pytest
from django.utils import translation

from portal.lib import html
from tests import pace

OWN = f"/media/images/{'0a' * 16}.webp"
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
    (f'<img src="{OWN}" alt="Hồ" onerror="x()">', f'<img src="{OWN}" alt="Hồ">'),
    ('<img src="/media/images/a.webp" alt="Hồ">', ""),
    ('<img src="/static/img/emblem.svg" alt="Huy hiệu">', ""),
    ('<img src="data:image/png;base64,iVBORw0KGgo=" alt="x">', ""),
    ('<img src="file:///C:/anh.png"><img src="blob:https://quan.vn/1"><img src="cid:1">', ""),
    ("<p>a&nbsp;&nbsp; b 10&nbsp;% \u200bc\ufeff</p>", "<p>a b 10&nbsp;% c</p>"),
    (
        '<p class="MsoNormal" style="mso-margin-top-alt:auto"><font face="Times"><span lang="VI" style="mso-bidi:x">a</span>'
        "</font><o:p></o:p></p>",
        '<p><span lang="VI">a</span></p>',
    ),
    ('<iframe src="https://evil.example"></iframe>', ""),
    ("<p>1 &lt; 2 &amp; 3</p>", "<p>1 &lt; 2 &amp; 3</p>"),
    ('<td colspan="2">a</td>', "a"),
    (
        '<table><tr><td colspan="2">a</td></tr></table>',
        '<table><tbody><tr><td colspan="2">a</td></tr></tbody></table>',
    ),
    ('<p class="MsoNormal align-right">a</p>', '<p class="align-right">a</p>'),
    ('<p class="MsoNormal" style="text-align:center">a</p>', '<p class="align-center">a</p>'),
    ("<p style='text-align: RIGHT' class='lead align-left'>a</p>", '<p class="lead align-right">a</p>'),
    ("<p style=text-align:left>a</p>", '<p class="align-left">a</p>'),
    ("<p title=\" style='text-align:left'\">a</p>", "<p>a</p>"),
    ('<p>viết style="text-align:center" và style="x" ở đây</p>',) * 2,
    ("a&#x301;", "á"),
    ("a&shy;b&#xffff;c", "abc"),
    ("<pre>\n\n\na\n\nb</pre>", "<pre>a\n\nb</pre>"),
]


@pytest.mark.parametrize(("dirty", "expected"), CASES)
def test_clean(dirty, expected):
    assert html.clean(dirty) == expected
    assert html.clean(expected) == expected


def test_a_megabyte_is_refused():
    with pytest.raises(ValueError, match="1"):
        html.clean("a" * 1_000_001)


_SPLICES = (
    "<p>|</p>|<b>|</b>|<div>|</div>|<pre>|\n|\n\n|a|&#x301;|&shy;|<table>|<td>|</table>|<a href='/x'>|</a>|<!--|-->|<svg>"
    "|</svg>|<script>|</script>|&lt;|<|>|&amp;|&#13;|<ul>|<li>|</ul>| style='text-align:center'"
    "|<p style='text-align:right' class=\"lead align-left\">|&nbsp;|e\u200b\u0301|<math>|<textarea>|<title>|<h2>|<code>"
    '|\r|<caption>|<style>|<template>|&#xFFFF;|=\'|"|<p title="<pre>\n">'
).split("|")


def test_cleaning_again_changes_nothing():
    chance = random.Random(1)
    for _ in range(3000):
        once = html.clean("".join(chance.choices(_SPLICES, k=chance.randint(1, 14))))
        assert html.clean(once) == once


@pytest.mark.parametrize(
    "deep",
    [
        "<div>" * 60_000,
        "<b><div></b>" * 60_000,
        "<div><table><tr><td></div>" * 30_000,
        "<svg></svg>" + "<div><script></div></script>" * 30_000,
        "<div><script></div></script>" * 30_000,
    ],
)
def test_deep_nesting_is_refused_at_once(deep):
    with pace.seconds(0.2), translation.override("vi"), pytest.raises(ValueError, match="Nội dung lồng nhau quá sâu"):
        html.clean(deep)


@pytest.mark.parametrize("row", ["<p>a", "<ul><li>a<li>b</ul>", "<div>a<br></div>", "<div><b>a</div>", "<a href=/x>a"])
def test_a_long_row_is_not_deep(row):
    assert html.plain(html.clean(row * 1000)).count("a") == 1000


@pytest.mark.parametrize("open_end", ["<a ", '<a b="', "<!--", "<p =", "<"])
def test_tags_without_end_take_no_time(open_end):
    with pace.seconds(1):
        html.clean(open_end * 30_000)


def test_plain_puts_no_blank_where_the_page_shows_none():
    assert html.plain("số <b>024.62933647</b>; <i>a</i>b<br>c").split() == ["số", "024.62933647;", "ab", "c"]


def test_plain_keeps_words_apart():
    assert html.plain("<p>một</p><p>hai &amp; ba</p>").split() == ["một", "hai", "&", "ba"]


def test_paragraphs_escapes_and_skips_empty_lines():
    assert html.paragraphs("một < hai\r\n\r\n  ba “bốn”\n") == "<p>một &lt; hai</p>\n<p>ba “bốn”</p>"


def test_pictures_of_the_library_are_illustrated_and_others_left_alone():
    text = f'<p><img src="{OWN}" alt="a &gt; &quot;b&quot;" width="300"></p><p>/media/images/{"0b" * 16}.webp</p>'
    assert html.library_images(text) == {"0a" * 16}
    shown = html.illustrated(text, {"0a" * 16: {"width": 1600, "height": 900, "srcset": "a 400w", "loading": "lazy"}})
    tag = f'<img src="{OWN}" alt="a &gt; &quot;b&quot;" width="300" height="900" srcset="a 400w" loading="lazy">'
    assert shown == f"<p>{tag}</p><p>/media/images/{'0b' * 16}.webp</p>"
    assert html.illustrated(text, {}) == text
