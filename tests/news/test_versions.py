"""Versions: every save kept, two compared as words, one put back; corrections said in public."""

import json
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from hotlines.models import Office
from news import correcting, publishing
from news.models import Article, Correction
from portal.models import Page
from tests.desk import inline, page_of, sign_in, stamped
from tests.factories import make_article, make_category, make_office, make_page, make_picture

pytestmark = pytest.mark.django_db
State = Article.State


@pytest.fixture
def draft():
    """A draft of which there are two versions."""
    article = make_article(state=State.DRAFT, title="Chi trả quà", lead="Tóm tắt", body="<p>Mức chi 500.000 đồng.</p>")
    article.title, article.body = "Chi trả quà Tết", "<p>Mức chi <b>600.000</b> đồng.</p>"
    article.save()
    return article


def marked(response):
    """(what was taken out or put in, the words) of a compare page, without its legend."""
    return re.findall(r"<(del|ins)>([^<]*)</", response.content.decode())[2:]


# --- Kept -----------------------------------------------------------------------------------------------------------
def test_every_save_is_a_version_with_who_and_when(admin_client, admin_user, draft):
    sent = stamped(draft, title="Sửa", category=draft.category_id) | inline("attachments")
    admin_client.post(page_of(draft), sent)
    publishing.submit(draft, by=admin_user)
    publishing.publish(draft, by=User.objects.create_superuser("duyet"))
    kept = [(v.title, v.state, v.history_user and v.history_user.username) for v in draft.history.all()]
    assert kept == [
        ("Sửa", "published", "duyet"),
        ("Sửa", "waiting", admin_user.username),
        ("Sửa", "draft", admin_user.username),
        ("Chi trả quà Tết", "draft", None),
        ("Chi trả quà", "draft", None),
    ]


def test_the_list_says_what_changed_each_time(admin_client, draft, text_of):
    page = admin_client.get(page_of(draft, "history"))
    assert [v.changed and list(map(str, v.changed)) for v in page.context["versions"]] == [
        ["tiêu đề", "nội dung"],
        None,
    ]
    assert "bản đầu tiên" in text_of(page)


def test_the_list_tells_what_was_done_in_words(admin_client, draft, admin_user, text_of):
    correcting.correct(draft, earlier=draft, note="Số tiền sai", by=admin_user)
    shown = text_of(admin_client.get(page_of(draft, "history")))
    assert "Đã đính chính Số tiền sai" in shown
    assert "verb" not in shown


def test_a_long_life_is_read_page_by_page(admin_client, draft):
    for _ in range(20):
        draft.save()
    pages = [admin_client.get(page_of(draft, "history"), {"trang": n}).context["versions"] for n in (1, 2)]
    assert [len(page) for page in pages] == [20, 2]
    assert pages[0][-1].changed == []  # compared with the first one of the next page


# --- Compared -------------------------------------------------------------------------------------------------------
def test_the_version_before_is_compared_with_the_present_text_as_words(admin_client, draft):
    page = admin_client.get(page_of(draft, "compare"))
    assert marked(page) == [("ins", "Tết"), ("del", "500.000 "), ("ins", "600.000 ")]
    assert [d.label for d in page.context["differences"]] == ["Tiêu đề", "Nội dung"]


def test_two_views_stand_on_one_address(admin_client, draft):
    one, two = (admin_client.get(page_of(draft, "compare"), {"kieu": kind}) for kind in ("mot-cot", "hai-cot"))
    assert [b'class="beside"' in page.content for page in (one, two)] == [False, True]
    assert marked(one) == marked(two)


def test_any_two_can_be_chosen_and_what_is_no_version_of_it_cannot(admin_client, draft):
    new, old = draft.history.values_list("pk", flat=True)
    assert marked(admin_client.get(page_of(draft, "compare"), {"a": new, "b": old}))[0] == ("del", "Tết")
    same = admin_client.get(page_of(draft, "compare"), {"a": new, "b": "hien-tai"})
    assert same.context["differences"] == []
    foreign = make_article().history.get().pk
    for wrong in (foreign, "0", "x", "9" * 30, "ban-dang"):
        assert admin_client.get(page_of(draft, "compare"), {"a": wrong}).status_code == 404


def test_fields_are_compared_as_a_person_reads_them(admin_client, draft):
    office, category = make_office(name="Phòng Y tế"), make_category(name="Y tế")
    Article.objects.filter(pk=draft.pk).update(office=office, category=category, is_featured=True, published_at=None)
    found = admin_client.get(page_of(draft, "compare"), {"a": draft.history.first().pk}).context["differences"]
    pieces = {d.label: [p for passage in d.passages for row in passage.inline for p in row] for d in found}
    assert {label: [p.text for p in row if p.kind != "gone"] for label, row in pieces.items()} == {
        "Chuyên mục": ["Y tế"], "Đơn vị ký": ["Phòng Y tế"], "Thời điểm xuất bản": [], "Tin nổi bật trên trang chủ": ["Có"],
    }  # fmt: skip


def test_only_their_form_differs_is_said(admin_client, draft, text_of):
    Article.objects.filter(pk=draft.pk).update(body="<p>Mức chi 600.000 đồng.</p>")
    page = admin_client.get(page_of(draft, "compare"), {"a": draft.history.first().pk})
    assert "Chữ không đổi; chỉ khác cách trình bày" in text_of(page)


def test_what_stands_in_a_version_is_text_on_the_page(admin_client, draft):
    Article.objects.filter(pk=draft.pk).update(title="<script>alert(1)</script>")
    page = admin_client.get(page_of(draft, "compare")).content
    assert b"&lt;script&gt;alert" in page
    assert b"<script>alert" not in page


# --- Put back -------------------------------------------------------------------------------------------------------
def restore(client, article, version):
    return client.post(page_of(article, "restore"), {"version": version.pk}, follow=True)


def test_a_version_is_put_back_as_a_new_one_and_the_audit_says_so(admin_client, admin_user, draft):
    first = draft.history.last()
    answer = restore(admin_client, draft, first)
    assert answer.redirect_chain[-1][0] == page_of(draft)
    draft.refresh_from_db()
    assert (draft.title, draft.body, draft.updated_by) == ("Chi trả quà", "<p>Mức chi 500.000 đồng.</p>", admin_user)
    assert [v.title for v in draft.history.all()] == ["Chi trả quà", "Chi trả quà Tết", "Chi trả quà"]
    said = json.loads(LogEntry.objects.get(object_id=draft.pk).change_message)
    assert (said["verb"], said["version"], said["fields"]) == ("Version restored", first.pk, ["title", "body"])


def test_a_version_of_what_citizens_read_is_put_back_into_a_revision(admin_client, admin_user, draft):
    published = publishing.publish(draft)
    answer = restore(admin_client, draft, draft.history.last())
    revision = Article.objects.get(replaces=draft)
    assert answer.redirect_chain[-1][0] == page_of(revision)
    assert (revision.title, revision.updated_by, revision.state) == ("Chi trả quà", admin_user, "draft")
    assert revision.published_at == published.published_at
    draft.refresh_from_db()
    assert (draft.title, draft.state) == ("Chi trả quà Tết", "published")


def test_a_version_is_not_put_back_into_what_waits(admin_client, admin_user, draft):
    publishing.submit(draft, by=admin_user)
    answer = restore(admin_client, draft, draft.history.last())
    assert [str(m) for m in answer.context["messages"]] == [
        "Bài “Chi trả quà Tết” đang ở trạng thái “chờ duyệt”: hãy lấy lại bài trước rồi mới khôi phục phiên bản."
    ]
    draft.refresh_from_db()
    assert draft.title == "Chi trả quà Tết"


def test_a_version_whose_cover_was_deleted_comes_back_without_it_and_says_so(admin_client, draft):
    draft.cover = picture = make_picture()
    draft.save()
    kept = draft.history.first()
    draft.cover = None
    draft.save()
    picture.delete()
    assert "nay đã xoá" in admin_client.get(page_of(draft, "compare"), {"a": kept.pk}).content.decode()
    answer = restore(admin_client, draft, kept)
    assert [str(m) for m in answer.context["messages"]][1] == "Giữ như hiện nay vì giá trị cũ đã bị xoá: ảnh đại diện."
    draft.refresh_from_db()
    assert draft.cover is None


def test_what_was_deleted_since_stays_as_it_is_and_is_named(admin_client, draft):
    office = make_office(name="Phòng cũ")
    for signer in (office, None):
        draft.office = signer
        draft.save()
    Office.objects.filter(pk=office.pk).delete()
    answer = restore(admin_client, draft, draft.history.filter(office_id=office.pk).get())
    assert [str(m) for m in answer.context["messages"]][1] == "Giữ như hiện nay vì giá trị cũ đã bị xoá: đơn vị ký."


def test_versions_are_for_those_who_may_change_the_article(draft):
    viewer = sign_in("news.view_article")
    assert viewer.get(page_of(draft, "compare")).status_code == 404
    assert viewer.post(page_of(draft, "restore"), {"version": draft.history.last().pk}).status_code == 404
    public = make_article()
    assert "versions" not in viewer.get(page_of(public, "history")).context
    assert viewer.get(page_of(public, "compare")).status_code == 403
    assert viewer.post(page_of(public, "restore"), {"version": public.history.last().pk}).status_code == 403
    draft.refresh_from_db()
    assert draft.title == "Chi trả quà Tết"


def test_nothing_is_put_back_by_a_link(admin_client, draft):
    assert admin_client.get(page_of(draft, "restore"), {"version": draft.history.last().pk}).status_code == 405
    assert admin_client.post(page_of(draft, "compare")).status_code == 405


def test_a_static_page_has_versions_too(admin_client):
    page = make_page(title="Giới thiệu")
    page.title = "Giới thiệu chung"
    page.save()
    assert marked(admin_client.get(page_of(page, "compare"))) == [("ins", "chung")]
    restore(admin_client, page, page.history.last())
    assert Page.objects.get().title == "Giới thiệu"


# --- Corrected in public --------------------------------------------------------------------------------------------
@pytest.fixture
def corrected():
    article = make_article(title="Chi 600.000 đồng", body="<p>Mức chi 600.000 đồng.</p>")
    earlier = Article(title="Chi 500.000 đồng", lead="Cũ", body="<p>Mức chi 500.000 đồng.</p>")
    correcting.correct(article, earlier=earlier, note="Mức chi đúng là 600.000 đồng.")
    return article


def test_citizens_read_the_correction_and_the_text_before_it(reader, corrected, text_of):
    page = reader.get(corrected.get_absolute_url())
    assert "Mức chi đúng là 600.000 đồng." in text_of(page)
    address = corrected.corrections.get().get_absolute_url()
    assert address == f"{corrected.get_absolute_url()}ban-truoc/1/"
    assert f'href="{address}"' in page.content.decode()
    before = reader.get(address)
    assert "Mức chi 500.000 đồng." in text_of(before)
    assert b'<meta name="robots" content="noindex">' in before.content
    assert f'<link rel="canonical" href="http://testserver{corrected.get_absolute_url()}">' in before.content.decode()
    assert "Mức chi đúng là 600.000 đồng." in text_of(reader.get(corrected.get_print_url()))
    assert (before.cookies, reader.get("/rss/").status_code) == ({}, 200)


def test_the_text_before_is_as_public_as_the_article(reader, corrected):
    address = corrected.corrections.get().get_absolute_url()
    assert reader.get(address).status_code == 200
    assert reader.get(address.replace("chi-600", "chi-500")).url == address
    assert reader.get(address.replace("/1/", "/2/")).status_code == 404
    publishing.withdraw(corrected)
    assert reader.get(address).status_code == 410
    Article.objects.filter(pk=corrected.pk).update(state=State.DRAFT)
    assert reader.get(address).status_code == 404


def test_an_earlier_text_that_does_harm_is_hidden_and_the_correction_stays(admin_client, reader, corrected):
    correction = corrected.corrections.get()
    address = correction.get_absolute_url()
    assert reader.get(address).status_code == 200
    admin_client.post(page_of(correction), {"note": "Lời của một mình ai đó.", "is_earlier_shown": ""})
    assert corrected.corrections.get().note == "Mức chi đúng là 600.000 đồng."  # two have approved it
    assert reader.get(address).status_code == 404
    page = reader.get(corrected.get_absolute_url()).content.decode()
    assert "Mức chi đúng là" in page
    assert address not in page


def test_corrections_are_counted_and_nothing_is_corrected_without_a_word(corrected, admin_user):
    correcting.correct(corrected, earlier=corrected, note="Lần hai", by=admin_user)
    assert list(corrected.corrections.values_list("number", "note")) == [
        (2, "Lần hai"),
        (1, "Mức chi đúng là 600.000 đồng."),
    ]
    for empty in ("", "  \u200b "):
        with pytest.raises(ValidationError, match="điều gì sai"):
            correcting.correct(corrected, earlier=corrected, note=empty)
    with pytest.raises(IntegrityError), transaction.atomic():
        Correction.objects.update(note="")


def test_a_correction_is_neither_made_nor_deleted_in_the_admin(admin_client, corrected):
    assert admin_client.get("/quan-tri/news/correction/add/").status_code == 403
    assert admin_client.post(page_of(corrected.corrections.get(), "delete"), {"post": "yes"}).status_code == 403
