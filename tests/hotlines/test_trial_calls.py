"""Trial calls: the verb, the queue, the history; and the numbers that were."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from hotlines import checking
from hotlines.models import Check, FormerNumber, Hotline
from portal.lib import clock
from tests.desk import inline, page_of, said, sign_in
from tests.factories import make_hotline, make_office

pytestmark = pytest.mark.django_db
TODAY = clock.local_day()
QUEUE = "/quan-tri/hotlines/hotline/can-kiem-tra/"


@pytest.fixture
def clerk():
    return User.objects.create_user("lan")


def state(line):
    line.refresh_from_db()
    return line.checked_on, line.next_check_on


@pytest.mark.parametrize(
    ("result", "after"),
    [
        ("answered", (TODAY, TODAY + timedelta(90))),
        ("no_answer", (TODAY - timedelta(200), TODAY - timedelta(110))),
        ("wrong", (None, None)),
    ],
)
def test_a_call_is_kept_and_sets_the_next_one(clerk, result, after):
    line = make_hotline(checked_on=TODAY - timedelta(200))
    checking.record(line, result, by=clerk, note="Máy bận")
    assert state(line) == after
    kept = line.checks.get()
    assert (kept.by, kept.result, kept.note, kept.called) == (
        *(clerk, result, "Máy bận"), f"{line.office} – Tiếp công dân: 024.62933647",
    )  # fmt: skip
    assert LogEntry.objects.get().get_change_message()
    assert (line in Hotline.objects.due()) is (result == "wrong")


def test_a_call_in_vain_hides_from_nobody_that_the_number_is_not_confirmed_and_comes_back_in_three_days(clerk, reader):
    late, never, fresh = (make_hotline(checked_on=day) for day in (TODAY - timedelta(91), None, TODAY))
    for line in (late, never, fresh):
        checking.record(line, "no_answer", by=clerk)
    assert state(late) == (TODAY - timedelta(91), TODAY - timedelta(1))
    assert (state(never), state(fresh)) == ((None, None), (TODAY, TODAY + timedelta(3)))
    page = reader.get("/duong-day-nong/").content.decode()
    assert page.count('class="late"') == 2
    noon = clock.midnight(TODAY) + timedelta(hours=12)
    waiting = [set(Hotline.objects.due(noon + timedelta(days=n))) for n in (0, 2, 3)]
    assert waiting == [set(), set(), {late, never, fresh}]
    assert Hotline.objects.due(noon + timedelta(days=3)).get(pk=late.pk).heard == "no_answer"


def test_a_changed_number_takes_its_place_and_the_old_one_is_remembered(clerk):
    line = make_hotline(extension="12")
    checking.record(line, "changed", by=clerk, new_number="024.38585652")
    line.refresh_from_db()
    assert (line.number, line.dialled, line.extension) == ("024.38585652", "+842438585652", "")
    was = FormerNumber.objects.get()
    assert (was.hotline_pk, was.number, was.replaced_by, was.office_name) == (
        *(line.pk, "024.62933647", "024.38585652", line.office.name),
    )
    assert line in Hotline.objects.due()  # the new one wants to be tried, too


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"result": "answered", "called": "+84868216873"}, "vừa được người khác sửa"),
        ({"result": "changed"}, "Số mới phải đi cùng"),
        ({"result": "answered", "new_number": "113"}, "Số mới phải đi cùng"),
        ({"result": "changed", "new_number": "abc"}, "không phải là số điện thoại"),
        ({"result": "changed", "new_number": "113"}, "đã có số này"),
        ({"result": "xyz"}, "không phải là lựa chọn hợp lệ"),
    ],
)
def test_a_call_that_cannot_be_is_refused_and_nothing_changes(clerk, sent, why):
    line = make_hotline()
    make_hotline(office=line.office, number="113")
    with pytest.raises(ValidationError) as refusal:
        checking.record(line, sent.pop("result"), by=clerk, **sent)
    assert why in " ".join(refusal.value.messages)
    line.refresh_from_db()
    assert (line.number, Check.objects.count(), FormerNumber.objects.count()) == ("024.62933647", 0, 0)


def test_calls_only_grow_and_outlive_hotline_and_caller(clerk):
    line = make_hotline()
    check = checking.record(line, "answered", by=clerk)
    for change in (lambda: Check.objects.update(result="wrong"), Check.objects.all().delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    line.delete()
    other = User.objects.create_user("hoa")
    Check.objects.create(called="x", by=other, result="answered")
    other.delete()
    assert list(Check.objects.order_by("pk").values_list("called", "hotline", "by")) == [
        (check.called, None, clerk.pk), ("x", None, None),
    ]  # fmt: skip


def test_every_way_of_losing_a_number_is_remembered():
    office = make_office(name="Phòng Y tế")
    lines = [make_hotline(office=office, number=f"024.3858565{n}") for n in range(4)]
    lines[0].number = "113"
    lines[0].save()
    Hotline.objects.filter(pk=lines[1].pk).update(dialled="114")
    lines[2].delete()
    lines[3].note = "Không đổi số"
    lines[3].save()
    assert FormerNumber.objects.count() == 3
    office.delete()
    assert FormerNumber.objects.count() == 6
    assert set(FormerNumber.objects.values_list("office_name", flat=True)) == {"Phòng Y tế"}


# --- The queue --------------------------------------------------------------------------------------------------------
def test_the_queue_holds_what_is_due_the_longest_waiting_first(admin_client, admin_user):
    fresh = make_hotline(checked_on=TODAY)
    late = make_hotline(checked_on=TODAY - timedelta(100), owner=admin_user)
    later = make_hotline(checked_on=TODAY - timedelta(300))
    never = make_hotline()
    make_hotline(office=make_office(valid_to=TODAY))  # nobody calls an office that has ended
    rows = [line for line, form in admin_client.get(QUEUE).context["rows"]]
    assert rows == [never, later, late] and fresh not in rows
    assert [line for line, form in admin_client.get(QUEUE, {"mine": "1"}).context["rows"]] == [late]
    assert admin_client.get("/quan-tri/hotlines/hotline/?due=yes").context["cl"].result_count == 3


def call(line, **sent):
    return {"hotline": line.pk, "called": line.dialled, "result": "answered", **sent}


def test_a_call_is_recorded_in_place_and_seen_in_the_history(admin_client, text_of):
    line, other = make_hotline(), make_hotline()
    answer = admin_client.post(QUEUE, call(line, note="Chị Hoa nghe máy"), follow=True)
    assert "Đã ghi:" in text_of(answer)
    assert [one for one, form in answer.context["rows"]] == [other]
    form = text_of(admin_client.get(page_of(line)))
    assert "có người nghe, đúng nơi · Chị Hoa nghe máy · admin" in form


def test_a_refused_call_loses_nothing(admin_client):
    line = make_hotline()
    page = admin_client.post(QUEUE, call(line, result="changed", new_number="abc", note="Nghe nói đã đổi"))
    assert page.status_code == 200
    assert "“abc” không phải là số điện thoại" in page.content.decode()
    assert 'value="Nghe nói đã đổi"' in page.content.decode()
    for nonsense in ({}, {"hotline": "x", "result": "y"}, {"hotline": 10**30, "called": "\u202e"}):
        assert admin_client.post(QUEUE, nonsense).status_code == 200
    assert not Check.objects.exists()


def test_only_who_may_add_trial_calls_records_them():
    line = make_hotline()
    viewer = sign_in("hotlines.view_hotline")
    assert 'name="result"' not in viewer.get(QUEUE).content.decode()
    assert viewer.post(QUEUE, call(line)).status_code == 403
    User.objects.update(username="khac")
    caller = sign_in("hotlines.view_hotline", "hotlines.add_check")
    assert caller.post(QUEUE, call(line)).status_code == 302
    assert Check.objects.count() == 1


def test_strangers_to_hotlines_see_no_queue():
    assert sign_in("news.view_article").get(QUEUE).status_code == 403


# --- The form ---------------------------------------------------------------------------------------------------------
def test_a_number_that_others_have_is_taken_with_a_warning(admin_client, text_of):
    make_hotline(office=make_office(name="Phòng Y tế"))
    sent = {"office": make_office().pk, "purpose": "Cấp cứu", "number": "(024) 6293 3647", "order": 1}
    answer = admin_client.post("/quan-tri/hotlines/hotline/add/", sent, follow=True)
    assert "Số này cũng đang dùng ở: Phòng Y tế – Tiếp công dân." in text_of(answer)
    assert Hotline.objects.count() == 2


def test_a_number_that_is_added_in_the_form_of_its_office_is_looked_for_elsewhere_too(admin_client, text_of):
    make_hotline(office=make_office(name="Phòng Y tế"))
    office = make_office(name="Phường mới")
    lines = inline("hotlines", {"office": office.pk, "purpose": "Cấp cứu", "number": "02462933647", "order": 1})
    sent = {"name": office.name, "kind": "ward", "order": 1, "is_listed": "on"}
    answer = admin_client.post(page_of(office), sent | lines | inline("steps"), follow=True)
    assert "Số này cũng đang dùng ở: Phòng Y tế – Tiếp công dân." in text_of(answer)
    assert office.hotlines.get().dialled == "+842462933647"


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"duty": "giờ hành chính"}, "Không hiểu “giờ hành chính”"),
        ({"extension": "a1"}, "Máy lẻ chỉ gồm chữ số."),
        ({"checked_on": "01/01/2100"}, "Ngày này chưa tới."),
        ({"checked_on": "22/01/2025", "next_check_on": "21/01/2025"}, "Lần kiểm tra sau phải sau lần trước."),
        ({"is_switchboard": "on"}, "Cơ quan này đã có tổng đài."),
    ],
)
def test_a_form_with_a_fault_is_refused_in_words(admin_client, fields, why):
    office = make_hotline(is_switchboard=True).office
    sent = {"office": office.pk, "purpose": "Cấp cứu", "number": "113", "order": 1, **fields}
    page = admin_client.post("/quan-tri/hotlines/hotline/add/", sent)
    assert (page.status_code, why in page.content.decode()) == (200, True)


def test_an_office_ends_and_names_its_successors(admin_client):
    office, heir = make_office(name="Phòng cũ"), make_office(name="Phường mới")
    sent = {"name": office.name, "kind": "division", "order": 1, "is_listed": "on", "valid_to": "01/07/2025"}
    steps = inline("steps", {"former": office.pk, "successor": heir.pk, "legal_basis": "Nghị quyết số 1"})
    assert admin_client.post(page_of(office), sent | inline("hotlines") | steps).status_code == 302
    assert [step.successor for step in office.steps.all()] == [heir]
    sent["valid_from"] = "01/07/2025"
    page = admin_client.post(page_of(office), sent | inline("hotlines") | inline("steps"))
    assert "kết thúc" in " ".join(said(page))
