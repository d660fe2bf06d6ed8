"""The buttons of the form, the queue of those who approve, whole batches: as a browser without JavaScript uses them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from news import publishing
from news.models import Article
from tests.desk import inline, page_of, said, stamped
from tests.factories import make_article, make_category

pytestmark = pytest.mark.django_db
LIST, QUEUE = "/quan-tri/news/article/", "/quan-tri/news/article/cho-duyet/"
State = Article.State


def browser_of(name, group=None, **fields):
    """The browser of a new member of `group`; `.user` is who sits before it."""
    user = User.objects.create_user(name, is_staff=True, **fields)
    if group:
        user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def writer():
    return browser_of("ha", "Phóng viên", first_name="Trần Thu", last_name="Hà")


@pytest.fixture
def editor():
    return browser_of("nam", "Biên tập viên")


@pytest.fixture
def approver():
    return browser_of("minh", "Người duyệt")


@pytest.fixture
def written(writer):
    """Function: an article by the writer."""
    return lambda **fields: make_article(
        **{"state": State.DRAFT, "published_at": None, "created_by": writer.user, "updated_by": writer.user, **fields}
    )


@pytest.fixture
def waiting(writer, written):
    """Function: an article of the writer that waits for approval."""
    return lambda **fields: publishing.submit(written(**fields), by=writer.user)


def heard(response):
    return [str(message) for message in response.context["messages"]]


def verb(article, word):
    return f"/quan-tri/news/article/{article.pk}/{word}/"


def buttons(page):
    """Addresses and names of the buttons that lead an article on."""
    source = page.content.decode()
    words = re.findall(r'formaction="/quan-tri/news/article/\d+/([a-z-]+)/"', source)
    way = [word for word in words if word not in {"kiem-tra", "xem-thu"}]
    return way + re.findall(r'name="(_submit)"', source)


# --- The form ---------------------------------------------------------------------------------------------------------
def test_a_writer_sends_what_was_just_written(writer):
    sent = {"title": "Tin", "category": make_category().pk, "_submit": "x"} | inline("attachments")
    answer = writer.post(f"{LIST}add/", sent, follow=True)
    article = Article.objects.get()
    assert (article.state, article.submitted_by, article.created_by) == (State.WAITING, writer.user, writer.user)
    assert heard(answer) == ["Đã trình duyệt bài “Tin”."]
    assert answer.redirect_chain[-1][0] == page_of(article)


@pytest.mark.parametrize(
    ("state", "of_writer", "of_editor", "of_approver"),
    [
        (State.DRAFT, ["_submit"], ["_submit"], ["_submit"]),
        (State.RETURNED, ["_submit"], ["_submit"], ["_submit"]),
        (State.WAITING, ["lay-lai"], ["lay-lai"], ["xuat-ban", "tra-lai", "lay-lai"]),
        (State.PUBLISHED, ["sua-bai"], ["sua-bai"], ["go-bai", "sua-bai"]),
        (State.WITHDRAWN, ["sua-bai"], ["sua-bai"], ["sua-bai"]),
    ],
)
def test_the_form_offers_each_what_they_may_do(
    writer, editor, approver, written, state, of_writer, of_editor, of_approver
):
    article = written(state=state, published_at=timezone.now(), reason="Lý do")
    offered = [buttons(client.get(page_of(article))) for client in (writer, editor, approver)]
    assert offered == [of_writer, of_editor, of_approver]


@pytest.mark.parametrize("state", State.values)
def test_only_drafts_and_returned_articles_have_fields(writer, editor, written, state):
    article = written(state=state, published_at=timezone.now(), reason="Lý do", body="<h2>Đầu mục</h2>")
    for client in (writer, editor):
        page = client.get(page_of(article)).content.decode()
        assert ('id="id_title"' in page) == (state in {"draft", "returned"})
        assert ('<div class="body-now"><h2>Đầu mục</h2></div>' in page) == (state not in {"draft", "returned"})


def test_a_superuser_may_not_change_what_waits_either(admin_client, waiting):
    article = waiting()
    assert admin_client.post(page_of(article), {"title": "Sửa lén"}).status_code == 403


def test_a_writer_sees_drafts_of_others_neither_listed_nor_by_their_address(writer, editor, written):
    own = written()
    foreign = make_article(title="Mật", state=State.DRAFT, created_by=editor.user)
    public = make_article()
    listed = writer.get(LIST).context["cl"].result_list
    assert {article.pk for article in listed} == {own.pk, public.pk}
    assert writer.get(page_of(foreign)).status_code == 302
    assert writer.get(verb(foreign, "trinh-duyet")).status_code == 404
    assert {article.pk for article in editor.get(LIST).context["cl"].result_list} == {own.pk, foreign.pk, public.pk}


def test_the_returned_article_tells_its_author_why(writer, approver, waiting, text_of):
    article = waiting()
    approver.post(verb(article, "tra-lai"), {"reason": "  Thiếu  ngày\n của hội nghị "})
    page = writer.get(page_of(article))
    assert "Thiếu ngày của hội nghị" in text_of(page)
    assert buttons(page) == ["_submit"]


def test_the_choice_of_categories_leaves_out_the_closed_ones(writer):
    closed, opened = make_category(name="Kín"), make_category(name="Mở")
    closed.groups.add(Group.objects.create(name="Công an"))
    choices = writer.get(f"{LIST}add/").context["adminform"].form.fields["category"].choices
    assert [label for value, label in choices if value] == [opened.name]
    refused = writer.post(f"{LIST}add/", {"title": "Tin", "category": closed.pk} | inline("attachments"))
    assert (refused.status_code, Article.objects.exists()) == (200, False)


# --- The verbs --------------------------------------------------------------------------------------------------------
def test_a_button_acts_at_once_and_says_what_readers_see(approver, waiting):
    article = waiting(title="Tin")
    answer = approver.post(verb(article, "xuat-ban"), follow=True)
    assert heard(answer) == ["Đã xuất bản bài “Tin”: người dân đọc được từ bây giờ."]
    assert Article.objects.public().get() == article


def test_a_button_without_its_reason_asks_for_it_and_does_nothing(approver, waiting, text_of):
    article = waiting()
    asked = approver.post(verb(article, "tra-lai"))
    assert (asked.status_code, "Mục này bắt buộc phải điền." in text_of(asked)) == (200, True)
    article.refresh_from_db()
    assert article.state == State.WAITING


def test_the_address_of_a_verb_asks_before_it_acts(approver, waiting, text_of):
    article = waiting()
    page = approver.get(verb(article, "xuat-ban"))
    assert "Người dân đọc được ngay." in text_of(page)
    article.refresh_from_db()
    assert article.state == State.WAITING


def test_who_lacks_the_right_is_refused_and_who_comes_too_late_is_told(writer, approver, waiting):
    article = waiting()
    assert writer.post(verb(article, "xuat-ban")).status_code == 403
    publishing.take_back(article, by=writer.user)
    answer = approver.post(verb(article, "xuat-ban"), follow=True)
    assert heard(answer) == ["Không thể “Xuất bản” khi bài đang ở trạng thái “nháp”."]


def test_withdrawing_with_a_public_reason(approver, text_of, reader):
    article = make_article()
    approver.post(verb(article, "go-bai"), {"reason": "Ghi nhầm ngày", "is_public": "on"})
    gone = reader.get(article.get_absolute_url())
    assert (gone.status_code, "Ghi nhầm ngày" in text_of(gone)) == (410, True)


def test_revising_opens_the_copy_and_says_that_readers_keep_the_old_text(writer, written):
    online = written(title="Tin", state=State.PUBLISHED, published_at=timezone.now())
    answer = writer.post(verb(online, "sua-bai"), follow=True)
    copy = Article.objects.get(replaces=online)
    assert answer.redirect_chain[-1][0] == page_of(copy)
    assert heard(answer)[0].startswith("Đây là bản sửa của bài “Tin”")
    page = writer.get(page_of(online)).content.decode()
    assert f'href="{page_of(copy)}"' in page and "sua-bai" not in page


def test_a_superuser_alone_is_asked_for_a_reason(admin_client, admin_user, text_of):
    article = make_article(state=State.DRAFT, created_by=admin_user, updated_by=admin_user)
    publishing.submit(article, by=admin_user)
    answer = admin_client.post(verb(article, "xuat-ban"), follow=True)
    assert heard(answer)[0].startswith("Bạn là người sửa bài này sau cùng. Muốn tự duyệt một mình")
    admin_client.post(verb(article, "xuat-ban"), {"reason": "Khẩn cấp"})
    assert Article.objects.public().get() == article


@pytest.mark.parametrize("pk", ["0", "999999", "9" * 18])
def test_a_verb_for_an_article_that_is_not_there_is_404(admin_client, pk):
    assert admin_client.post(f"/quan-tri/news/article/{pk}/xuat-ban/").status_code == 404


def test_what_citizens_could_read_is_not_deleted(admin_client, written):
    for state in State.values:
        article = written(state=state, published_at=timezone.now(), reason="x")
        answer = admin_client.post(page_of(article, "delete"), {"post": "yes"})
        gone = not Article.objects.filter(pk=article.pk).exists()
        assert (state, answer.status_code, gone) == (state, *((302, True) if article.is_editable else (403, False)))


# --- The queue --------------------------------------------------------------------------------------------------------
def test_the_queue_begins_with_what_has_waited_longest(approver, waiting):
    late, early = waiting(title="Mới"), waiting(title="Cũ")
    Article.objects.filter(pk=early.pk).update(submitted_at=timezone.now() - timedelta(days=2))
    make_article(state=State.DRAFT)
    page = approver.get(QUEUE)
    assert [article for article, *_rest in page.context["rows"]] == [early, late]
    assert "đã chờ 2\xa0ngày" in page.content.decode()


def test_the_queue_is_narrowed_by_category_and_author_and_survives_nonsense(approver, waiting):
    wanted = waiting(category=make_category(name="Y tế"))
    waiting(category=make_category(name="Kinh tế"))
    rows = approver.get(QUEUE, {"category": wanted.category_id, "submitted_by": wanted.submitted_by_id}).context["rows"]
    assert [article for article, *_rest in rows] == [wanted]
    for nonsense in ("x", "-1", "9" * 40, "１"):
        assert approver.get(QUEUE, {"category": nonsense, "page": nonsense}).status_code == 200


def test_from_the_queue_one_publishes_and_returns_and_is_back_in_the_queue(approver, waiting):
    one, two = waiting(), waiting()
    assert approver.post(verb(one, "xuat-ban"), {"from": "queue"}).url == QUEUE
    assert approver.post(verb(two, "tra-lai"), {"from": "queue", "reason": "Sai"}).url == QUEUE
    assert set(Article.objects.values_list("state", flat=True)) == {"published", "returned"}


def test_the_queue_offers_no_button_to_the_last_editor(approver, waiting):
    article = waiting()
    Article.objects.filter(pk=article.pk).update(updated_by=approver.user)
    page = approver.get(QUEUE).content.decode()
    assert "xuat-ban" not in page and "phải có người khác duyệt" in page


def test_the_queue_is_for_those_who_approve_and_leaves_out_closed_categories(writer, editor, approver, waiting):
    article = waiting()
    assert [client.get(QUEUE).status_code for client in (writer, editor, approver)] == [403, 403, 200]
    article.category.groups.add(Group.objects.create(name="Công an"))
    assert approver.get(QUEUE).context["rows"] == []


def test_the_queue_costs_as_many_queries_for_eight_as_for_two(approver, waiting):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert approver.get(QUEUE).status_code == 200
        return len(captured)

    for _ in range(2):
        waiting()
    queries()
    few = queries()
    for _ in range(6):
        waiting()
    assert queries() == few <= 14


# --- Batches ----------------------------------------------------------------------------------------------------------
def batch(client, action, articles, **more):
    chosen = {"_selected_action": [article.pk for article in articles], "action": f"{action}_selected"}
    return client.post(LIST, chosen | more, follow=True)


def test_a_batch_tells_what_will_happen_to_each_before_it_happens(approver, written, waiting, text_of):
    ready, draft = waiting(title="Sẵn sàng"), written(title="Còn nháp")
    page = batch(approver, "publish", [ready, draft])
    assert {article.title: refusal for article, _state, _effect, refusal, _found in page.context["rows"]} == {
        "Sẵn sàng": "",
        "Còn nháp": "Không thể “Xuất bản” khi bài đang ở trạng thái “nháp”.",
    }
    assert not Article.objects.public().exists()
    answer = batch(approver, "publish", [ready, draft], confirmed="1")
    assert sorted(heard(answer)) == [
        "Còn nháp: Không thể “Xuất bản” khi bài đang ở trạng thái “nháp”.",
        "Xuất bản: 1 bài viết.",
    ]
    assert Article.objects.public().get() == ready


def test_a_batch_is_withdrawn_with_one_reason(approver):
    articles = [make_article(), make_article()]
    asked = batch(approver, "withdraw", articles, confirmed="1")
    assert asked.context["form"].errors == {"reason": ["Mục này bắt buộc phải điền."]}
    batch(approver, "withdraw", articles, confirmed="1", reason="Sai số liệu")
    assert list(Article.objects.values_list("state", "reason")) == [("withdrawn", "Sai số liệu")] * 2


def test_a_writer_may_send_a_batch_but_not_publish_one(writer, written):
    articles = [written(), written()]
    assert batch(writer, "submit", articles, confirmed="1").status_code == 200
    assert set(Article.objects.values_list("state", flat=True)) == {"waiting"}
    batch(writer, "publish", articles, confirmed="1")
    assert set(Article.objects.values_list("state", flat=True)) == {"waiting"}


def test_a_batch_with_nothing_possible_offers_no_button(approver, written, text_of):
    page = batch(approver, "withdraw", [written()])
    assert "Không bài nào trong số này làm được việc đó." in text_of(page)
    assert b'class="button default"' not in page.content


# --- What readers see of it, in words ---------------------------------------------------------------------------------
def test_an_article_of_tomorrow_is_announced_with_its_time_and_zone(approver, waiting):
    article = waiting(title="Tin", published_at=datetime(2099, 1, 22, 9, 12, tzinfo=UTC))
    answer = approver.post(verb(article, "xuat-ban"), follow=True)
    assert heard(answer) == ["Bài “Tin” sẽ tự hiện lúc 22/01/2099 16:12, giờ Việt Nam."]
    assert not Article.objects.public().exists()


def test_an_article_whose_time_is_over_is_not_called_readable(approver, waiting):
    now = timezone.now()
    article = waiting(title="Tin", published_at=now - timedelta(days=2), expires_at=now - timedelta(days=1))
    answer = approver.post(verb(article, "xuat-ban"), follow=True)
    assert heard(answer) == ["Bài “Tin” đã xuất bản nhưng đã hết hạn: người dân không thấy."]


def test_an_article_that_expires_before_it_appears_is_not_published(approver, waiting):
    article = waiting(expires_at=timezone.now() - timedelta(days=1))
    answer = approver.post(verb(article, "xuat-ban"), follow=True)
    assert heard(answer) == ["Thời điểm hết hạn phải sau thời điểm xuất bản."]
    article.refresh_from_db()
    assert article.state == State.WAITING


def test_a_revision_keeps_a_publication_time(writer, written):
    online = written(state=State.PUBLISHED, published_at=timezone.now())
    copy = publishing.revise(online, by=writer.user)
    refused = writer.post(page_of(copy), stamped(copy, title="Tin", category=copy.category_id) | inline("attachments"))
    assert said(refused) == ["Bài đã xuất bản phải có thời điểm xuất bản. Muốn ẩn bài, hãy gỡ bài."]


# --- Scheduling -----------------------------------------------------------------------------------------------------
def test_whoever_approves_may_say_when_it_appears_without_becoming_its_last_editor(approver, waiting, writer, reader):
    article = waiting(title="Hẹn giờ")
    assert 'name="at_0"' in approver.get(verb(article, "xuat-ban")).content.decode()
    answer = approver.post(verb(article, "xuat-ban"), {"at_0": "22/01/2099", "at_1": "16:12"}, follow=True)
    article.refresh_from_db()
    assert (article.state, article.updated_by) == ("published", writer.user)
    assert f"{article.published_at:%Y-%m-%d %H:%M}" == "2099-01-22 09:12"
    assert "sẽ tự hiện lúc 22/01/2099 16:12" in answer.content.decode()
    assert reader.get(article.get_absolute_url()).status_code == 404


def test_the_time_that_the_article_bears_is_kept_by_one_click_and_given_up_by_an_empty_box(approver, waiting):
    soon = (timezone.now() + timedelta(days=3)).replace(second=7, microsecond=0)
    kept, moved, at_once = (waiting(published_at=soon) for _ in range(3))
    approver.post(verb(kept, "xuat-ban"))
    page = approver.get(verb(moved, "xuat-ban")).context["form"]["at"]
    day, hour = (f"{timezone.localtime(page.value()):{shape}}" for shape in ("%d/%m/%Y", "%H:%M"))
    approver.post(verb(moved, "xuat-ban"), {"at_0": day, "at_1": hour})
    approver.post(verb(at_once, "xuat-ban"), {"at_0": "", "at_1": ""})
    assert list(Article.objects.filter(pk__in=[kept.pk, moved.pk]).values_list("published_at")) == [(soon,)] * 2
    at_once.refresh_from_db()
    assert Article.objects.public().get() == at_once
    assert timezone.now() - at_once.published_at < timedelta(minutes=1)


def test_a_moment_that_is_over_is_refused_in_words(approver, waiting, text_of):
    article = waiting()
    answer = approver.post(verb(article, "xuat-ban"), {"at_0": "22/01/2025", "at_1": "16:12"})
    assert "Thời điểm này đã qua." in text_of(answer)
    article.refresh_from_db()
    assert article.state == "waiting"


def test_a_revision_keeps_the_time_of_its_article(approver, writer, written):
    online = written(state="published", published_at=timezone.now() - timedelta(days=3))
    copy = publishing.submit(publishing.revise(online, by=writer.user), by=writer.user)
    assert 'name="at_0"' not in approver.get(verb(copy, "xuat-ban")).content.decode()
    publishing.publish(copy, by=approver.user, at=timezone.now() + timedelta(days=3))
    assert Article.objects.get().published_at == online.published_at


# --- The list -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("code", ["draft", "waiting", "returned", "scheduled", "published", "expired", "withdrawn"])
def test_the_list_is_filtered_by_what_citizens_find(approver, written, code):
    now, hour = timezone.now(), timedelta(hours=1)
    for state in ("draft", "waiting", "withdrawn"):
        written(title=state, state=state, published_at=now - hour)
    written(title="returned", state="returned", reason="Thiếu ngày")
    written(title="published", state="published", published_at=now - hour)
    written(title="scheduled", state="published", published_at=now + hour)
    written(title="expired", state="published", published_at=now - 2 * hour, expires_at=now - hour)
    shown = approver.get(LIST, {"state": code}).context["cl"].result_list
    assert [article.title for article in shown] == [code]


def test_ones_own_articles_are_a_click_away(editor, written):
    written(title="Của Hà")
    make_article(title="Của Nam", created_by=editor.user, state=State.DRAFT)
    shown = editor.get(LIST, {"whose": "mine", "state": "draft"}).context["cl"].result_list
    assert [article.title for article in shown] == ["Của Nam"]
