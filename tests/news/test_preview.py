"""The page before it is public: for the editor from the unsaved form, for people outside by a signed link."""

import json
import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from hotlines import tokens
from news import previewing, publishing
from news.models import Article, PreviewLink
from portal.lib import pagecache
from stats import counting
from tests.desk import inline, page_of, sign_in
from tests.factories import make_article, make_category, make_hotline, make_picture

pytestmark = pytest.mark.django_db
State = Article.State
NEW = "/quan-tri/news/article/add/xem-thu/"


@pytest.fixture
def draft():
    return make_article(
        state=State.DRAFT, title="Chi trả quà Tết", body="<p>Mức chi 500.000 đồng.</p>", published_at=None
    )


def form(**fields):
    return fields | inline("attachments")


def is_nobodys(response):
    """Whether a response is kept and found by nobody and has the strict policy of public pages."""
    headers = response.headers
    return (
        "no-store" in headers["Cache-Control"]
        and headers["X-Robots-Tag"].startswith("noindex")
        and headers["Referrer-Policy"] == "no-referrer"
        and "unsafe-inline" not in headers["Content-Security-Policy"]
        and b'<meta name="robots" content="noindex">' in response.content
    )


# --- From the form --------------------------------------------------------------------------------------------------
def test_the_unsaved_form_is_shown_as_the_real_page_and_nothing_is_saved(admin_client, draft, text_of):
    sent = form(
        title="Tiêu đề mới", category=draft.category_id, body='<p onclick="x()">Mức chi <b>600.000</b> đồng.</p>'
    )
    page = admin_client.post(page_of(draft, "preview"), sent)
    assert "Tiêu đề mới" in text_of(page)
    assert "Bản xem trước" in text_of(page)
    assert "><p>Mức chi <b>600.000</b> đồng.</p></div>" in page.content.decode()
    assert [template.name for template in page.templates][:2] == ["news/preview.html", "news/article.html"]
    assert is_nobodys(page)
    draft.refresh_from_db()
    assert (draft.title, draft.history.count(), LogEntry.objects.count()) == ("Chi trả quà Tết", 1, 0)


def test_an_article_that_was_never_saved_is_shown_too_however_empty(admin_client, text_of):
    make_category()
    for sent in (form(), form(title="Bài mới", lead="Tóm tắt", expires_at_0="31/02/2025", body="a" * 1_000_001)):
        page = admin_client.post(NEW, sent)
        assert (page.status_code, is_nobodys(page)) == (200, True)
    assert "Tóm tắt" in text_of(page)
    assert "Hết hạn lúc: Hãy nhập ngày hợp lệ" in text_of(page)
    assert not Article.objects.exists()


def test_what_is_saved_but_not_public_can_be_looked_at_by_whoever_may_see_it(draft, text_of):
    assert "Mức chi 500.000 đồng." in text_of(
        sign_in("news.publish_article", "news.view_article").get(page_of(draft, "preview"))
    )


def test_a_preview_is_for_staff_with_the_right(client, draft):
    assert client.get(page_of(draft, "preview")).status_code == 302
    stranger = sign_in("polls.view_poll")
    assert [stranger.post(address, form()).status_code for address in (NEW, page_of(draft, "preview"))] == [403, 404]


def test_the_form_has_the_button_that_opens_another_tab(admin_client, draft):
    for address, target in ((page_of(draft), page_of(draft, "preview")), ("/quan-tri/news/article/add/", NEW)):
        assert f'formaction="{target}" formtarget="_blank"' in admin_client.get(address).content.decode()


# --- By a link ------------------------------------------------------------------------------------------------------
@pytest.fixture
def link(draft, admin_user):
    return previewing.make_link(draft, days=3, by=admin_user)


def uses():
    lines = LogEntry.objects.filter(change_message__contains="Preview link opened")
    return [(line.user.username, json.loads(line.change_message)) for line in lines]


def test_somebody_outside_reads_the_article_and_each_use_is_in_the_audit(reader, link, text_of):
    pagecache.learn(1, None)
    for n in (1, 2):
        page = reader.get(link.get_absolute_url())
        assert "Mức chi 500.000 đồng." in text_of(page)
        assert uses() == [("he-thong", {"verb": "Preview link opened", "link": link.pk})] * n
    assert (is_nobodys(page), page.cookies, pagecache._memory.pages, list(counting._hits)) == (True, {}, {}, [])
    link.refresh_from_db()
    assert link.uses == 2


def test_only_reading_it_is_a_use(reader, link):
    for method in (reader.head, reader.post, reader.options):
        assert method(link.get_absolute_url()).status_code == 405
    assert uses() == []


@pytest.mark.parametrize("end", [
    lambda link: publishing.publish(link.article),
    lambda link: publishing.withdraw(publishing.publish(link.article)),
    lambda link: previewing.revoke(link, by=link.created_by),
    lambda link: PreviewLink.objects.update(expires_at=timezone.now()),
    lambda link: PreviewLink.objects.update(uses=300),
    lambda link: link.article.delete(),
], ids=["published", "published and withdrawn", "revoked", "expired", "used up", "deleted"])  # fmt: skip
def test_a_link_that_is_over_leads_nowhere(reader, link, text_of, end):
    address = link.get_absolute_url()
    assert reader.get(address).status_code == 200
    end(link)
    page = reader.get(address)
    assert (page.status_code, len(uses())) == (410, 1)
    assert "Mức chi" not in text_of(page)
    assert is_nobodys(page)


def test_a_draft_that_was_published_once_does_not_bring_an_old_link_to_life(reader, link):
    publishing.publish(link.article)
    article = Article.objects.get()
    article.state = State.DRAFT
    article.save()
    assert reader.get(link.get_absolute_url()).status_code == 410


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: "1:abc", lambda t: t.swapcase(), lambda t: "x" * 1500])
def test_nobody_makes_a_link_up(reader, link, change):
    address = link.get_absolute_url()
    forged = address.replace(link.token, change(link.token))
    assert (reader.get(forged).status_code, reader.get(address).status_code) == (410, 200)


def test_the_address_is_shown_once(admin_client, admin_user, draft, reader):
    page = admin_client.post(page_of(draft, "links"), {"make": "1", "days": "7"})
    address = page.context["made"]
    assert address == f"http://testserver{PreviewLink.objects.get().get_absolute_url()}"
    assert address in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert reader.get(address).status_code == 200
    again = admin_client.get(page_of(draft, "links")).content.decode()
    assert address not in again
    assert "1 lần" in again
    link = PreviewLink.objects.get()
    assert admin_client.post(page_of(draft, "links"), {"revoke": str(link.pk)}).status_code == 302
    assert reader.get(address).status_code == 410
    verbs = [
        json.loads(line.change_message)["verb"] for line in LogEntry.objects.filter(user=admin_user).order_by("pk")
    ]
    assert verbs == ["Preview link made", "Preview link revoked"]


@pytest.mark.parametrize("days", ["0", "8", "365", "x", ""])
def test_a_link_of_more_than_a_week_is_refused(admin_client, draft, days):
    assert admin_client.post(page_of(draft, "links"), {"make": "1", "days": days}).status_code == 200
    assert not PreviewLink.objects.exists()


def test_the_database_knows_the_week_too(link):
    with pytest.raises(IntegrityError), transaction.atomic():
        PreviewLink.objects.update(expires_at=link.created_at + timedelta(days=7, seconds=1))


@pytest.mark.parametrize("state", [State.PUBLISHED, State.WITHDRAWN])
def test_what_is_public_or_was_taken_back_gets_no_link(admin_user, state):
    with pytest.raises(ValidationError, match="bài chưa đăng"):
        previewing.make_link(make_article(state=state), days=1, by=admin_user)


def test_links_are_made_and_revoked_by_those_who_may_change_the_article(admin_client, link, draft):
    viewer = sign_in("news.view_article")
    assert [viewer.get(page_of(draft, "links")).status_code, viewer.post(page_of(draft, "links")).status_code] == [
        404,
        404,
    ]
    other = page_of(make_article(state=State.DRAFT), "links")
    assert admin_client.post(other, {"revoke": str(link.pk)}).status_code == 404
    assert admin_client.post(other, {"revoke": "x"}).status_code == 404


# --- Its pictures ---------------------------------------------------------------------------------------------------
@pytest.fixture
def pictured(admin_user):
    """A link to a draft with a cover, a picture in the text and a hotline."""
    cover, inside = make_picture((900, 20)), make_picture()
    body = f'<p><img src="{inside.url}" alt="Ảnh"> Gọi {tokens.token(make_hotline(number="024.62933647"))}</p>'
    article = make_article(state=State.DRAFT, title="Có ảnh", cover=cover, body=body)
    return previewing.make_link(article, days=3, by=admin_user)


def status_of(reader, address):
    response = reader.get(address)
    response.getvalue()  # to its end, so that the file is closed
    return response.status_code


def pictures_of(page):
    return sorted(set(re.findall(r"/[\w/.:-]+\.webp", page.content.decode())))


def test_somebody_outside_sees_the_pictures_and_the_numbers_of_today(reader, pictured):
    page = reader.get(pictured.get_absolute_url())
    shown = pictures_of(page)
    assert len(shown) == 4  # the cover whole and in two widths, the one in the text
    assert {address.startswith(pictured.get_absolute_url()) for address in shown} == {True}
    files = [reader.get(address) for address in shown]
    assert {(file.status_code, file["Content-Type"], bool(file.getvalue())) for file in files} == {
        (200, "image/webp", True)
    }
    assert {"no-store" in file["Cache-Control"] and not file.cookies for file in files} == {True}
    assert 'href="tel:+842462933647"' in page.content.decode()
    article = pictured.article
    assert reader.get(article.cover.url).status_code == 404  # its own address stays nobody's
    pictured.refresh_from_db()
    assert pictured.uses == 1


@pytest.mark.parametrize(
    "end",
    [
        {"revoked_at": timezone.now()},
        {"expires_at": timezone.now() - timedelta(minutes=1), "created_at": timezone.now() - timedelta(days=1)},
    ],
)
def test_the_pictures_end_with_the_link(reader, pictured, end):
    shown = pictures_of(reader.get(pictured.get_absolute_url()))
    PreviewLink.objects.update(**end)
    assert {status_of(reader, address) for address in shown} == {404}


def test_the_last_reader_sees_the_pictures_too(reader, pictured):
    PreviewLink.objects.update(uses=299)
    shown = pictures_of(reader.get(pictured.get_absolute_url()))
    assert {status_of(reader, address) for address in shown} == {200}
    assert reader.get(pictured.get_absolute_url()).status_code == 410


def test_a_link_opens_no_other_pictures(reader, pictured):
    other = make_article(state=State.DRAFT, cover=make_picture()).cover
    address = pictured.get_absolute_url()
    for file in (f"{other.name}.webp", "../images/a.webp", "x.webp", f"{pictured.article.cover.name}.svg"):
        assert reader.get(f"{address}anh/{file}").status_code == 404
    assert reader.get(f"/tin-tuc/xem-truoc/x:y/anh/{pictured.article.cover.name}.webp").status_code == 404


def test_the_unsaved_form_of_an_article_with_pictures_shows_them(admin_client, pictured):
    article = pictured.article
    sent = form(title="Có ảnh", category=article.category_id, cover=article.cover_id, body=article.body)
    page = admin_client.post(page_of(article, "preview"), sent)
    assert (page.status_code, article.cover.url in page.content.decode()) == (200, True)
