"""Hostile HTML through every way into the database: what is stored holds nothing but what the allow-list names."""

import contextlib
import time
from html.parser import HTMLParser
from itertools import cycle

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client

from news.models import Article
from portal.lib import html, text
from portal.models import Page
from tests.conftest import BROWSER
from tests.drawing import each
from tests.factories import (
    make_article,
    make_category,
    make_hotline,
    make_office,
    make_page,
    make_picture,
    make_poll,
    make_profile,
)
from tests.security.corpus import faults, payloads, some_splices, splices
from tests.security.ways import WAYS, fits, stored

SPLICES = 1_000  # bench/corpus.py: as many as one likes


def test_the_corpus_is_large_and_the_reader_of_it_strict():
    assert len(set(payloads())) >= 130
    for hostile in ("<p onclick=x>a</p>", '<p onclick="x">a</p>', "<p>a", "a > b", '<a href="javascript:x">a</a>', "<p>a</b></p>",
                    '<img src="//e">', '<img src="/media/a" onerror="x">', '<p class="alert">a</p>', "<script>", "<b/>"):  # fmt: skip
        assert faults(hostile), hostile
    assert faults('<p id="a">a &lt; <a href="/x" rel="noopener noreferrer">b</a><br></p>') == []


def refused_or_clean(hostile):
    """True where the cleaner refused; what it did not refuse must hold nothing but what is allowed, and stay as it is."""
    try:
        once = html.clean(hostile)
    except ValueError:
        return True
    assert faults(once) == [], hostile
    assert html.clean(once) == once, hostile
    return False


def test_payloads_and_splices_leave_only_what_is_allowed_and_are_clean_at_once():
    answers = {hostile: refused_or_clean(hostile) for hostile in payloads()}
    each(splices(), SPLICES + SPLICES // 20, lambda hostile: answers.setdefault(hostile, refused_or_clean(hostile)))
    assert len(answers) >= SPLICES + len(set(payloads()))
    assert sum(answers.values()) < SPLICES / 100


SLOW = ("<", "<a ", "<b>", "<p><b>", "<i><p>", "<a><p>", "&", "&a", "&#", "&lt;", "\u00a0", "<!--", '<a href="', "<a href=#>", "<svg>",
        "<svg><script>", "<svg></svg><div><script></div></script>", "<div><script></div></script>", "<s<svg></svg>vg>", "<table><td>",
        "<svg><div></svg>", "<template>", "<nobr>", "<p style='text-align:left'>", "<select>", "<pre>\n", "e\u0301")  # fmt: skip


def seconds(text):
    """Processor time that the cleaner needs for `text`, or to refuse it."""
    began = time.process_time()
    with contextlib.suppress(ValueError):
        html.clean(text)
    return time.process_time() - began


@pytest.mark.parametrize("piece", SLOW)
def test_twice_as_much_of_anything_takes_twice_as_long(piece):
    """In seconds of this machine nothing is said; what grows with the square would take four times as long."""
    times = 150_000 // len(piece)
    assert seconds(piece * times * 2) < 3 * seconds(piece * times) + 0.05


def test_as_many_references_as_are_let_in_take_no_longer_than_as_many_tags():
    """Their cost does grow with the square, so what counts is where it ends."""
    tags = seconds("<b>a</b> " * (html.MAX_TAGS // 2))
    assert max(seconds(piece * html.MAX_REFERENCES) for piece in ("&#", "&#x;", "\u00a0a")) < 3 * tags
    with pytest.raises(ValueError, match=r"1\.000\.000"):
        html.clean("&" * (html.MAX_REFERENCES + 1))


# --- Every way in ---------------------------------------------------------------------------------------------------
SHARE = {
    "by_form": 16,
    "by_form_of_a_page": 24,
    "by_restoring": 24,
    "by_import": 24,
}  # those that take long, and the others:
LEAST = 8


@pytest.mark.django_db
@pytest.mark.parametrize("way", WAYS)
def test_no_way_in_passes_the_cleaner_by(way):
    """Of payloads and splices each way takes another share; `bench/corpus.py` sends all of them through all ways."""
    place, every = list(WAYS).index(way), SHARE.get(way, LEAST)
    given = [text for text in [*payloads(), *some_splices(120)] if fits(text)][place % every :: every]
    WAYS[way]([*given, "<p>a</p><script>alert(1)</script>"])
    rows = stored()
    assert any(row.startswith("<p>a</p>") or "alert(1)" in row for row in rows)  # the way led into the table
    assert [wrong for row in rows if (wrong := faults(row))] == []


# --- Plain text -----------------------------------------------------------------------------------------------------
class Skeleton(HTMLParser):
    """The tags of a page with the names of their attributes: what stays the same whatever the words are."""

    def __init__(self, page):
        super().__init__()
        self.tags = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        # <mark> comes with the search's hits, meta with the words themselves.
        if tag != "mark":
            self.tags.append((tag, tuple(sorted(name for name, _ in attributes))))


def pages_with(told):
    """The tags of every page that shows words of staff or readers; `told()` gives the words of each place."""
    client = Client(headers={"user-agent": BROWSER})
    searched = client.get("/tim-kiem/", {"q": told()})  # while there is nothing to find
    picture = make_picture(alt=told(), caption=told(), credit=told())
    make_profile(
        name=told(), superior=told(), title=told(), description=told(), address=told(), licence=told()
    )  # fmt: skip
    office, category = make_office(name=told()), make_category(name=told())
    article = make_article(title=told(), lead=told(), category=category, office=office, cover=picture, byline=told())
    make_page(title=told(), slug="trang")
    make_hotline(office=office, purpose=told())
    poll = make_poll(options=[told(), "Tốt"], question=told(), note=told())
    addresses = ["/", "/tin-tuc/", category.get_absolute_url(), article.get_absolute_url(), article.get_print_url(), "/trang/",
                 "/duong-day-nong/", "/ban-do/", poll.get_absolute_url(), f"{poll.get_absolute_url()}ket-qua/", "/so-do-trang/",
                 "/binh-chon/", "/khong-co/"]  # fmt: skip
    answers = [searched, *(client.get(address) for address in addresses)]
    return [Skeleton(answer.content.decode()).tags for answer in answers]


def tags_with(words):
    """`pages_with` words from the list, over and over; after which everything is as it was."""
    with transaction.atomic():
        tags = pages_with(cycle(words).__next__)
        transaction.set_rollback(True)
    return tags


@pytest.mark.django_db
def test_words_never_become_tags_on_any_page():
    every = [words for payload in payloads() if len(words := text.line(f"Việc {payload} 1")) <= 80]
    plain = tags_with(["Việc Trang nhà 1"])
    for first in range(0, 60, 20):  # nineteen places, each with other words
        assert tags_with(every[first : first + 20]) == plain


# --- Afterwards -----------------------------------------------------------------------------------------------------
@pytest.fixture
def poisoned(db):
    """Rows written past the field."""
    article, page = make_article(title="Độc"), make_page(title="Trang")
    make_article(body="<p>sạch</p>")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE news_article SET body = %s WHERE id = %s", ["<p>a</p><script>alert(1)</script>", article.pk]
        )
        cursor.execute("UPDATE portal_page SET body = %s WHERE id = %s", ["<div>" * 200, page.pk])
    return article


def test_resanitise_finds_poisoned_rows_and_cleans_them(poisoned, capsys):
    with pytest.raises(CommandError):
        call_command("resanitise", "--check")
    said = capsys.readouterr().out
    assert f"news.Article {poisoned.pk}, body: 33 → 8 ký tự" in said
    assert "2 dòng khác với bản sạch" in said
    assert "<p>a</p><script>alert(1)</script>" in stored()
    call_command("resanitise")
    assert sorted(stored()) == ["", "", "<p>a</p>", "<p>sạch</p>"]
    assert Page.objects.get().body == ""
    call_command("resanitise", "--check")
    assert [entry.object_repr for entry in LogEntry.objects.order_by("object_repr")] == ["Trang", "Độc"]


@pytest.mark.parametrize(
    ("state", "shown"), [("draft", "&lt;p&gt;a&lt;/p&gt;"), ("published", '<div class="body-now"><p>a</p></div>')]
)
def test_the_editor_is_given_clean_html_whatever_the_row_holds(poisoned, admin_client, state, shown):
    Article.objects.filter(pk=poisoned.pk).update(state=state)
    form = admin_client.get(f"/quan-tri/news/article/{poisoned.pk}/change/").content.decode()
    assert "alert(1)" not in form
    assert shown in form
