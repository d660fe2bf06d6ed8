"""What citizens see of the news, and what they must not see."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from news import publishing, views
from news.models import Article, Attachment, Correction, articles
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
from tests.portal.test_face import joined

pytestmark = pytest.mark.django_db


@pytest.fixture
def hidden():
    """One article in each state that citizens must not see, all called "Bí mật"."""
    now = timezone.now()
    category = make_category(name="Kinh tế")
    return {
        "draft": make_article(title="Bí mật nháp", state=Article.State.DRAFT, category=category),
        "scheduled": make_article(title="Bí mật hẹn giờ", published_at=now + timedelta(days=1), category=category),
        "expired": make_article(title="Bí mật hết hạn", expires_at=now - timedelta(minutes=1), category=category),
        "never": publishing.withdraw(
            make_article(title="Bí mật gỡ trước giờ", published_at=now + timedelta(days=1), category=category)
        ),
        "withdrawn": publishing.withdraw(make_article(title="Bí mật đã gỡ", category=category)),
    }


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/tin-tuc/",
        "/tin-tuc/kinh-te/",
        "/rss/",
        "/tin-tuc/kinh-te/rss/",
        "/sitemap-articles-1.xml",
        "/tim-kiem/?q=bi+mat",
    ],
)
def test_only_public_articles_are_listed(reader, hidden, address):
    public = make_article(title="Bí mật đã công khai", category=hidden["draft"].category)
    page = reader.get(address).content.decode()
    shown = public.get_absolute_url()
    assert shown in page
    assert [state for state, article in hidden.items() if f"/{article.pk}-" in page or article.title in page] == []


@pytest.mark.parametrize(
    ("state", "status"), [("draft", 404), ("scheduled", 404), ("never", 404), ("expired", 410), ("withdrawn", 410)]
)
def test_the_page_of_what_is_not_public(reader, hidden, state, status):
    article = hidden[state]
    for address in (article.get_absolute_url(), article.get_print_url()):
        response = reader.get(address)
        assert response.status_code == status
        assert article.title not in response.content.decode()


def test_a_neighbour_is_not_found_in_previous_next_or_related(reader, hidden):
    public = make_article(title="Công khai", category=hidden["draft"].category)
    assert "Bí mật" not in reader.get(public.get_absolute_url()).content.decode()


def test_attachments_follow_their_article(reader, hidden):
    public = make_article()
    files = {
        article: Attachment.objects.create(article=article, title="Biểu mẫu", file=ContentFile(b"a,b", name="bieu.csv"))
        for article in (public, *hidden.values())
    }
    shown = reader.get(files[public].get_absolute_url())
    assert (shown.status_code, b"".join(shown.streaming_content)) == (200, b"a,b")
    assert shown["Content-Disposition"].startswith("attachment")
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert [reader.get(files[article].get_absolute_url()).status_code for article in hidden.values()] == [404] * 5
    assert reader.get(f"/media/{files[public].file.name}").status_code == 404


def test_an_attachment_whose_file_is_lost_is_not_found(reader):
    lost = Attachment.objects.create(article=make_article(), title="Mất", file=ContentFile(b"a", name="mat.csv"))
    lost.file.storage.delete(lost.file.name)
    assert reader.get(lost.get_absolute_url()).status_code == 404


def test_a_category_holds_the_articles_of_all_levels_below_it(reader):
    top = make_category(name="Văn hóa")
    third = make_category(name="Bóng đá", parent=make_category(name="Thể thao", parent=top))
    other = make_category(name="Khác")
    deep = make_article(title="Giải bóng đá", category=third, published_at=timezone.now() - timedelta(days=9))
    for _ in range(6):
        make_article(category=other)
    for address in ("/", "/tin-tuc/van-hoa/", "/tin-tuc/the-thao/", "/tin-tuc/bong-da/", "/tin-tuc/van-hoa/rss/"):
        assert deep.get_absolute_url() in reader.get(address).content.decode(), address
    assert deep.get_absolute_url() not in reader.get("/tin-tuc/khac/").content.decode()


@pytest.mark.parametrize("wrong", ["sai-tieu-de", "tieu-de-cu"])
def test_the_number_decides_and_a_wrong_address_leads_to_the_right_one(reader, wrong):
    article = make_article(title="Tiêu đề đúng", category=make_category(name="Y tế"))
    make_category(name="Giáo dục")
    for address in (f"/tin-tuc/y-te/{article.pk}-{wrong}/", f"/tin-tuc/giao-duc/{article.pk}-tieu-de-dung/"):
        response = reader.get(address)
        assert (response.status_code, response["Location"]) == (301, article.get_absolute_url())
    assert article.get_absolute_url() == f"/tin-tuc/y-te/{article.pk}-tieu-de-dung/"


def test_the_article_shows_its_parts_once(reader, text_of):
    office = make_office(name="Phòng Y tế")
    published = timezone.datetime(2025, 1, 22, 9, 12, tzinfo=timezone.get_fixed_timezone(0))
    article = make_article(
        title="Tiêm chủng mở rộng", lead="Đoạn mở đầu.", body="<p>Thân bài.</p>", office=office, published_at=published
    )
    response = reader.get(article.get_absolute_url())
    text = text_of(response)
    assert '<time datetime="2025-01-22T16:12:00+07:00">22/01/2025 | 16:12</time>' in response.content.decode()
    assert [text.count(part) for part in ("Đoạn mở đầu.", "Thân bài.")] == [1, 1]
    assert "Phòng Y tế" in text
    assert response.content.decode().count("<h1") == 1


def test_the_printed_signature_stays_when_the_office_is_renamed(reader):
    office = make_office(name="Phòng Lao động")
    article = make_article(office=office)
    office.name = "Phòng Nội vụ"
    office.save()
    assert "Phòng Lao động" in reader.get(article.get_absolute_url()).content.decode()


def test_lists_are_paged_and_a_page_that_is_not_there_is_404(reader, settings):
    settings.LIST_PAGE_SIZE = 2
    category = make_category(name="Đô thị")
    articles = [make_article(category=category, published_at=timezone.now() - timedelta(hours=n)) for n in range(1, 6)]
    second = reader.get("/tin-tuc/do-thi/", {"page": "2"}).content.decode()
    assert [article.get_absolute_url() in second for article in articles] == [False, False, True, True, False]
    for bad in ("4", "0", "-1", "abc", "１", "9" * 20, ""):
        assert reader.get("/tin-tuc/do-thi/", {"page": bad}).status_code == 404


def test_rss_has_the_time_of_viet_nam_and_escapes(reader):
    make_article(
        title="A & B < C", published_at=timezone.datetime(2025, 1, 22, 9, 12, tzinfo=timezone.get_fixed_timezone(0))
    )
    feed = reader.get("/rss/").content.decode()
    assert "<pubDate>Wed, 22 Jan 2025 16:12:00 +0700</pubDate>" in feed
    assert "A &amp; B &lt; C" in feed


def test_the_question_that_is_written_once_is_asked_anew_each_time(db):
    now = timezone.now()
    first, second = make_article(cover=make_picture()), make_article(published_at=now + timedelta(hours=1))
    asked = [(first.pk, now), (second.pk, now), (second.pk, now + timedelta(hours=2)), (first.pk, now)]
    found = [[(a.pk, a.title, a.cover_id) for a in views._readable(pk=pk, at=at)] for pk, at in asked]
    known = {a.pk: [(a.pk, a.title, a.cover_id)] for a in (first, second)}
    assert found == [known[first.pk], [], known[second.pk], known[first.pk]]


FRESH = {
    "/": 10,
    "/tin-tuc/": 9,
    "article": 9,
    "article with everything": 12,
    "/duong-day-nong/": 6,
    "/thong-ke/": 10,
    "/tim-kiem/?q=bai": 15,
    "page": 8,
}


@pytest.mark.parametrize("address", FRESH)
def test_the_first_page_after_a_change_costs_a_fixed_number_of_queries(
    reader, beat, django_assert_num_queries, address
):
    """Nothing of the content is in memory, not even the parts that all pages share."""
    _site(beat)
    path = _addresses().get(address, address)
    with django_assert_num_queries(FRESH[address]):
        assert reader.get(path).status_code == 200


REST = {
    "/": 4,
    "/tin-tuc/": 3,
    "article": 3,
    "article with everything": 6,
    "/duong-day-nong/": 2,
    "/thong-ke/": 6,
    "/tim-kiem/?q=bai": 9,
    "page": 2,
}


@pytest.mark.parametrize("address", REST)
def test_a_fresh_page_costs_a_fixed_number_of_queries(reader, beat, django_assert_num_queries, address):
    """The parts that all pages share stand in memory; this page was not asked for before."""
    _site(beat)
    reader.get("/trang-am/")
    path = _addresses().get(address, address)
    with django_assert_num_queries(REST[address]):
        assert reader.get(path).status_code == 200


def _site(beat):
    make_profile()
    make_poll()
    make_hotline()
    for _ in range(8):
        make_article(category=make_category())
    make_page(title="Giới thiệu")
    make_page(title="Trang ấm")
    picture = make_picture()
    full = make_article(title="Đủ phần", cover=picture, body=f'<p>Ảnh: <img src="{picture.url}" alt="Ảnh"></p>')
    Attachment.objects.create(article=full, title="Biểu mẫu", file=ContentFile(b"a,b", name="bieu.csv"))
    Correction.objects.create(article=full, number=1, note="Số liệu đúng là 5.", at=timezone.now(), title="Cũ")
    beat()


def _addresses():
    plain, full = (Article.objects.filter(title__startswith=title).first() for title in ("Bài", "Đủ phần"))
    return {
        "article": plain.get_absolute_url(),
        "article with everything": full.get_absolute_url(),
        "page": "/gioi-thieu/",
    }


def test_an_article_far_from_the_newest_leads_to_its_neighbours(reader, monkeypatch):
    monkeypatch.setattr(articles, "NEAR", 1)
    category, now = make_category(), timezone.now()
    times = [now - timedelta(hours=hours) for hours in (5, 4, 4, 4, 3, 2)]  # three at the same moment
    row = [make_article(category=category, published_at=at) for at in times]
    make_article(category=make_category(name="Y tế"), published_at=times[2])
    for older, article, newer in zip([None, *row], row, [*row[1:], None], strict=False):
        found = reader.get(article.get_absolute_url()).context
        assert (found["newer"], found["older"]) == (newer, older)


@pytest.mark.parametrize("address", FRESH)
def test_sheets_and_scripts_of_a_page_are_light(reader, beat, address):
    """As they are delivered with the page (suggestions come when one types); a page with a sheet of its own has more room."""
    _site(beat)
    page = reader.get(_addresses().get(address, address)).content.decode()
    weights = {
        kind: [
            len(joined().encode()) if name == "css/site.css" else (Path("static") / name).stat().st_size
            for name in re.findall(rf' (?:src|href)="/static/({kind}/[\w-]+\.{kind})"', page)
        ]
        for kind in ("css", "js")
    }
    assert 20_000 < sum(weights["css"]) < (30_000 if len(weights["css"]) == 1 else 36_000)
    assert 1_000 < sum(weights["js"]) < 10_000
