"""What belongs to others: by the number in an address, by a form of another page, by the words beside a picture."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from news.models import Article, Attachment
from polls import voting
from tests.desk import inline, page_of, sign_in
from tests.factories import make_article, make_category, make_hotline, make_picture, make_poll

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer():
    """The browser of a member of the group Phóng viên."""
    user = User.objects.create_user("phongvien", is_staff=True)
    user.groups.add(Group.objects.get(name="Phóng viên"))
    client = Client()
    client.force_login(user)
    client.user = user
    return client


def test_a_file_of_a_draft_is_only_for_who_may_see_the_draft(writer, admin_user):
    article = make_article(state="draft", created_by=admin_user)
    file = Attachment.objects.create(article=article, title="Danh sách", file=ContentFile(b"%PDF-1.4", "a.pdf"))
    address = reverse("news:attachment", args=[file.pk])
    assert (writer.get(address).status_code, Client().get(address).status_code) == (404, 404)
    answer = sign_in("news.view_article", "news.change_article").get(address)
    assert b"".join(answer.streaming_content) == b"%PDF-1.4"
    assert (answer.status_code, answer["Cache-Control"]) == (
        200,
        "max-age=0, no-cache, no-store, must-revalidate, private",
    )
    article.created_by = writer.user
    article.save()
    assert b"".join(writer.get(address).streaming_content) == b"%PDF-1.4"


def test_an_author_changes_no_words_beside_a_picture_that_citizens_see(writer):
    picture = make_picture(alt="Trụ sở")
    describe = reverse("admin:news_picture_describe", args=[picture.pk])
    assert writer.post(describe, {"alt": "Trụ sở mới"}).status_code == 200
    article = make_article(cover=picture)
    assert writer.post(describe, {"alt": "Bậy"}).status_code == 403
    assert writer.post(page_of(picture), {"alt": "Bậy"}).status_code == 403
    picture.refresh_from_db()
    assert picture.alt == "Trụ sở mới"
    article.delete()
    text = make_article(body=f'<p><img src="{picture.url}" alt=""></p>')
    assert writer.post(describe, {"alt": "Bậy"}).status_code == 403
    type(text).objects.filter(pk=text.pk).update(state="withdrawn")
    assert writer.post(describe, {"alt": "Nhà"}).status_code == 200


def test_pages_of_somebody_elses_draft_do_not_exist_for_an_author(writer, admin_user):
    article = make_article(state="draft", title="Kín", created_by=admin_user)
    for name in ("preview", "links", "check", "compare", "presence", "restore", "change", "delete", "history"):
        address = reverse(f"admin:news_article_{name}", args=[article.pk])
        for answer in (writer.get(address), writer.post(address, {"title": "x", "_check": "1"})):
            assert answer.status_code in {302, 403, 404, 405}, name  # Django leads away from a row that is not there
            assert answer.get("Location", "/quan-tri/") == "/quan-tri/", name
            assert b"K\xc3\xadn" not in answer.content


def test_hotlines_and_ballots_are_not_for_who_only_writes_articles(writer):
    make_hotline()
    poll = make_poll()
    export, aside = reverse("admin:hotlines_export"), reverse("admin:polls_poll_aside", args=[poll.pk])
    step = reverse("admin:polls_poll_step", args=[poll.pk, "dong"])
    answers = [
        writer.post(export, {"kind": "csv"}),
        writer.post(aside, {"reason": "x"}),
        writer.post(step, {"reason": "x"}),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    viewer = sign_in("polls.view_poll")
    assert [viewer.post(address, {"reason": "x"}).status_code for address in (aside, step)] == [403, 403]
    poll.refresh_from_db()
    assert poll.closes_at is None


def test_what_answers_scripts_wants_the_token_of_its_own_page(admin_user):
    article, picture, poll = make_article(state="draft"), make_picture(), make_poll()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(admin_user)
    strict.cookies[voting.COOKIE] = voting.new_voter()
    for address in (
        reverse("admin:news_article_presence", args=[article.pk]),
        reverse("admin:news_picture_upload"),
        reverse("admin:news_picture_describe", args=[picture.pk]),
        reverse("admin:news_article_preview", args=[article.pk]),
        reverse("admin:hotlines_export"),
        reverse("polls:in_place", args=[poll.pk]),
        reverse("polls:wish", args=[poll.pk]),
        reverse("admin:sign_out_everywhere"),
    ):
        assert strict.post(address, {"a": "b"}, headers={"sec-fetch-site": "cross-site"}).status_code == 403, address


def test_fields_that_no_form_shows_are_not_taken_from_a_request(writer, admin_user):
    """What a program adds to a form: a state, an author, a day in the past, rights."""
    sent = {"title": "Bài", "category": make_category().pk, "lead": "a", "body": "<p>a</p>", **inline("attachments")}
    more = {"state": "published", "published_at_0": "01/01/2024", "published_at_1": "08:00", "created_by": admin_user.pk, "id": 7_000_000,
            "updated_by": admin_user.pk, "slug": "khac", "source_key": "x", "is_superuser": "on"}  # fmt: skip
    assert writer.post("/quan-tri/news/article/add/", sent | more).status_code == 302
    article = Article.objects.get()
    taken = (article.state, article.created_by, article.updated_by, article.source_key or "", article.pk == 7_000_000)
    assert taken == ("draft", writer.user, writer.user, "", False)
    writer.post("/quan-tri/password_change/", {"is_superuser": "on", "is_staff": "on", "groups": "4"})
    writer.user.refresh_from_db()
    assert (writer.user.is_superuser, writer.user.groups.get().name) == (False, "Phóng viên")


@pytest.mark.parametrize("asked", ["created_by__password__startswith=p", "created_by__is_superuser=1", "history__body__contains=a",
                                   "category__articles__body__contains=a", "o=password", "created_by__otp__key=1"])  # fmt: skip
def test_a_list_answers_no_question_about_what_it_does_not_show(writer, asked):
    """Filters of Django's admin are a query language; only those that a list names may be asked."""
    make_article(title="Thấy được", created_by=writer.user, state="draft")
    answer = writer.get(f"/quan-tri/news/article/?{asked}")
    assert answer.status_code in {200, 302, 400}
    if answer.status_code == 200:
        assert "Thấy được" in answer.content.decode()


def test_the_lists_to_choose_from_tell_nobody_of_accounts(writer, admin_user):
    """Every field of every model that the admin knows is asked for, as a script could."""
    asked = [
        {"app_label": model._meta.app_label, "model_name": model._meta.model_name, "field_name": field.name, "term": ""}
        for model in admin.site._registry
        for field in model._meta.get_fields()
        if field.is_relation and field.related_model is User
    ]
    assert len(asked) > 5
    assert {writer.get("/quan-tri/autocomplete/", one).status_code for one in asked} == {403}
