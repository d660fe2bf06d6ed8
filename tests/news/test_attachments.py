"""Files on an article: what becomes of their names, who may have them, when they go."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from news.models import Article, Attachment
from tests import hostile
from tests.desk import inline, page_of, sign_in, stamped
from tests.factories import make_article, make_category

pytestmark = pytest.mark.django_db
ADD = "/quan-tri/news/article/add/"
PDF = hostile.PDF % (b"", b"")


def attached(article=None, name="bieu.csv", content=b"a,b\n", **fields):
    return Attachment.objects.create(article=article or make_article(), file=ContentFile(content, name=name), **fields)


def asked(client, address, method="get", **headers):
    """(response, the bytes of its body); who reads to the end closes the file behind it."""
    response = getattr(client, method)(address, headers=headers)
    return response, b"".join(response.streaming_content) if response.streaming else response.content


def test_the_name_of_the_file_becomes_the_title_and_never_the_address(admin_client, tmp_path):
    name = "Biểu mâ\u0303u\u202e số 1.pdf"
    row = {"file": SimpleUploadedFile(name, PDF), "order": "1"}
    admin_client.post(ADD, {"title": "Bài", "category": make_category().pk} | inline("attachments", row))
    attachment = Attachment.objects.get()
    assert (attachment.title, attachment.kind, attachment.size) == ("Biểu mẫu số 1", "PDF", len(PDF))
    assert len(attachment.file.name) == len("attachments/.pdf") + 32


def test_the_page_says_kind_and_size(reader, text_of):
    article = make_article()
    attached(article, title="Mẫu đơn", content=b"x" * 2048)
    assert "Mẫu đơn CSV, 2,0 KB" in text_of(reader.get(article.get_absolute_url()))


def test_a_public_file_is_for_saving_and_asked_for_anew(reader):
    file = attached(title="Mẫu đơn số 1")
    response, body = asked(reader, file.get_absolute_url())
    assert body == b"a,b\n"
    wanted = {
        "Content-Type": "text/csv",
        "Content-Length": "4",
        "Content-Disposition": f'attachment; filename="mau-don-so-1-{file.pk}.csv"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-cache",
        "Accept-Ranges": "none",
    }
    assert {name: response[name] for name in wanted} == wanted
    assert "default-src 'none'" in response["Content-Security-Policy"]
    again, _ = asked(reader, file.get_absolute_url(), **{"if-none-match": response["ETag"]})
    part, whole = asked(reader, file.get_absolute_url(), range="bytes=1-2")
    head, nothing = asked(reader, file.get_absolute_url(), "head")
    assert (again.status_code, part.status_code, whole, nothing) == (304, 200, body, b"")
    assert (head.status_code, head["Content-Length"], head["ETag"]) == (200, "4", response["ETag"])


def test_what_is_not_public_any_more_is_not_given_even_to_who_knows_it(reader):
    file = attached()
    etag = asked(reader, file.get_absolute_url())[0]["ETag"]
    Article.objects.update(state=Article.State.WITHDRAWN)
    for method in ("get", "head"):
        assert asked(reader, file.get_absolute_url(), method, **{"if-none-match": etag})[0].status_code == 404


def test_staff_get_the_files_of_drafts_and_no_cache_keeps_them(reader):
    file = attached(make_article(state=Article.State.DRAFT))
    assert reader.get(file.get_absolute_url()).status_code == 404
    writer = sign_in("news.change_article")
    response, _ = asked(writer, file.get_absolute_url())
    assert (response.status_code, response["Cache-Control"]) == (
        200,
        "max-age=0, no-cache, no-store, must-revalidate, private",
    )
    assert f'href="{file.get_absolute_url()}"' in writer.get(page_of(file.article)).content.decode()


def test_staff_of_another_desk_do_not_get_them():
    file = attached(make_article(state=Article.State.DRAFT))
    assert sign_in("polls.change_poll").get(file.get_absolute_url()).status_code == 404


def test_the_file_goes_with_its_row_but_not_while_another_row_names_it(tmp_path, django_capture_on_commit_callbacks):
    first = attached()
    copy = Attachment.objects.create(article=make_article(), title="Bản sao", file=first.file.name)
    stored = tmp_path / first.file.name
    with django_capture_on_commit_callbacks(execute=True):
        first.article.delete()  # by cascade
    assert stored.exists()
    with django_capture_on_commit_callbacks(execute=True):
        copy.delete()
    assert not stored.exists()


def test_a_replaced_file_goes(tmp_path, django_capture_on_commit_callbacks):
    attachment = attached()
    old = tmp_path / attachment.file.name
    with django_capture_on_commit_callbacks(execute=True):
        attachment.file = ContentFile(b"c,d,e\n", name="moi.csv")
        attachment.save()
    assert (old.exists(), (tmp_path / attachment.file.name).read_bytes(), attachment.size) == (False, b"c,d,e\n", 6)


def test_an_attachment_whose_file_is_lost_can_still_be_renamed(tmp_path):
    attachment = attached()
    (tmp_path / attachment.file.name).unlink()
    attachment = Attachment.objects.get()
    attachment.title = "Tên mới"
    attachment.save()
    assert Attachment.objects.get().title == "Tên mới"


def test_a_form_with_more_rows_than_one_may_add_is_still_saved(admin_client):
    article = make_article(state="draft")
    Attachment.objects.bulk_create(
        Attachment(article=article, file=f"attachments/{n}.csv", title=f"Tệp {n}") for n in range(75)
    )
    form = admin_client.get(page_of(article)).context["inline_admin_formsets"][0].formset
    rows = [
        {"id": row.instance.pk, "article": article.pk, "title": "Số liệu", "order": 100} for row in form.initial_forms
    ]
    given = stamped(article, title=article.title, category=article.category_id, lead="", body="")
    answer = admin_client.post(page_of(article), given | inline("attachments", *rows, initial=75))
    assert answer.status_code == 302
    assert article.attachments.filter(title="Số liệu").count() == 75
