"""Hostile HTML through every way into the database: what is stored holds nothing but what the allow-list names."""

import contextlib
import json
import time
from html.parser import HTMLParser

import pytest
from django.contrib.admin.models import LogEntry
from django.core import management
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client

from news.models import Article
from portal.lib import html, text
from portal.models import Page
from tests.conftest import BROWSER
from tests.desk import inline
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

SPLICES = 10_000


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


def test_payloads_and_ten_thousand_splices_leave_only_what_is_allowed_and_are_clean_at_once():
    answers = {hostile: refused_or_clean(hostile) for hostile in payloads()}
    each(splices(), SPLICES + SPLICES // 20, lambda hostile: answers.setdefault(hostile, refused_or_clean(hostile)))
    assert len(answers) >= SPLICES + len(set(payloads()))
    assert sum(answers.values()) < SPLICES / 100


SLOW = ("<", "<a ", "<b>", "<p><b>", "<i><p>", "<a><p>", "&", "&a", "&#", "&lt;", "\u00a0", "<!--", '<a href="', "<a href=#>", "<svg>",
        "<svg><script>", "<svg></svg><div><script></div></script>", "<div><script></div></script>", "<s<svg></svg>vg>", "<table><td>",
        "<svg><div></svg>", "<template>", "<nobr>", "<p style='text-align:left'>", "<select>", "<pre>\n", "e\u0301")  # fmt: skip


@pytest.mark.parametrize("piece", SLOW)
def test_a_megabyte_of_anything_takes_a_second_at_most(piece):
    began = time.process_time()
    for size in (1_000_000, 800_000):
        with contextlib.suppress(ValueError):
            html.clean((piece * size)[: size - size % len(piece)])
    assert (time.process_time() - began) / 2 < 1


# --- Every way in ---------------------------------------------------------------------------------------------------
def by_save(bodies):
    for body in bodies:
        make_article(body=body)


def by_bulk_create(bodies):
    Article.objects.bulk_create(Article(title="Bài", category=make_category(), body=body) for body in bodies)


def by_update(bodies):
    for body in bodies:
        Article.objects.filter(pk=make_article().pk).update(body=body)


def by_bulk_update(bodies):
    articles = [make_article() for _ in bodies]
    for article, body in zip(articles, bodies, strict=True):
        article.body = body
    Article.objects.bulk_update(articles, ["body"])


def by_get_or_create(bodies):
    for body in bodies:
        Article.objects.update_or_create(title="Bài", category=make_category(), defaults={"body": body})


def by_loaddata(bodies, tmp_path):
    pk = make_category().pk
    rows = [{"model": "news.article", "pk": 1000 + i,
             "fields": {"title": "Bài", "category": pk, "body": body, "created_at": "2025-01-01T00:00:00Z",
                        "updated_at": "2025-01-01T00:00:00Z"}} for i, body in enumerate(bodies)]  # fmt: skip
    file = tmp_path / "rows.json"
    file.write_text(json.dumps(rows))
    management.call_command("loaddata", str(file), verbosity=0)


def by_form(bodies, client):
    category = make_category()
    for body in bodies:
        sent = {"title": "Bài", "category": category.pk, "lead": "a", "body": body, **inline("attachments")}
        assert client.post("/quan-tri/news/article/add/", sent).status_code in {200, 302}


WAYS = {"save": by_save, "bulk_create": by_bulk_create, "update": by_update, "bulk_update": by_bulk_update,
        "update_or_create": by_get_or_create}  # fmt: skip


def stored():
    """All bodies as they stand in the table, not as a field gives them back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM news_article")
        return [body for (body,) in cursor.fetchall()]


@pytest.mark.django_db
@pytest.mark.parametrize("way", [*WAYS, "loaddata", "form"])
def test_no_way_in_passes_the_cleaner_by(way, tmp_path, admin_client):
    hostile = [one for one in [*payloads(), *some_splices(120)] if "\x00" not in one]
    if way == "form":
        hostile = hostile[::8]  # each answer is a whole page of the admin
    if way == "loaddata":
        by_loaddata(hostile, tmp_path)
    elif way == "form":
        by_form(hostile, admin_client)
    else:
        WAYS[way](hostile)
    bodies = stored()
    assert len(bodies) >= len(hostile) * 0.9  # a form refuses what is empty when it is clean
    assert [wrong for body in bodies if (wrong := faults(body))] == []


@pytest.mark.django_db
def test_the_importer_of_the_old_portal_stores_nothing_else():
    """Its bodies are paragraphs of plain text, which the field cleans like any other."""
    given = [*payloads(), *some_splices(120)]
    assert [wrong for one in given if (wrong := faults(html.clean(html.paragraphs(one))))] == []


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


def pages_with(words):
    """Every page that shows words of staff or readers, when all of these words are `words`."""
    picture = make_picture(alt=words[:300], caption=words[:300], credit=words[:100])
    make_profile(
        name=words[:200],
        superior=words[:200],
        title=words[:200],
        description=words[:300],
        address=words[:300],
        licence=words[:300],
    )
    office = make_office(name=words[:200])
    category = make_category(name=words[:80])
    article = make_article(title=words[:200], lead=words[:500], category=category, office=office, cover=picture,
                           byline=words[:100])  # fmt: skip
    make_page(title=words[:150], slug="trang")
    make_hotline(office=office, purpose=words[:100])
    poll = make_poll(options=[words[:150], "Tốt"], question=words[:250], note=words[:500])
    client = Client(headers={"user-agent": BROWSER})
    addresses = ["/", "/tin-tuc/", category.get_absolute_url(), article.get_absolute_url(), article.get_print_url(), "/trang/",
                 "/duong-day-nong/", "/ban-do/", poll.get_absolute_url(), f"{poll.get_absolute_url()}ket-qua/", "/so-do-trang/",
                 "/binh-chon/", "/khong-co/"]  # fmt: skip
    answers = {address: client.get(address) for address in addresses}
    answers["search"] = client.get("/tim-kiem/", {"q": words})
    return {place: Skeleton(answer.content.decode()).tags for place, (_, answer) in enumerate(answers.items())}


def tags_with(words):
    """`pages_with(words)`, after which everything is as it was."""
    with transaction.atomic():
        tags = pages_with(words)
        transaction.set_rollback(True)
    return tags


@pytest.mark.django_db
def test_words_never_become_tags_on_any_page():
    plain = tags_with("Việc Trang nhà 1")
    for payload in payloads()[::12]:  # each is fifteen pages
        words = text.line(f"Việc {payload} 1")
        if len(words) <= 80:
            assert tags_with(words) == plain, payload


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
    assert sorted(stored()) == ["<p>a</p>", "<p>sạch</p>"]
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
