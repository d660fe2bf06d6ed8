"""“Kiểm tra bài”: over the form as it stands, and once more before an article goes before the public."""

import json

import pytest
from django.contrib.admin.models import LogEntry

from news.models import Article, Mistake
from tests.desk import inline, page_of, sign_in
from tests.factories import make_article

pytestmark = pytest.mark.django_db
LIST = "/quan-tri/news/article/"
WRONG, RIGHT = "<p>Chi 852.3 triệu đồng.</p>", "<p>Chi 852,3 triệu đồng.</p>"


def draft(**fields):
    return make_article(**{"title": "Tết Ất Tỵ", "state": Article.State.DRAFT, **fields})


def form(article, **fields):
    given = {"title": article.title, "category": article.category_id, "body": article.body, "lead": article.lead}
    return {**given, **fields} | inline("attachments")


def overruled():
    said = LogEntry.objects.filter(change_message__contains="Findings overruled").values_list(
        "change_message", flat=True
    )
    return [json.loads(message)["findings"] for message in said]


def check_of(article):
    return f"{LIST}{article.pk}/kiem-tra/"


# --- The page -------------------------------------------------------------------------------------------------------
def test_the_page_shows_place_sentence_reason_and_suggestion(admin_client, text_of):
    article = draft(body=f"<p>Một.</p>{WRONG}")
    page = admin_client.get(check_of(article))
    assert "Chi <mark>852.3</mark> triệu đồng." in page.content.decode()
    for told in ("Có 1 chỗ nên xem lại", "Nội dung, đoạn 2", "chấm thập phân", "Gợi ý: 852,3", "Kiểm tra bài"):
        assert told.lower() in text_of(page).lower(), told
    assert "Vẫn tiếp tục" not in text_of(page)


def test_the_form_is_checked_as_it_stands_and_nothing_is_saved(admin_client, text_of):
    article = draft(body=RIGHT)
    page = admin_client.post(check_of(article), form(article, body=WRONG, _check=1))
    assert "<mark>852.3</mark>" in page.content.decode()
    assert Article.objects.get().body == RIGHT
    assert Article.objects.get().updated_at == article.updated_at
    assert 'name="_check"' in admin_client.get(page_of(article)).content.decode()


def test_an_article_that_is_not_saved_yet_is_checked_even_if_its_form_is_not_complete(admin_client):
    sent = {"title": "Họp ngày 31/02/2025", "body": WRONG, "_check": 1} | inline("attachments")
    page = admin_client.post(f"{LIST}kiem-tra/", sent).content.decode()
    assert "<mark>31/02/2025</mark>" in page
    assert "<mark>852.3</mark>" in page
    assert not Article.objects.exists()
    assert 'formaction="/quan-tri/news/article/kiem-tra/"' in admin_client.get(f"{LIST}add/").content.decode()


def test_a_legacy_code_is_shown_converted_and_never_converted_by_itself(admin_client):
    legacy = "Tr\u00adêng tiÓu häc ®Æng TrÇn C«n"
    article = draft(body=f"<p>{legacy}</p>")
    page = admin_client.post(check_of(article), form(article, body=f"<p>{legacy}</p>", _check=1)).content.decode()
    assert "Trường tiểu học đặng Trần Côn" in page
    assert Article.objects.get().body == f"<p>{legacy}</p>"


def test_hostile_text_is_shown_as_text(admin_client):
    article = draft(title="<script>alert(1)</script> 31/02/2025")
    page = admin_client.get(check_of(article)).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("query", ["?then=_delete", "?then=x", "?then=%00"])
def test_an_unknown_way_on_is_not_found(admin_client, query):
    assert admin_client.get(check_of(draft()) + query).status_code in (400, 404)


def test_who_may_not_see_articles_sees_no_findings(client):
    article = draft(body=WRONG)
    assert client.get(check_of(article)).status_code == 302
    stranger = sign_in("news.view_category")
    assert stranger.get(check_of(article)).status_code == 403
    assert stranger.post(check_of(article), form(article, _check=1)).status_code == 403
    assert stranger.post(f"{LIST}kiem-tra/", form(article, _check=1)).status_code == 403


def test_an_article_that_is_not_there_is_not_found(admin_client):
    assert admin_client.get(f"{LIST}99999/kiem-tra/").status_code == 404


# --- Before publishing ----------------------------------------------------------------------------------------------
def test_an_article_without_findings_is_published_at_once(admin_client):
    article = draft(body=RIGHT)
    assert admin_client.post(page_of(article), form(article, _publish=1)).url == page_of(article)
    assert Article.objects.get().state == "published"
    assert overruled() == []


def test_findings_are_shown_before_publishing_and_who_goes_on_is_in_the_log(admin_client, admin_user):
    article = draft(body=RIGHT)
    asked = admin_client.post(page_of(article), form(article, body=WRONG, _publish=1))
    assert asked.url == f"{check_of(article)}?then=_publish"
    assert (Article.objects.get().state, Article.objects.get().body) == ("draft", WRONG)  # saved, not published
    page = admin_client.get(asked.url)
    assert "Vẫn tiếp tục" in page.content.decode()
    assert admin_client.post(asked.url, {"seen": page.context["seen"]}).url == page_of(article)
    assert Article.objects.get().state == "published"
    assert overruled() == [["point: 852.3"]]
    assert LogEntry.objects.filter(change_message__contains="overruled").get().user == admin_user


def test_what_changed_after_the_page_was_shown_is_shown_again(admin_client):
    article = draft(body=WRONG)
    there = f"{check_of(article)}?then=_publish"
    seen = admin_client.get(there).context["seen"]
    Article.objects.update(body=WRONG + "<p>Họp ngày 31/02/2025.</p>")
    page = admin_client.post(there, {"seen": seen})
    assert "<mark>31/02/2025</mark>" in page.content.decode()
    assert Article.objects.get().state == "draft"
    assert overruled() == []


def test_what_is_published_for_many_at_once_is_in_the_log_too(admin_client):
    articles = [draft(body=WRONG), draft(body=RIGHT)]
    sent = {"action": "publish_selected", "_selected_action": [article.pk for article in articles]}
    assert admin_client.post(LIST, sent).status_code == 302
    assert Article.objects.public().count() == 2
    assert overruled() == [["point: 852.3"]]


# --- The list of mistakes -------------------------------------------------------------------------------------------
def test_staff_add_their_own_mistakes(admin_client):
    sent = {"wrong": "Thanh Xuâm", "right": "Thanh Xuân"}
    assert admin_client.post("/quan-tri/news/mistake/add/", sent).status_code == 302
    article = draft(body="<p>Quận thanh xuâm</p>")
    assert "<mark>thanh xuâm</mark>" in admin_client.get(check_of(article)).content.decode()
    for bad in (sent, {"wrong": "a", "right": "A"}, {"wrong": "THANH XUÂM", "right": "b"}):
        assert admin_client.post("/quan-tri/news/mistake/add/", bad).status_code == 200
    assert Mistake.objects.filter(right="Thanh Xuân").count() == 1
