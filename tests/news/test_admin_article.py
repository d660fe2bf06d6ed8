"""The article on an editor's desk: written, illustrated, published, withdrawn."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from news.models import Article, Attachment
from tests.desk import inline, page_of, said, sign_in, stamped
from tests.factories import make_article, make_category, make_office

pytestmark = pytest.mark.django_db
ADD = "/quan-tri/news/article/add/"
LIST = "/quan-tri/news/article/"
State = Article.State


@pytest.fixture
def form():
    """Function: what the browser sends for an article with these fields and attachments."""
    category = make_category(name="Văn hóa - Xã hội")

    def filled(*attachments, **fields):
        return {"title": "Đảm bảo an sinh", "category": category.pk, **fields} | inline("attachments", *attachments)

    return filled


def heard(response):
    """What the page after the next says to the editor."""
    return [str(message) for message in response.context["messages"]]


# --- Writing --------------------------------------------------------------------------------------------------------
def test_an_editor_writes_an_article_and_stands_behind_it(admin_client, admin_user, form):
    office = make_office(name="Phòng Lao động")
    sent = form(
        lead="Tóm tắt", body="<p>Nội dung</p>", office=office.pk, published_at_0="22/01/2025", published_at_1="16:12"
    )
    assert admin_client.post(ADD, sent).url == LIST
    article = Article.objects.get()
    assert (article.title, article.body, article.byline) == ("Đảm bảo an sinh", "<p>Nội dung</p>", "Phòng Lao động")
    assert article.published_at == datetime(2025, 1, 22, 9, 12, tzinfo=UTC)
    assert (article.state, article.created_by, article.updated_by) == (State.DRAFT, admin_user, admin_user)


def test_whoever_changes_an_article_is_remembered_beside_its_author(admin_client, admin_user, form):
    admin_client.post(ADD, form())
    article = Article.objects.get()
    sign_in("news.change_article", "news.view_article").post(page_of(article), stamped(article) | form(title="Sửa lại"))
    article.refresh_from_db()
    names = (article.title, article.created_by.username, article.updated_by.username)
    assert names == ("Sửa lại", admin_user.username, "nhanvien")


def test_what_the_editor_writes_is_cleaned(admin_client, form):
    body = (
        '<p onclick="x()" style="text-align: center">Chào<script>alert(1)</script></p><iframe src="//xau.vn"></iframe>'
    )
    admin_client.post(ADD, form(body=body))
    assert Article.objects.get().body == '<p class="align-center">Chào</p>'


def test_the_state_is_no_field_of_the_form(admin_client, form):
    admin_client.post(ADD, form(state="published"))
    assert Article.objects.get().state == State.DRAFT
    assert 'name="state"' not in admin_client.get(page_of(Article.objects.get())).content.decode()


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"title": "🙂 !!!"}, "Tiêu đề phải có chữ cái hoặc chữ số."),
        ({"title": "\u200b"}, "Mục này không được để trống."),
        ({"title": "a" * 301}, "Tối đa 300 ký tự (hiện có 301)."),
        ({"published_at_0": "30/02/2025", "published_at_1": "08:00"}, "Hãy nhập ngày hợp lệ, ví dụ 22/01/2025."),
        ({"published_at_0": "22/01/2025", "published_at_1": "25:00"}, "Hãy nhập giờ hợp lệ, ví dụ 16:12."),
        ({"published_at_0": "22/01/2025", "published_at_1": "08:00", "expires_at_0": "21/01/2025", "expires_at_1": "08:00"},
         "Thời điểm hết hạn phải sau thời điểm xuất bản."),
        ({"body": "a" * 1_000_001}, "Nội dung dài quá 1.000.000 ký tự."),
        ({"category": "999999"}, "Lựa chọn này không có trong danh sách."),
    ],
)  # fmt: skip
def test_a_fault_is_refused_in_words_and_nothing_is_stored(admin_client, form, wrong, error):
    assert said(admin_client.post(ADD, form(**wrong)))[0] == error
    assert not Article.objects.exists()


def test_the_category_is_chosen_from_the_tree(admin_client, form):
    make_category(name="Bảo trợ", parent=make_category(name="An sinh", order=1))
    choices = admin_client.get(ADD).context["adminform"].form.fields["category"].choices
    assert [label for value, label in choices if value] == ["An sinh", "\u2003Bảo trợ", "Văn hóa - Xã hội"]


def test_attachments_are_added_with_the_article(form):
    writer = sign_in("news.add_article", "news.change_article")
    file = SimpleUploadedFile("bieu.csv", b"a,b\n")
    writer.post(ADD, form({"title": "Biểu mẫu", "file": file, "order": "1"}))
    attachment = Attachment.objects.get()
    assert (attachment.title, attachment.size, attachment.kind) == ("Biểu mẫu", 4, "CSV")
    page = SimpleUploadedFile("trang.html", b"<script>alert(1)</script>")
    refused = writer.post(ADD, form({"title": "Biểu mẫu", "file": page, "order": "1"}))
    assert "Không nhận tệp có phần mở rộng “html”." in said(refused)[0]


# --- The list -------------------------------------------------------------------------------------------------------
def test_the_list_begins_with_what_is_still_to_be_published_and_says_what_readers_see(admin_client, text_of):
    now = timezone.now()
    make_article(title="Cũ", published_at=now - timedelta(days=9))
    make_article(title="Hết hạn", published_at=now - timedelta(days=2), expires_at=now - timedelta(days=1))
    make_article(title="Hẹn", published_at=now + timedelta(days=2))
    make_article(title="Nháp", state=State.DRAFT, published_at=None)
    rows = admin_client.get(LIST).context["cl"].result_list
    assert [row.title for row in rows] == ["Nháp", "Hẹn", "Hết hạn", "Cũ"]
    shown = text_of(admin_client.get(LIST))
    assert [state for state in ("nháp", "hẹn giờ", "hết hạn", "đã xuất bản") if state not in shown] == []


def test_only_a_public_article_has_a_link_to_the_portal(admin_client):
    public, draft = make_article(), make_article(state=State.DRAFT)
    assert f'href="{public.get_absolute_url()}"' in admin_client.get(page_of(public)).content.decode()
    assert f'href="{draft.get_absolute_url()}"' not in admin_client.get(page_of(draft)).content.decode()
