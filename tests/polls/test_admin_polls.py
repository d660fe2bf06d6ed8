"""Polls in the admin: steps are confirmed and logged, results are read only, batches are decided with a reason."""

import json
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from polls import rounds, voting
from polls.models import Ballot, Poll
from portal.lib import audit
from tests.desk import page_of, said, sign_in
from tests.factories import make_poll, make_profile

pytestmark = pytest.mark.django_db


def step(poll, code):
    return f"/quan-tri/polls/poll/{poll.pk}/buoc/{code}/"


def logged():
    return [
        json.loads(m) for m in LogEntry.objects.order_by("pk").values_list("change_message", flat=True) if "verb" in m
    ]


def test_asking_changes_nothing_confirming_does_and_is_logged(admin_client, text_of):
    poll = make_poll(is_approved=False)
    assert "không sửa được câu hỏi" in text_of(admin_client.get(step(poll, "mo")))
    assert Poll.objects.get().is_approved is False
    Poll.objects.update(opens_at=timezone.now() + timedelta(hours=1))
    for code, state in (("hen", "scheduled"), ("rut", "draft"), ("mo", "open"), ("dong", "closed"), ("mo-lai", "open")):
        assert admin_client.post(step(poll, code), {"reason": "Theo kế hoạch"}).status_code == 302
        assert rounds.state(Poll.objects.get()) == state
    assert [(line["verb"], line["before"]["state"], line["after"]["state"], line["reason"]) for line in logged()] == [
        ("Poll scheduled", "draft", "scheduled", "Theo kế hoạch"),
        ("Poll taken back", "scheduled", "draft", "Theo kế hoạch"),
        ("Poll opened", "draft", "open", "Theo kế hoạch"),
        ("Poll closed", "open", "closed", "Theo kế hoạch"),
        ("Poll opened again", "closed", "open", "Theo kế hoạch"),
    ]
    assert Poll.objects.get().round == 2


def test_the_list_is_filtered_by_state(admin_client):
    hour = timedelta(hours=1)
    polls = {
        "draft": make_poll(is_approved=False),
        "scheduled": make_poll(opens_at=timezone.now() + hour),
        "open": make_poll(),
        "closed": make_poll(closes_at=timezone.now() - hour),
    }
    for state, poll in polls.items():
        page = admin_client.get("/quan-tri/polls/poll/", {"state": state})
        assert [row.pk for row in page.context["cl"].queryset] == [poll.pk]
    assert len(admin_client.get("/quan-tri/polls/poll/").context["cl"].queryset) == 4


def test_the_list_counts_the_ballots_of_the_present_round(admin_client):
    voted, closed, empty = make_poll(), make_poll(), make_poll()
    for poll in (voted, closed):
        for n, mark in enumerate(["", "", "flood"]):
            voting.cast(poll, [poll.options.first()], voter=bytes([n]) * 32, mark=mark)
    rounds.close_now(closed, by=None)
    batch = rounds.batches(closed)[0]
    rounds.decide(closed, 1, batch["cast_at"], batch["mark"], counts=False, by=None, reason="Máy tự bấm")
    found = admin_client.get("/quan-tri/polls/poll/").context["cl"].result_list
    assert {row.pk: (row.voters, row.waiting) for row in found} == {
        voted.pk: (2, 1),
        closed.pk: (2, 0),
        empty.pk: (0, 0),
    }


def test_a_step_that_does_not_fit_is_refused_kindly(admin_client):
    poll = make_poll(options=("Một",), is_approved=False)
    assert admin_client.post(step(poll, "dong")).status_code == 302
    assert admin_client.post(step(poll, "bay")).status_code == 302
    assert "ít nhất hai phương án" in admin_client.post(step(poll, "mo")).content.decode()
    assert logged() == []


def test_who_may_only_look_takes_no_step(admin_client):
    poll = make_poll()
    viewer = sign_in("polls.view_poll")
    assert viewer.get(step(poll, "dong")).status_code == 403
    assert viewer.post(step(poll, "dong")).status_code == 403
    assert viewer.get(f"/quan-tri/polls/poll/{poll.pk}/de-rieng/").status_code == 403
    assert viewer.get(f"/quan-tri/polls/poll/{poll.pk}/xem-truoc/").status_code == 200
    assert rounds.state(Poll.objects.get()) == "open"


def test_the_preview_of_a_draft_cannot_be_sent(admin_client):
    make_profile()
    poll = make_poll(is_approved=False)
    page = admin_client.get(f"/quan-tri/polls/poll/{poll.pk}/xem-truoc/")
    html = page.content.decode()
    assert "Bản xem trước" in html and "disabled" in html and "csrfmiddlewaretoken" not in html
    assert voting.COOKIE not in page.cookies


def test_a_changed_time_is_in_the_audit_with_before_and_after(admin_client):
    poll = make_poll()
    voting.cast(poll, [poll.options.first()], voter=b"a" * 32)
    later = timezone.localtime(timezone.now() + timedelta(days=2)).replace(second=0, microsecond=0)
    data = {"note": "", "results_shown": "always", "closes_at_0": f"{later:%d/%m/%Y}", "closes_at_1": f"{later:%H:%M}",
            "options-TOTAL_FORMS": 0, "options-INITIAL_FORMS": 0}  # fmt: skip
    answer = admin_client.post(page_of(poll), data)
    assert (said(answer), answer.status_code) == ([], 302)
    assert Poll.objects.get().closes_at == later
    line = logged()[0]
    assert (line["verb"], line["before"], list(line["after"])) == ("Poll changed", {"closes_at": "None"}, ["closes_at"])


def test_changed_answers_are_in_the_audit_with_before_and_after(admin_client):
    poll = make_poll(options=("Tốt", "Chưa tốt"))
    data = {"question": poll.question, "max_choices": "1", "note": "", "results_shown": "always",
            "options-TOTAL_FORMS": 2, "options-INITIAL_FORMS": 2}  # fmt: skip
    for n, option in enumerate(poll.options.all()):
        data |= {f"options-{n}-id": option.pk, f"options-{n}-poll": poll.pk, f"options-{n}-text": option.text}
        data |= {f"options-{n}-order": 9 - n, f"options-{n}-is_low": "on" if n else ""}
    answer = admin_client.post(page_of(poll), data)
    assert (said(answer), answer.status_code) == ([], 302)
    (line,) = logged()
    assert (line["before"], line["after"]) == (
        {"answers": ["Tốt", "Chưa tốt"]}, {"answers": ["Chưa tốt (chưa hài lòng)", "Tốt"]},
    )  # fmt: skip
    assert "Chưa tốt (chưa hài lòng), Tốt" in audit.spoken(LogEntry.objects.get(change_message__contains="answers"))


def test_the_form_neither_opens_nor_closes_a_poll_at_once(admin_client):
    past, to_come = (timezone.localtime() + timedelta(days=n) for n in (-1, 1))

    def save(poll, **times):
        data = {"question": "Có?", "max_choices": "1", "note": "", "results_shown": "always", "is_approved": "on",
                "options-TOTAL_FORMS": 0, "options-INITIAL_FORMS": 0}  # fmt: skip
        for name, at in times.items():
            data |= {f"{name}_0": f"{at:%d/%m/%Y}", f"{name}_1": f"{at:%H:%M}"}
        return said(admin_client.post(page_of(poll), data))[:1]  # no rows are sent, which an approved poll needs

    assert save(make_poll(), closes_at=past) == ["Thời điểm này đã qua. Muốn đóng ngay, hãy dùng nút “Đóng ngay”."]
    scheduled = make_poll(opens_at=to_come)
    assert save(scheduled, opens_at=past) == ["Thời điểm này đã qua. Muốn mở ngay, hãy dùng nút “Mở ngay”."]
    draft = make_poll(is_approved=False)
    assert save(draft, opens_at=past) == []
    assert rounds.state(Poll.objects.get(pk=draft.pk)) == "draft"


def test_batches_are_shown_and_decided(admin_client, settings, text_of, monkeypatch):
    settings.POLL_SOFT_LIMIT, settings.POLL_HARD_LIMIT = 1, 2
    poll = make_poll()
    for _ in range(4):
        me = voting.identify(poll, voting.new_voter())
        voting.vote(poll, [poll.options.first()], me, address="203.0.113.7")
    page = f"/quan-tri/polls/poll/{poll.pk}/de-rieng/"
    assert "Số người bình chọn 1 4" in text_of(admin_client.get(page))
    batch = next(row for row in rounds.batches(poll) if row["mark"] == "flood")
    assert (batch["n"], batch["votes"]) == (2, None)  # too few to tell more
    monkeypatch.setattr(rounds, "FEW", 2)
    assert "Rất tốt: 2" in text_of(admin_client.get(page))
    chosen = f"1|flood|{batch['cast_at'].isoformat()}"
    assert admin_client.post(page, {"batch": chosen, "decision": "counts", "reason": ""}).status_code == 200
    for bad in ("", "1", "1|flood|abc", "x|flood|2025-01-01T00:00:00+00:00", "1|flood|2025-99-01T00:00:00+00:00"):
        assert admin_client.post(page, {"batch": bad, "decision": "counts", "reason": "Vì"}).status_code == 200
    assert admin_client.post(page, {"batch": chosen, "reason": "Vì"}).status_code == 200  # which of the two?
    assert sorted(Ballot.objects.values_list("state", flat=True)) == ["aside"] * 3 + ["counted"]
    answer = admin_client.post(page, {"batch": chosen, "decision": "counts", "reason": "Lớp học"})
    assert answer.status_code == 302
    assert Ballot.objects.filter(state="counted").count() == 3
    line = logged()[0]
    assert (line["verb"], line["ballots"], line["reason"]) == ("Ballots decided", 2, "Lớp học")


def test_a_closed_poll_shows_its_times_and_takes_none(admin_client, admin_user):
    poll = make_poll()
    voting.cast(poll, [poll.options.first()], voter=b"a" * 32)
    rounds.close_now(poll, by=admin_user)
    html = admin_client.get(page_of(poll)).content.decode()
    for name in ("question", "max_choices", "is_approved", "opens_at_0", "closes_at_0"):
        assert f'name="{name}"' not in html
    assert "buoc/mo-lai/" in html and "buoc/dong/" not in html
