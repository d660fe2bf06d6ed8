"""The way of an article: who may do what when, what readers see meanwhile, what the log says afterwards."""

import threading
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from news import publishing
from news.models import Article, Attachment, Category
from news.publishing import Refused
from portal.lib import audit
from tests.desk import page_of
from tests.factories import make_article, make_category

pytestmark = pytest.mark.django_db
State = Article.State


def member(name, *groups, **fields):
    user = User.objects.create_user(name, is_staff=True, **fields)
    user.groups.set(Group.objects.filter(name__in=groups))
    return User.objects.get(pk=user.pk)


@pytest.fixture
def writer():
    return member("phongvien", "Phóng viên")


@pytest.fixture
def editor():
    return member("bientap", "Biên tập viên")


@pytest.fixture
def approver():
    return member("duyet", "Người duyệt")


@pytest.fixture
def draft(writer):
    return make_article(
        title="Chi trả quà Tết", state=State.DRAFT, published_at=None, created_by=writer, updated_by=writer
    )


def story(article):
    """(verb, before, after, reason) of every line about `article`, oldest first."""
    lines = LogEntry.objects.filter(object_id=article.pk).order_by("pk")
    return [tuple(audit.details(line).get(key) for key in ("verb", "before", "after", "reason")) for line in lines]


# --- The way ----------------------------------------------------------------------------------------------------------
def test_an_article_is_submitted_returned_submitted_published_and_withdrawn(draft, writer, approver):
    article = publishing.submit(draft, by=writer)
    assert (article.state, article.submitted_by, article.submitted_at is None) == (State.WAITING, writer, False)
    article = publishing.return_to_author(article, by=approver, reason="Thiếu số liệu")
    assert (article.state, article.reason) == (State.RETURNED, "Thiếu số liệu")
    article = publishing.submit(article, by=writer)
    assert article.reason == ""
    assert not Article.objects.public().exists()
    article = publishing.publish(article, by=approver)
    assert Article.objects.public().get() == draft
    article = publishing.withdraw(article, by=approver, reason="Nhầm ngày")
    assert (article.state, Article.objects.gone().get()) == (State.WITHDRAWN, draft)
    assert story(draft) == [
        ("Submitted", "draft", "waiting", None),
        ("Returned", "waiting", "returned", "Thiếu số liệu"),
        ("Submitted", "returned", "waiting", None),
        ("Published", "waiting", "published", None),
        ("Withdrawn", "published", "withdrawn", "Nhầm ngày"),
    ]
    assert (article.updated_by, article.created_by) == (writer, writer)


def test_the_author_takes_back_what_waits_but_not_what_is_published(draft, writer, approver):
    article = publishing.take_back(publishing.submit(draft, by=writer), by=writer)
    assert article.state == State.DRAFT
    article = publishing.publish(publishing.submit(article, by=writer), by=approver)
    with pytest.raises(Refused, match="Không thể “Lấy lại” khi bài đang ở trạng thái “đã xuất bản”"):
        publishing.take_back(article, by=writer)


POSSIBLE = {
    ("submit", "draft"), ("submit", "returned"), ("take_back", "waiting"), ("publish", "waiting"),
    ("return_to_author", "waiting"), ("withdraw", "published"), ("revise", "published"), ("revise", "withdrawn"),
}  # fmt: skip


@pytest.mark.parametrize("name", publishing.VERBS)
@pytest.mark.parametrize("state", State.values)
def test_each_verb_starts_only_from_its_states(name, state, writer, editor, approver):
    article = make_article(state=state, reason="x", created_by=writer, updated_by=writer)
    by = approver
    options = {"reason": "Lý do"} if publishing.VERBS[name].needs_reason else {}
    if (name, state) in POSSIBLE:
        getattr(publishing, name)(article, by=by, **options)
    else:
        with pytest.raises(Refused, match="Không thể"):
            getattr(publishing, name)(article, by=by, **options)
        article.refresh_from_db()
        assert (article.state, story(article)) == (state, [])


def test_a_reason_is_needed_to_return_and_to_withdraw(draft, writer, approver):
    waiting = publishing.submit(draft, by=writer)
    with pytest.raises(Refused, match="Hãy ghi lý do"):
        publishing.return_to_author(waiting, by=approver, reason="")
    published = publishing.publish(waiting, by=approver)
    with pytest.raises(Refused, match="Hãy ghi lý do"):
        publishing.withdraw(published, by=approver, reason="")


def test_an_article_of_tomorrow_is_approved_today_and_appears_by_itself(draft, writer, approver):
    Article.objects.filter(pk=draft.pk).update(published_at=timezone.now() + timedelta(days=1))
    article = publishing.publish(publishing.submit(draft, by=writer), by=approver)
    assert not Article.objects.public().exists()
    assert Article.objects.public(article.published_at).get() == article


# --- Four eyes --------------------------------------------------------------------------------------------------------
def test_whoever_changed_an_article_last_does_not_approve_it(draft, writer, approver):
    Article.objects.filter(pk=draft.pk).update(updated_by=approver)
    waiting = publishing.submit(draft, by=writer)
    with pytest.raises(Refused, match="phải có người khác duyệt"):
        publishing.publish(waiting, by=approver)
    assert publishing.publish(waiting, by=member("khac", "Người duyệt")).state == State.PUBLISHED


def test_a_superuser_alone_needs_a_reason_and_it_is_logged(admin_user):
    draft = make_article(state=State.DRAFT, created_by=admin_user, updated_by=admin_user)
    waiting = publishing.submit(draft, by=admin_user)
    with pytest.raises(Refused, match="hãy ghi lý do"):
        publishing.publish(waiting, by=admin_user)
    publishing.publish(waiting, by=admin_user, reason="Bão vào đêm nay, không có ai khác")
    assert story(draft)[-1] == (
        "Published by its last editor alone", "waiting", "published", "Bão vào đêm nay, không có ai khác"
    )  # fmt: skip


def test_a_reason_helps_nobody_but_a_superuser(draft, writer, approver):
    Article.objects.filter(pk=draft.pk).update(updated_by=approver)
    with pytest.raises(Refused, match="phải có người khác duyệt"):
        publishing.publish(publishing.submit(draft, by=writer), by=approver, reason="Gấp")


@pytest.mark.parametrize("name", publishing.VERBS)
def test_a_stranger_to_the_newsroom_can_do_nothing(name, draft):
    options = {"reason": "Lý do"} if publishing.VERBS[name].needs_reason else {}
    stranger = User.objects.create_user("la", is_staff=True)
    with pytest.raises(Refused, match="không có quyền"):
        getattr(publishing, name)(draft, by=stranger, **options)


def test_a_writer_neither_publishes_nor_touches_what_others_write(draft, writer, editor):
    waiting = publishing.submit(draft, by=writer)
    for name, options in (("publish", {}), ("return_to_author", {"reason": "x"})):
        with pytest.raises(Refused, match="không có quyền"):
            getattr(publishing, name)(waiting, by=writer, **options)
    other = make_article(state=State.DRAFT, created_by=editor, updated_by=editor)
    with pytest.raises(Refused, match="không có quyền"):
        publishing.submit(other, by=writer)


# --- Categories -------------------------------------------------------------------------------------------------------
def test_a_category_kept_for_a_group_is_closed_to_others_also_below_it(draft, writer, approver):
    police = Group.objects.create(name="Công an")
    top = make_category(name="An ninh")
    below = make_category(name="Trật tự", parent=top)
    top.groups.add(police)
    assert Category.closed_to(User.objects.get(pk=writer.pk)) == {top.pk, below.pk}
    Article.objects.filter(pk=draft.pk).update(category=below)
    with pytest.raises(Refused, match="không có quyền"):
        publishing.submit(draft, by=User.objects.get(pk=writer.pk))
    writer.groups.add(police)
    waiting = publishing.submit(draft, by=User.objects.get(pk=writer.pk))
    with pytest.raises(Refused, match="không có quyền"):
        publishing.publish(waiting, by=User.objects.get(pk=approver.pk))
    below.groups.add(*approver.groups.all())  # nearer than the one above
    assert publishing.publish(waiting, by=User.objects.get(pk=approver.pk)).state == State.PUBLISHED


def test_a_superuser_writes_in_every_category(admin_user):
    make_category().groups.add(Group.objects.create(name="Công an"))
    assert Category.closed_to(admin_user) == set()


# --- Revisions --------------------------------------------------------------------------------------------------------
@pytest.fixture
def online(writer):
    article = make_article(title="Giờ làm việc", created_by=writer, updated_by=writer)
    for name in ("giu.pdf", "bo.pdf"):
        Attachment.objects.create(article=article, title=name, file=ContentFile(b"%PDF", name=name))
    return article


def test_readers_keep_the_old_text_until_another_has_approved_the_new(online, writer, approver):
    kept, dropped = online.attachments.all()
    copy = publishing.revise(online, by=writer)
    assert (copy.replaces, copy.state, copy.title, copy.created_by) == (online, State.DRAFT, "Giờ làm việc", writer)
    copy.title = "Giờ làm việc mới"
    copy.save()
    copy.attachments.get(title="bo.pdf").delete()
    Attachment.objects.create(article=copy, title="moi.pdf", file=ContentFile(b"%PDF", name="moi.pdf"))
    waiting = publishing.submit(copy, by=writer)
    assert Article.objects.public().get().title == "Giờ làm việc"
    with pytest.raises(Refused):
        publishing.publish(waiting, by=writer)
    result = publishing.publish(waiting, by=approver)
    assert (result, result.title, result.published_at) == (online, "Giờ làm việc mới", online.published_at)
    assert Article.objects.get() == online
    assert [file.title for file in result.attachments.all()] == ["giu.pdf", "moi.pdf"]
    assert result.attachments.filter(pk=kept.pk).exists()  # its address is in bookmarks
    assert not Attachment.objects.filter(pk=dropped.pk).exists()
    assert [line[0] for line in story(online)] == ["Revision begun", "Submitted", "Published"]


def test_the_note_of_a_revision_is_printed_beside_the_text_that_was_online(online, writer, approver):
    copy = publishing.revise(online, by=writer)
    copy.title, copy.correction_note = "Giờ làm việc mới", "Giờ đúng là 7 giờ 30."
    copy.save()
    result = publishing.publish(publishing.submit(copy, by=writer), by=approver)
    correction = result.corrections.get()
    assert (correction.note, correction.title, correction.by) == ("Giờ đúng là 7 giờ 30.", "Giờ làm việc", approver)
    assert (result.title, result.correction_note) == ("Giờ làm việc mới", "")
    assert Article.objects.get(pk=online.pk).history.first().history_user == approver
    again = publishing.revise(result, by=writer)
    publishing.publish(publishing.submit(again, by=writer), by=approver)
    assert result.corrections.count() == 1  # the note was of that one revision


def test_there_is_one_revision_at_a_time(online, writer, approver):
    assert publishing.revise(online, by=writer) == publishing.revise(online, by=approver)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_article(state=State.DRAFT, replaces=online)


def test_a_revision_that_somebody_has_just_approved_is_refused_in_words(online, writer, approver):
    waiting = publishing.submit(publishing.revise(online, by=writer), by=writer)
    publishing.publish(waiting, by=approver)
    with pytest.raises(Refused, match="không còn nữa"):
        publishing.return_to_author(waiting, by=approver, reason="Sai")


def test_the_database_makes_no_revision_public(online, writer):
    copy = publishing.revise(online, by=writer)
    for state in (State.PUBLISHED, State.WITHDRAWN):
        with pytest.raises(IntegrityError, match="article_revision_is_never_public"), transaction.atomic():
            Article.objects.filter(pk=copy.pk).update(state=state)


def test_a_withdrawn_article_comes_back_through_a_revision(online, writer, approver):
    publishing.withdraw(online, by=approver, reason="Nhầm", is_public=True)
    copy = publishing.revise(online, by=writer)
    result = publishing.publish(publishing.submit(copy, by=writer), by=approver)
    assert (result, result.state, result.reason, result.reason_is_public) == (online, State.PUBLISHED, "", False)


def test_a_revision_leaves_no_trace_for_citizens(online, writer, reader):
    copy = publishing.revise(online, by=writer)
    Article.objects.filter(pk=copy.pk).update(title="Bí mật")
    assert reader.get(online.get_absolute_url()).status_code == 200
    assert reader.get(f"/tin-tuc/{copy.category.slug}/{copy.pk}-bi-mat/").status_code == 404
    assert reader.get(copy.attachments.first().get_absolute_url()).status_code == 404
    for address in ("/", "/tin-tuc/", "/rss/", "/tim-kiem/?q=Bí+mật"):
        assert "Bí mật</" not in reader.get(address).content.decode()


# --- Gone -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("is_public", [True, False])
def test_a_withdrawn_page_says_why_only_when_citizens_are_meant_to_know(reader, approver, text_of, is_public):
    article = make_article()
    publishing.withdraw(article, by=approver, reason="Ngày ghi nhầm", is_public=is_public)
    for address in (article.get_absolute_url(), article.get_print_url()):
        page = reader.get(address)
        assert (page.status_code, "Ngày ghi nhầm" in text_of(page)) == (410, is_public)


# --- Two at once ------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_is_told_that_it_is_decided(transactional_db):
    publisher, returner = (User.objects.create_superuser(name) for name in ("mot", "hai"))
    waiting = make_article(state=State.WAITING)
    start, results = threading.Barrier(2), []

    def decide(name, by, **options):
        start.wait()
        try:
            getattr(publishing, name)(waiting, by=by, **options)
            results.append(name)
        except Refused as refused:
            results.append(refused.messages[0])
        finally:
            connection.close()

    threads = [
        threading.Thread(target=decide, args=("publish", publisher)),
        threading.Thread(target=decide, args=("return_to_author", returner), kwargs={"reason": "Sai"}),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    waiting.refresh_from_db()
    done = {"published": "publish", "returned": "return_to_author"}[waiting.state]
    assert (len(results), done in results) == (2, True)
    assert sum("Không thể" in result for result in results) == 1
    assert len(story(waiting)) == 1


def test_a_form_that_was_opened_before_the_submission_changes_nothing_after_it(client, draft, writer):
    client.force_login(writer)
    publishing.submit(draft, by=writer)
    answer = client.post(page_of(draft), {"title": "Sửa lén", "category": draft.category_id})
    draft.refresh_from_db()
    assert (answer.status_code, draft.title) == (403, "Chi trả quà Tết")


def test_permission_to_publish_is_a_right_that_can_be_granted():
    assert Permission.objects.get(codename="publish_article").content_type.model == "article"
