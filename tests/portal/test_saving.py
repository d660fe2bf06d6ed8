"""What keeps a form of the desk from being saved from outside: others who are quicker, a full disk, a row that is gone."""

import errno
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connections, transaction
from django.test import RequestFactory

from hotlines.models import Hotline, Office
from news.models import Article, Category
from polls.models import Poll
from portal.models import Alert, Generation, MenuItem, Page
from tests import hostile
from tests.desk import inline, page_of, said
from tests.factories import make_article, make_category, make_hotline, make_office, make_page, make_poll

PEOPLE = 50
FULL = "Máy chủ hết chỗ lưu tệp."


# --- Fifty at once --------------------------------------------------------------------------------------------------
def forms():
    """{model: what fifty people send at once}"""
    category = make_category(name="Có sẵn")
    article = {"title": "Cùng một tựa", "category": category.pk, **inline("attachments")}
    return {
        Article: article,
        Category: {"name": "Cùng một tên", "order": 1},
        Page: {"title": "Cùng một tựa", "order": 1, "is_public": "on"},
        Office: {"name": "Cùng một tên", "kind": "division", "order": 1, **inline("hotlines")},
        Group: {"name": "Cùng một tên"},
    }


@pytest.mark.django_db(transaction=True)
def test_of_fifty_who_create_the_same_at_once_each_is_answered_and_a_name_is_given_once(admin_user):
    Generation.objects.get_or_create(id=1)
    started = threading.Barrier(10)

    def send(model, sent, number):
        if number < 10:
            started.wait(30)
        request = RequestFactory().post("/", sent)
        request.user, request._messages, request._dont_enforce_csrf_checks = admin_user, CookieStorage(request), True
        try:
            answer = admin.site.get_model_admin(model).changeform_view(request)
            errors = answer.context_data["errors"] if answer.status_code == 200 else []
            return answer.status_code, bool(errors)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        for model, sent in forms().items():
            before = model.objects.count()
            answers = sorted(pool.map(lambda n, m=model, s=sent: send(m, s, n), range(PEOPLE)))
            saved = PEOPLE if model is Article else 1
            assert answers == [(200, True)] * (PEOPLE - saved) + [(302, False)] * saved, model
            assert model.objects.count() - before == saved, model
    assert len(set(Article.objects.values_list("pk", flat=True))) == PEOPLE


@pytest.mark.django_db
def test_what_the_database_refuses_and_the_form_does_not_know_is_not_tried_for_ever(admin_client, monkeypatch):
    tried = []

    def save(*_args, **_kwargs):
        tried.append(1)
        raise IntegrityError("no")

    monkeypatch.setattr(Alert, "save", save)
    sent = {"level": "notice", "text": "Bão", "starts_at_0": "01/01/2026", "starts_at_1": "00:00"}
    with pytest.raises(IntegrityError):
        admin_client.post("/quan-tri/portal/alert/add/", sent)
    assert len(tried) == 2


# --- A full disk ----------------------------------------------------------------------------------------------------
@pytest.fixture
def full_disk(monkeypatch):
    def no_room(*_args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", no_room)


def picture():
    return SimpleUploadedFile("a.png", hostile.encoded(hostile.noise(), "PNG"))


@pytest.mark.django_db
def test_on_a_full_disk_the_text_comes_back_and_nothing_is_saved(admin_client, full_disk):
    row = {"file": SimpleUploadedFile("a.txt", b"abc"), "title": "Tệp", "order": 1}
    sent = {"title": "Bài dài", "category": make_category().pk, **inline("attachments", row)}
    answer = admin_client.post("/quan-tri/news/article/add/", sent)
    assert (answer.status_code, Article.objects.count()) == (200, 0)
    assert (said(answer)[0].startswith(FULL), 'value="Bài dài"' in answer.content.decode()) == (True, True)
    for address in ("/quan-tri/portal/banner/add/", "/quan-tri/news/picture/add/"):
        sent = {
            "title": "B",
            "alt": "Ảnh",
            "image": picture(),
            "upload": picture(),
            "order": 1,
            "focal_x": 5,
            "focal_y": 5,
            "place": "column",
        }
        answer = admin_client.post(address, sent | {"starts_at_0": "01/01/2026", "starts_at_1": "00:00"})
        assert (answer.status_code, said(answer)[0][:24]) == (200, FULL), address
    answer = admin_client.post("/quan-tri/news/picture/kho/tai-len/", {"upload": picture(), "alt": "Ảnh"})
    assert (answer.status_code, answer.json()["errors"][0].startswith(FULL)) == (422, True)


@pytest.mark.django_db
@pytest.mark.parametrize("moment", ["__init__", "write"])
def test_a_disk_that_is_full_before_the_file_arrived_loses_no_text_either(admin_client, monkeypatch, settings, moment):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10

    def no_room(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(f"django.core.files.uploadedfile.TemporaryUploadedFile.{moment}", no_room, raising=False)
    row = {"file": SimpleUploadedFile("a.txt", b"abc" * 100), "title": "Tệp", "order": 1}
    sent = {"title": "Bài dài", "category": make_category().pk, **inline("attachments", row)}
    answer = admin_client.post("/quan-tri/news/article/add/", sent)
    assert (answer.status_code, Article.objects.count()) == (200, 0)
    assert [error for error in said(answer) if error.startswith(FULL)]


@pytest.mark.django_db
def test_another_fault_of_the_disk_is_a_fault(admin_client, monkeypatch):
    monkeypatch.setattr(FileSystemStorage, "_save", lambda *_: (_ for _ in ()).throw(PermissionError(13, "no")))
    row = {"file": SimpleUploadedFile("a.txt", b"abc"), "title": "Tệp", "order": 1}
    sent = {"title": "Bài", "category": make_category().pk, **inline("attachments", row)}
    with pytest.raises(PermissionError):
        admin_client.post("/quan-tri/news/article/add/", sent)


# --- Rows that are gone ---------------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("make", [make_category, make_office, make_hotline, make_poll])
def test_a_stale_form_of_a_deleted_row_is_told_so_and_writes_nothing(admin_client, make):
    row = make()
    model, address, delete = type(row), page_of(row), page_of(row, "delete")
    row.delete()
    for path, sent in ((address, {"name": "Sửa", "question": "Sửa?"}), (delete, {"post": "yes"})):
        answer = admin_client.post(path, sent, follow=True)
        assert answer.redirect_chain == [("/quan-tri/", 302)]
        assert "Có thể mục này đã bị xóa?" in answer.content.decode()
    assert model.objects.count() == 0


@pytest.mark.django_db
def test_a_stale_row_inside_a_form_is_refused_in_words(admin_client):
    office = make_office()
    line = make_hotline(office=office)
    row = {"id": line.pk, "office": office.pk, "purpose": "Sửa", "number": "113", "order": 1}
    sent = {"name": office.name, "kind": "division", "order": 1, **inline("steps"), **inline("hotlines", row)}
    sent["hotlines-INITIAL_FORMS"] = 1
    line.delete()
    answer = admin_client.post(page_of(office), sent)
    assert (answer.status_code, Hotline.objects.count()) == (200, 0)
    assert said(answer)


@pytest.mark.django_db
def test_a_list_edited_while_a_row_was_deleted_is_no_fault(admin_client):
    stays, goes = make_hotline(), make_hotline()
    goes_pk = goes.pk
    goes.delete()
    sent = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 2, "_save": "1", "form-0-id": stays.pk, "form-0-order": 7,
            "form-1-id": goes_pk, "form-1-order": 8}  # fmt: skip
    assert admin_client.post("/quan-tri/hotlines/hotline/", sent).status_code in {200, 302}
    assert Hotline.objects.count() == 1


# --- Circles --------------------------------------------------------------------------------------------------------
def trees():
    one, two = make_category(), make_category()
    yield Category, one.pk, two.pk
    yield Office, make_office().pk, make_office().pk
    yield Page, make_page(title="Một").pk, make_page(title="Hai").pk
    yield MenuItem, *(MenuItem.objects.create(label=label, target="none").pk for label in "ab")


@pytest.mark.django_db
def test_the_database_lets_nothing_stand_below_itself():
    for model, one, two in trees():
        rows = model.objects
        rows.filter(pk=two).update(parent=one)
        for pk, parent in ((one, two), (one, one)):
            with pytest.raises(IntegrityError), transaction.atomic():
                rows.filter(pk=pk).update(parent=parent)
        rows.filter(pk__in=[one, two]).update(parent=None)  # and what stands rightly can be turned round
        rows.filter(pk=one).update(parent=two)


@pytest.mark.django_db(transaction=True)
def test_two_who_put_each_below_the_other_at_once_make_no_circle():
    Generation.objects.get_or_create(id=1)
    one, two, start = make_category(), make_category(), threading.Barrier(2)

    def move(pk, parent):
        try:
            with transaction.atomic():
                start.wait(30)
                Category.objects.filter(pk=pk).update(parent=parent)
            return "moved"
        except IntegrityError:
            return "refused"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        for _ in range(10):
            Category.objects.update(parent=None)
            answers = pool.map(lambda pair: move(*pair), [(one.pk, two.pk), (two.pk, one.pk)])
            assert sorted(answers) == ["moved", "refused"]


# --- Words that are hardly words ------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize("words", ["🎉🎉🎉", "…", "!!!", "\u202e\u202d", "   ", "\u00a0\u200b"])
def test_a_title_without_letters_has_an_address_or_is_refused_in_words(admin_client, reader, words):
    sent = {"title": words, "category": make_category().pk, **inline("attachments")}
    answer = admin_client.post("/quan-tri/news/article/add/", sent)
    if answer.status_code == 302:
        article = make_article(pk=Article.objects.get().pk, title=words)
        assert reader.get(article.get_absolute_url()).status_code == 200
    else:
        assert said(answer)
        assert not Article.objects.exists()
    for model, fields in (("category", {"name": words}), ("page", {"title": words, "is_public": "on"})):
        address = f"/quan-tri/{'news' if model == 'category' else 'portal'}/{model}/add/"
        refused = admin_client.post(address, {"order": 1, **fields})
        assert (refused.status_code, len(said(refused)) > 0) == (200, True)


@pytest.mark.django_db
def test_a_title_that_turns_the_line_round_is_straightened(admin_client):
    sent = {"title": "Đơn\u202efdp.exe\u2066 xin\u200f", "category": make_category().pk, **inline("attachments")}
    admin_client.post("/quan-tri/news/article/add/", sent)
    assert Article.objects.get().title == "Đơnfdp.exe xin"
    sent["title"] = "a" * 500
    assert [error for error in said(admin_client.post("/quan-tri/news/article/add/", sent)) if "500" in error]


# --- Moments --------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_what_ends_before_it_begins_and_days_that_do_not_exist_are_refused_in_words(admin_client):
    early, late, never, nul = (
        {"0": day, "1": "00:00"} for day in ("01/01/2026", "02/01/2026", "30/02/2026", "01/01/0000")
    )
    odd = {"0": "01/01/2026", "1": "25:61"}
    article = {"title": "Bài", "category": make_category().pk, **inline("attachments")}
    poll = {"question": "Hỏi?", "max_choices": 1, "results_shown": "always", **inline("options")}
    forms = {
        "portal/alert": ({"level": "notice", "text": "Bão"}, "starts_at", "ends_at"),
        "polls/poll": (poll, "opens_at", "closes_at"),
        "news/article": (article, "published_at", "expires_at"),
    }
    for name, (fields, first, last) in forms.items():
        for begins, ends in ((late, early), (early, early), (early, never), (nul, late), (early, odd)):
            moments = {f"{field}_{n}": v for field, at in ((first, begins), (last, ends)) for n, v in at.items()}
            answer = admin_client.post(f"/quan-tri/{name}/add/", fields | moments)
            assert (answer.status_code, len(said(answer)) > 0) == (200, True), (name, begins, ends)
    assert (Alert.objects.count(), Poll.objects.count(), Article.objects.count()) == (0, 0, 0)
    assert User.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["abc", "0", "-1", "１", "10" * 10, "1" + "0" * 20, "%00", "1.5", "", "last", "٣"])
def test_any_number_of_a_page_is_answered(reader, page):
    make_article()
    for path in ("/tin-tuc/", "/tim-kiem/?q=a&", "/binh-chon/"):
        answer = reader.get(f"{path}{'' if '?' in path else '?'}page={page}")
        assert answer.status_code in {200, 400, 404}, path
