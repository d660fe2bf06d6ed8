"""“Kiểm tra bài”: over the form as it stands, and once more before an article goes before the public."""

import json
import re

import pytest
from django.contrib.admin.models import LogEntry

from news import publishing
from news.models import Article, Mistake
from tests.desk import inline, page_of, sign_in, stamped
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
    said = (
        LogEntry.objects.filter(change_message__contains='"findings"')
        .order_by("pk")
        .values_list("change_message", flat=True)
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
    assert "nhật ký" not in text_of(page)


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


def test_who_may_not_see_articles_sees_no_findings(client):
    article = draft(body=WRONG)
    assert client.get(check_of(article)).status_code == 302
    stranger = sign_in("news.view_category")
    assert stranger.get(check_of(article)).status_code == 404
    assert stranger.post(check_of(article), form(article, _check=1)).status_code == 404
    assert stranger.post(f"{LIST}kiem-tra/", form(article, _check=1)).status_code == 403


def test_an_article_that_is_not_there_is_not_found(admin_client):
    assert admin_client.get(f"{LIST}99999/kiem-tra/").status_code == 404


# --- Before it goes on ------------------------------------------------------------------------------------------------
@pytest.fixture
def waiting(django_user_model):
    """Function: an article that waits for approval, sent by somebody else than the administrator."""
    author = django_user_model.objects.create_superuser("tac-gia")

    def send(**fields):
        article = publishing.submit(draft(created_by=author, updated_by=author, **fields), by=author)
        Article.objects.filter(pk=article.pk).update(submitted_by=author)
        return article

    return send


def verb(article, word):
    return f"{LIST}{article.pk}/{word}/"


def test_an_article_without_findings_is_sent_at_once(admin_client):
    article = draft(body=RIGHT)
    assert admin_client.post(page_of(article), stamped(article) | form(article, _submit=1)).url == page_of(article)
    assert Article.objects.get().state == "waiting"
    assert overruled() == []


def test_findings_are_shown_before_it_is_sent_and_who_goes_on_is_in_the_log(admin_client, admin_user, text_of):
    article = draft(body=RIGHT)
    asked = admin_client.post(page_of(article), stamped(article) | form(article, body=WRONG, _submit=1))
    assert asked.url == verb(article, "trinh-duyet")
    assert (Article.objects.get().state, Article.objects.get().body) == ("draft", WRONG)  # saved, not sent
    page = admin_client.get(asked.url)
    assert "<mark>852.3</mark>" in page.content.decode()
    assert "Vẫn trình duyệt" in text_of(page)
    assert admin_client.post(asked.url, {"seen": page.context["seen"]}).url == page_of(article)
    assert Article.objects.get().state == "waiting"
    assert overruled() == [["point: 852.3"]]
    assert LogEntry.objects.filter(change_message__contains="852.3").get().user == admin_user


def test_findings_are_shown_before_it_is_published_wherever_the_button_was(admin_client, waiting):
    article = waiting(body=WRONG)
    asked = admin_client.post(verb(article, "xuat-ban"), {"from": "queue"})
    assert (asked.status_code, Article.objects.get().state) == (200, "waiting")
    assert "<mark>852.3</mark>" in asked.content.decode()
    assert '<input type="hidden" name="from" value="queue">' in asked.content.decode()
    sent = {"from": "queue", "seen": asked.context["seen"], "sent": asked.context["sent"]}
    assert admin_client.post(verb(article, "xuat-ban"), sent).url == f"{LIST}cho-duyet/"
    assert Article.objects.get().state == "published"
    assert overruled() == [["point: 852.3"]] * 2  # who sent it, who published it


def test_what_changed_after_the_page_was_shown_is_shown_again(admin_client, waiting):
    article = waiting(body=WRONG)
    seen = admin_client.get(verb(article, "xuat-ban")).context["seen"]
    Article.objects.update(body=WRONG + "<p>Họp ngày 31/02/2025.</p>")
    page = admin_client.post(verb(article, "xuat-ban"), {"seen": seen})
    assert "<mark>31/02/2025</mark>" in page.content.decode()
    assert Article.objects.get().state == "waiting"


def test_a_text_that_was_changed_and_sent_again_meanwhile_is_not_published_unseen(admin_client, waiting, text_of):
    article = waiting(body=RIGHT)
    page = admin_client.get(f"{LIST}cho-duyet/").content.decode()
    stamp = {"sent": re.search('name="sent" value="([^"]+)"', page)[1]}
    author = article.updated_by
    publishing.take_back(article, by=author)
    Article.objects.update(body="<p>Chi 1 tỷ đồng cho chính mình.</p>")
    publishing.submit(article, by=author)
    again = admin_client.post(verb(article, "xuat-ban"), stamp)
    assert (again.status_code, Article.objects.get().state) == (200, "waiting")
    assert "đã được sửa và trình lại" in text_of(again)
    chosen = {"action": "publish_selected", "_selected_action": [article.pk], "confirmed": "1", **stamp}
    admin_client.post(LIST, chosen)
    assert Article.objects.get().state == "waiting"
    admin_client.post(verb(article, "xuat-ban"), {"sent": again.context["sent"]})
    assert Article.objects.get().state == "published"


def test_what_is_published_for_many_at_once_is_in_the_log_too(admin_client, waiting, text_of):
    articles = [waiting(body=WRONG), waiting(body=RIGHT)]
    chosen = {"action": "publish_selected", "_selected_action": [article.pk for article in articles]}
    assert text_of(admin_client.post(LIST, chosen)).count("1 chỗ nên xem lại") == 1
    assert admin_client.post(LIST, chosen | {"confirmed": "1"}).status_code == 302
    assert Article.objects.public().count() == 2
    assert overruled() == [["point: 852.3"]] * 2


def test_an_identity_number_never_enters_the_log_that_nobody_can_clean(admin_client, waiting):
    article = waiting(body="<p>Ông A, CCCD 001085012345, gọi 0912345678.</p>")
    admin_client.post(verb(article, "xuat-ban"), {"seen": admin_client.get(verb(article, "xuat-ban")).context["seen"]})
    assert overruled() == [["identity: 001***345", "mobile: 091***678"]] * 2
    assert Article.objects.get().state == "published"


@pytest.mark.parametrize("state", ["waiting", "published"])
def test_what_nobody_may_change_now_can_still_be_checked_and_previewed(admin_client, waiting, state):
    article = waiting(body=WRONG)
    Article.objects.update(state=state)
    form_page = admin_client.get(page_of(article)).content.decode()
    assert f'formaction="{check_of(article)}"' in form_page
    checked = admin_client.post(check_of(article), {"_check": 1} | inline("attachments"))
    assert "<mark>852.3</mark>" in checked.content.decode()
    shown = admin_client.post(f"{LIST}{article.pk}/xem-thu/", inline("attachments"))
    assert WRONG in shown.content.decode()


# --- The list of mistakes -------------------------------------------------------------------------------------------
def test_staff_add_their_own_mistakes(admin_client):
    sent = {"wrong": "Thanh Xuâm", "right": "Thanh Xuân"}
    assert admin_client.post("/quan-tri/news/mistake/add/", sent).status_code == 302
    article = draft(body="<p>Quận thanh xuâm</p>")
    assert "<mark>thanh xuâm</mark>" in admin_client.get(check_of(article)).content.decode()
    for bad in (sent, {"wrong": "a", "right": "A"}, {"wrong": "THANH XUÂM", "right": "b"}):
        assert admin_client.post("/quan-tri/news/mistake/add/", bad).status_code == 200
    assert Mistake.objects.filter(right="Thanh Xuân").count() == 1
