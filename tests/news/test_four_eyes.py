"""Nobody publishes alone what they changed last, by whichever way; who may do it with a reason is in the log."""

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from news import publishing
from news.models import Article
from tests.desk import inline, page_of, stamped
from tests.factories import make_article, make_category

pytestmark = pytest.mark.django_db
LIST = "/quan-tri/news/article/"
State = Article.State


@pytest.fixture
def lone():
    """The browser of somebody who may do all that groups give, and is no superuser; `.user` is who."""
    user = User.objects.create_user("mot-minh", is_staff=True)
    user.groups.set(Group.objects.all())
    client = client_of(user)
    client.user = User.objects.get(pk=user.pk)
    return client


@pytest.fixture
def author():
    return User.objects.create_superuser("tac-gia")


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def fields(article, **more):
    given = {"title": article.title, "category": article.category_id, "lead": article.lead, "body": article.body}
    return stamped(article) | given | inline("attachments") | more


def public_texts():
    return sorted(f"{article.title}|{article.body}" for article in Article.objects.public())


def verb(article, word):
    return f"{LIST}{article.pk}/{word}/"


def every_way_out(lone, article):
    """Presses whatever might publish `article`."""
    sent = {"reason": "Tôi muốn thế", "confirmed": "1", "apply": "1", "from": "queue"}
    lone.post(verb(article, "xuat-ban"), sent)
    for action in ("publish_selected", "submit_selected", "publish_selected"):
        lone.post(LIST, sent | {"action": action, "_selected_action": [article.pk]})
    for extra in ({"_publish": "1", "state": "published"}, {"_submit": "1"}):
        lone.post(page_of(article), fields(article, **extra))
    lone.post(verb(article, "xuat-ban"), sent)
    lone.post(page_of(article, "restore"), {"version": article.history.last().pk})
    lone.post(verb(article, "xuat-ban"), sent)


def test_neither_ones_own_article_nor_what_one_has_changed_goes_out_by_ones_own_hand(lone, author):
    own = make_article(state=State.DRAFT, created_by=lone.user, updated_by=lone.user)
    foreign = publishing.submit(make_article(state=State.DRAFT, created_by=author, updated_by=author), by=author)
    lone.post(verb(foreign, "lay-lai"))
    lone.post(page_of(foreign), fields(foreign, title="Đổi lén"))
    assert Article.objects.get(pk=foreign.pk).title == "Đổi lén"
    for article in (own, foreign):
        every_way_out(lone, article)
    assert public_texts() == []


def test_one_does_not_change_alone_what_is_public(lone, author):
    online = make_article(title="Đúng", body="<p>Đúng</p>", created_by=author, updated_by=author)
    online.title = "Sai cũ"
    online.save()
    online.title = "Đúng"
    online.save()
    every_way_out(lone, online)
    lone.post(verb(online, "sua-bai"))
    copy = Article.objects.get(replaces=online)
    lone.post(page_of(copy), fields(copy, title="Sai"))
    every_way_out(lone, copy)
    assert public_texts() == ["Đúng|<p>Đúng</p>"]


def test_the_revision_of_a_colleague_is_not_touched_up_and_approved_by_the_same_person(lone, author):
    online = make_article(title="Đúng", body="<p>Đúng</p>", created_by=author, updated_by=author)
    copy = publishing.submit(publishing.revise(online, by=author), by=author)
    lone.post(verb(copy, "tra-lai"), {"reason": "Để tôi sửa"})
    lone.post(page_of(copy), fields(copy, body="<p>Sai</p>", published_at_0="22/01/2025", published_at_1="16:12"))
    assert "Sai" in Article.objects.get(pk=copy.pk).body
    every_way_out(lone, copy)
    assert public_texts() == ["Đúng|<p>Đúng</p>"]


def test_a_file_that_was_added_is_a_change_too(lone, author):
    article = make_article(state=State.DRAFT, created_by=author, updated_by=author)
    file = SimpleUploadedFile("so-lieu.csv", b"a;b\r\n1;2\r\n")
    rows = inline("attachments", {"file": file, "title": "Số liệu", "order": "100", "id": "", "article": article.pk})
    lone.post(page_of(article), fields(article) | rows)
    assert article.attachments.count() == 1
    every_way_out(lone, article)
    assert public_texts() == []


def test_a_colleague_who_saves_without_a_change_does_not_become_the_last_editor(lone, author):
    own = make_article(state=State.DRAFT, published_at=None, created_by=lone.user, updated_by=lone.user)
    colleague = client_of(author)
    assert colleague.post(page_of(own), fields(own)).status_code == 302
    every_way_out(lone, own)
    assert public_texts() == []
    publishing.take_back(own, by=lone.user)
    colleague.post(page_of(own), fields(own, lead="Một câu khác hẳn."))
    assert Article.objects.get().updated_by == author


def test_a_version_that_was_put_back_is_a_change_too(lone, author):
    article = make_article(title="Một", state=State.DRAFT, created_by=author, updated_by=author)
    article.title = "Hai"
    article.save()
    lone.post(page_of(article, "restore"), {"version": article.history.last().pk})
    assert Article.objects.get().updated_by == lone.user
    every_way_out(lone, article)
    assert public_texts() == []


def test_a_colleague_who_puts_back_what_stands_there_does_not_become_the_last_editor(lone, author):
    own = make_article(state=State.DRAFT, published_at=None, created_by=lone.user, updated_by=lone.user)
    colleague, newest = client_of(author), own.history.first()
    assert colleague.post(page_of(own, "restore"), {"version": newest.pk}).status_code == 302
    assert (Article.objects.get().updated_by, own.history.count()) == (lone.user, 1)
    every_way_out(lone, own)
    assert public_texts() == []


def test_what_citizens_read_is_not_deleted_by_the_action_of_the_list(lone, author):
    online = make_article(title="Đúng", body="<p>Đúng</p>", created_by=author, updated_by=author)
    for sender in (lone, client_of(author)):
        chosen = {"action": "delete_selected", "_selected_action": [online.pk], "post": "yes"}
        sender.post(LIST, chosen)
    assert public_texts() == ["Đúng|<p>Đúng</p>"]


def test_merging_categories_publishes_nothing(lone, author):
    one, two = make_category(), make_category()
    make_article(category=one, state=State.DRAFT, created_by=lone.user, updated_by=lone.user)
    chosen = {"action": "merge_selected", "_selected_action": [one.pk], "target": two.pk, "apply": "1"}
    lone.post(reverse("admin:news_category_changelist"), chosen)
    assert Article.objects.get().category == two
    assert public_texts() == []
