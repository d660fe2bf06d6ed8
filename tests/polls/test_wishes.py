"""After a low choice one optional question; its answer is masked, anonymous, dealt with and published."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry

from polls import voting, wishes
from polls.masking import mask
from polls.models import Wish
from portal.lib import clock
from portal.models import Generation
from tests.desk import page_of, said
from tests.factories import make_office, make_poll, make_profile

pytestmark = pytest.mark.django_db


@pytest.fixture
def poll():
    make_profile()
    poll = make_poll()
    poll.options.filter(text="Chưa tốt").update(is_low=True)
    return poll


def vote(client, poll, text):
    client.get(poll.get_absolute_url())
    return client.post(poll.get_absolute_url(), {"option": poll.options.get(text=text).pk})


def wish(client, poll, text):
    return client.post(f"{poll.get_absolute_url()}thieu-gi/", {"text": text})


def test_only_a_low_choice_is_asked_and_once(reader, poll, text_of):
    question = "Bạn tìm thông tin gì mà không thấy?"
    low = vote(reader, poll, "Chưa tốt")["Location"]
    assert question in text_of(reader.get(low))
    assert wish(reader, poll, "  Lịch cắt điện  ")["Location"] == f"{poll.get_results_url()}?da-gui=1"
    assert question not in text_of(reader.get(low))
    assert wish(reader, poll, "Lần nữa").status_code == 303
    assert Wish.objects.get().text == "Lịch cắt điện"
    reader.cookies.clear()
    assert question not in text_of(reader.get(vote(reader, poll, "Tốt")["Location"]))


def test_who_has_not_voted_sends_nothing(reader, poll):
    assert wish(reader, poll, "abc")["Location"] == poll.get_absolute_url()
    reader.get(poll.get_absolute_url())
    assert wish(reader, poll, "abc")["Location"] == poll.get_absolute_url()
    assert Wish.objects.count() == 0


@pytest.mark.parametrize("text", ["", "   ", "a" * 501, "क़" * 500, "\u200b"])
def test_what_cannot_be_taken_is_said_and_kept(reader, poll, text):
    vote(reader, poll, "Chưa tốt")
    answer = wish(reader, poll, text)
    assert (answer.status_code, Wish.objects.count()) == (400, 0)
    assert 'role="alert"' in answer.content.decode()


def test_the_brake_holds_wishes_too_and_the_text_is_not_lost(reader, poll, settings, text_of):
    vote(reader, poll, "Chưa tốt")
    settings.POLL_SOFT_LIMIT = 0
    answer = wish(reader, poll, "Giờ làm việc thứ Bảy")
    assert (answer.status_code, "Giờ làm việc thứ Bảy" in text_of(answer)) == (400, True)
    settings.POLL_SOFT_LIMIT = 9
    assert wish(reader, poll, "Giờ làm việc thứ Bảy").status_code == 303


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("CCCD 001099012345", "CCCD ••••••••••••"),
        ("gọi 0912 345 678 nhé", "gọi •••••••••••• nhé"),
        ("+84 (912) 345-678", "•••••••••••••••••"),
        ("CMND 123.456.789", "CMND •••••••••••"),
        ("hộ chiếu B1234567", "hộ chiếu ••••••••"),
        ("thẻ HS4010123456789", "thẻ HS•••••••••••••"),
        ("０９１２３４５６７８", "••••••••••"),
        ("a.b@c.vn", "••••••••"),
        ("22.715.200.000 đồng", "22.715.200.000 đồng"),
        ("ngày 22/01/2025 số 42/2022/NĐ-CP", "ngày 22/01/2025 số 42/2022/NĐ-CP"),
        ("gọi 113 hoặc 1900 1234", "gọi 113 hoặc 1900 1234"),
    ],
)
def test_personal_numbers_are_blotted_out(written, kept):
    assert mask(written) == kept


def test_every_path_to_the_database_masks(poll):
    Wish.objects.create(poll=poll, text="0912345678")
    Wish.objects.bulk_create([Wish(poll=poll, text="0912345678")])
    Wish.objects.update(text="gọi 0912345678")
    assert set(Wish.objects.values_list("text", flat=True)) == {"gọi ••••••••••"}


def test_a_wish_is_dealt_with_and_its_answer_published(poll, admin_client, reader, text_of):
    me = voting.identify(poll, voting.new_voter())
    assert wishes.send(poll, me, "Lịch cắt điện <b>", address="203.0.113.7") is True
    assert wishes.send(poll, me, "Lần hai", address="203.0.113.7") is False
    row = Wish.objects.get()
    assert row.due_on == clock.local_day() + timedelta(days=10)
    office = make_office(name="Phòng Kinh tế")
    form = {"state": "answered", "office": office.pk, "due_on": f"{row.due_on:%d/%m/%Y}", "question": "", "answer": ""}
    assert said(admin_client.post(page_of(row), form)) == ["Câu trả lời công bố phải có cả câu hỏi và nội dung."] * 2
    form |= {"question": "Lịch cắt điện ở đâu?", "answer": "Đã có trang riêng.", "link": "javascript:alert(1)"}
    assert len(said(admin_client.post(page_of(row), form))) == 1
    form |= {"link": "/gioi-thieu/"}
    assert admin_client.post(page_of(row), form).status_code == 302
    assert "Wish dealt with" in LogEntry.objects.filter(change_message__contains="verb").get().change_message
    page = text_of(reader.get("/binh-chon/da-bo-sung/"))
    assert "Lịch cắt điện ở đâu?" in page and "Phòng Kinh tế" in page
    assert "Lịch cắt điện &lt;b&gt;" not in page  # the citizen's words stay inside


def test_the_queue_shows_state_office_and_what_is_late(poll, admin_client, text_of):
    day, done = (
        clock.local_day(),
        {"state": "answered", "question": "Xong?", "answer": "Xong.", "answered_on": "2025-01-22"},
    )
    Wish.objects.create(poll=poll, text="Xong", due_on=day - timedelta(days=9), **done)
    Wish.objects.create(poll=poll, text="Mới", due_on=day)
    Wish.objects.create(poll=poll, text="Cũ", due_on=day - timedelta(days=1))
    page = text_of(admin_client.get("/quan-tri/polls/wish/"))
    assert page.index("Cũ") < page.index("Mới") < page.index("Xong?") and "quá hạn" in page
    assert admin_client.get("/quan-tri/polls/wish/add/").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_what_citizens_send_is_no_content_but_an_answer_is():
    Generation.objects.get_or_create(id=1)
    poll = make_poll()
    before = Generation.objects.get().n
    wishes.send(poll, voting.identify(poll, voting.new_voter()), "Lịch cắt điện", address="203.0.113.7")
    assert Generation.objects.get().n == before
    Wish.objects.update(state="answered", question="Ở đâu?", answer="Đây.", answered_on=clock.local_day())
    assert Generation.objects.get().n == before + 1
