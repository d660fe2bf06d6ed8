"""The life of a poll: states by the clock, frozen answers, rounds, the seal, the recount, the end of the secret."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from polls import results, rounds, voting
from polls.models import Ballot, Choice, Option, Poll, Receipt, Round, Seal
from portal.lib import pagecache
from tests.factories import make_poll, make_profile

pytestmark = pytest.mark.django_db


def vote(poll, place=0, n=1, **more):
    option = list(poll.options.all())[place]
    for _ in range(n):
        voting.cast(poll, [option], voter=voting.new_voter().encode()[:32], **more)


def recount():
    out = StringIO()
    call_command("recount_polls", stdout=out)
    return out.getvalue()


def now(poll):
    return Poll.objects.get(pk=poll.pk)


def test_states_are_decided_by_the_clock_with_half_open_times():
    opens = timezone.now() + timedelta(hours=1)
    closes, tick = opens + timedelta(hours=1), timedelta(microseconds=1)
    poll = make_poll(opens_at=opens, closes_at=closes)
    assert [rounds.state(poll, at) for at in (opens - tick, opens, closes - tick, closes)] == [
        *("scheduled", "open", "open", "closed"),
    ]
    assert rounds.state(make_poll(is_approved=False), opens) == "draft"


def test_opening_closing_and_opening_again(admin_user):
    poll = make_poll(is_approved=False)
    rounds.open_now(poll, by=admin_user)
    vote(now(poll), n=3)
    rounds.close_now(poll, by=admin_user)
    with pytest.raises(voting.NotOpen):
        vote(now(poll))
    rounds.reopen(poll, by=admin_user, reason="Còn nhiều người muốn bình chọn")
    again = now(poll)
    assert (again.round, rounds.state(again)) == (2, "open")
    vote(again, place=1)
    assert [line.votes for line in results.tally(again).lines] == [0, 1, 0]
    assert [line.votes for line in results.tally(again, 1).lines] == [3, 0, 0]
    past = Round.objects.get(poll=poll, number=1)
    assert past.opens_at < past.closes_at <= again.opens_at


def test_a_scheduled_draft_opens_by_the_clock_unless_it_is_taken_back(admin_user):
    poll = make_poll(is_approved=False)
    with pytest.raises(ValidationError):
        rounds.schedule(poll, by=admin_user)  # its opening time has passed
    opens = timezone.now() + timedelta(hours=1)
    Poll.objects.update(opens_at=opens)
    rounds.schedule(poll, by=admin_user)
    assert [rounds.state(now(poll), at) for at in (timezone.now(), opens)] == ["scheduled", "open"]
    rounds.take_back(poll, by=admin_user)
    assert rounds.state(now(poll), opens) == "draft"


@pytest.mark.parametrize(
    ("step", "state"),
    [
        (rounds.schedule, "open"),
        (rounds.take_back, "open"),
        (rounds.take_back, "draft"),
        (rounds.open_now, "open"),
        (rounds.open_now, "closed"),
        (rounds.close_now, "draft"),
        (rounds.close_now, "closed"),
        (rounds.reopen, "open"),
        (rounds.reopen, "draft"),
    ],
)
def test_a_step_from_the_wrong_state_is_refused(admin_user, step, state):
    hour = timedelta(hours=1)
    fields = {"draft": {"is_approved": False}, "closed": {"closes_at": timezone.now() - hour}}
    poll = make_poll(**fields.get(state, {}))
    with pytest.raises(ValidationError):
        step(poll, by=admin_user)
    assert Seal.objects.count() == 0


def test_who_voted_in_the_first_round_votes_again_under_another_key(admin_user):
    poll, cookie = make_poll(), voting.new_voter()
    first = voting.identify(poll, cookie)
    voting.cast(poll, [poll.options.first()], voter=first.key, receipt=first.receipt)
    rounds.close_now(poll, by=admin_user)
    rounds.reopen(poll, by=admin_user)
    poll = now(poll)
    second = voting.identify(poll, cookie)
    assert not {first.key, first.receipt} & {second.key, second.receipt}
    assert voting.cast(poll, [poll.options.first()], voter=second.key, receipt=second.receipt) is True


@pytest.mark.parametrize(
    "change",
    [
        lambda poll: poll.options.update(text="Khác"),
        lambda poll: Option.objects.create(poll=poll, text="Thêm"),
        lambda poll: poll.options.last().delete(),
        lambda poll: poll.options.filter(text="Tốt").update(order=999),
        lambda poll: Poll.objects.update(question="Câu khác?"),
        lambda poll: Poll.objects.update(max_choices=2),
        lambda poll: Poll.objects.update(round=5),
        lambda poll: Poll.objects.update(is_approved=False),
        lambda poll: Poll.objects.update(closes_at=timezone.now() - timedelta(hours=1)),
        lambda poll: Poll.objects.update(opens_at=timezone.now() + timedelta(hours=1)),
        lambda poll: Ballot.objects.update(voter=b"z" * 32),
        lambda poll: Ballot.objects.update(state="rejected"),
        lambda poll: Ballot.objects.all().delete(),
        lambda poll: Choice.objects.update(option=poll.options.last()),
        lambda poll: Choice.objects.all().delete(),
        lambda poll: Receipt.objects.all().delete(),
        lambda poll: Choice.objects.create(poll=poll, ballot=Ballot.objects.get(), option=poll.options.last()),
        lambda poll: Ballot.objects.create(poll=poll, round=9, voter=b"r" * 32, cast_at="2025-01-22T09:00Z"),
        lambda poll: Ballot.objects.create(poll=poll, round=1, voter=b"r" * 32, cast_at="2025-01-22T09:01Z"),
        lambda poll: Poll.objects.all().delete(),
    ],
)
def test_after_the_first_ballot_the_database_refuses(change):
    poll = make_poll()
    vote(poll)
    with pytest.raises(IntegrityError), transaction.atomic():
        change(poll)


def test_before_the_first_ballot_everything_can_be_changed_and_afterwards_what_is_low():
    poll = make_poll()
    poll.options.filter(text="Tốt").update(text="Khá")
    poll.options.first().delete()
    Poll.objects.update(question="Câu khác?", max_choices=2)
    vote(poll)
    poll.options.filter(text="Chưa tốt").update(is_low=True)
    assert now(poll).question == "Câu khác?"


def test_a_closed_poll_opens_again_only_as_a_new_round(admin_user):
    poll = make_poll()
    vote(poll)
    rounds.close_now(poll, by=admin_user)
    for change in ({"closes_at": None}, {"closes_at": timezone.now() + timedelta(days=1)}, {"is_approved": False}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Poll.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Ballot.objects.create(poll=poll, round=1, voter=b"r" * 32, cast_at="2025-01-22T09:00Z")


def test_the_beat_seals_what_the_clock_has_closed_once(beat):
    poll = make_poll()
    vote(poll, n=2)
    Poll.objects.update(closes_at=timezone.now())
    assert (rounds.seal_closed(), rounds.seal_closed()) == (1, 0)
    seal = Seal.objects.get()
    assert (seal.voters, list(seal.votes.values()), len(seal.digest)) == (2, [2, 0, 0], 64)
    with pytest.raises(IntegrityError), transaction.atomic():
        Seal.objects.update(voters=3)
    with pytest.raises(IntegrityError), transaction.atomic():
        seal.delete()


def test_receipts_and_digest_are_published_at_closing_and_not_before(reader, admin_user, text_of):
    make_profile()
    poll = make_poll()
    reader.get(poll.get_absolute_url())
    answer = reader.post(poll.get_absolute_url(), {"option": poll.options.first().pk})
    code = Receipt.objects.get().code
    assert code in text_of(reader.get(answer["Location"]))
    assert code in text_of(reader.get(poll.get_results_url()))  # whoever holds the cookie finds it again
    address = f"/binh-chon/{poll.pk}/bien-nhan/lan-1/"
    file = f"/binh-chon/{poll.pk}/bien-nhan/lan-1.txt"
    assert code not in text_of(reader.get(address))
    assert reader.get(file).status_code == 404
    rounds.close_now(poll, by=admin_user)
    pagecache.forget()  # as the beat after the commit
    page = text_of(reader.get(address))
    assert code in page and Seal.objects.get().digest in page
    listed = reader.get(file).getvalue().decode()
    assert listed == "".join(results.sealed_list(poll, 1))
    assert f"ma {code}\n" in listed and f"phieu counted {poll.options.first().pk}\n" in listed
    assert reader.get(f"/binh-chon/{poll.pk}/bien-nhan/lan-2/").status_code == 404
    assert reader.get(f"/binh-chon/{poll.pk}/bien-nhan/lan-{10**30}/").status_code == 404
    assert reader.get(f"{address}?page=99").status_code == 404


def sealed_by_hand(poll, number):
    """The list as it is described to citizens, put together here from every ballot."""
    ballots = poll.ballots.filter(round=number).prefetch_related("choices")
    ticked = {ballot: sorted(choice.option_id for choice in ballot.choices.all()) for ballot in ballots}
    lines = sorted(f"phieu {ballot.state} {'+'.join(map(str, options))}" for ballot, options in ticked.items())
    codes = sorted(receipt.code for receipt in poll.receipts.filter(round=number))
    answers = [f"phuong-an {option.pk} {option.text}" for option in sorted(poll.options.all(), key=lambda o: o.pk)]
    return "\n".join([f"binh-chon {poll.pk} lan {number}", *answers, *lines, *(f"ma {code}" for code in codes)]) + "\n"


@pytest.mark.parametrize("most", [1, 3])
def test_the_digest_is_that_of_the_list_as_it_is_described(monkeypatch, most):
    monkeypatch.setattr(results, "PIECE", 2)
    poll = make_poll(max_choices=most, options=[f"Ý {n}" for n in range(12)])
    options = list(poll.options.order_by("pk"))
    for n in range(7):
        mark = "flood" if n == 3 else ""
        voting.cast(poll, options[n + most - 1 : n - 1 if n else None : -1], voter=bytes([n]) * 32, mark=mark)
    rounds.close_now(poll, by=None)
    expected = sealed_by_hand(poll, 1)
    assert "".join(results.sealed_list(poll, 1)) == expected
    assert Seal.objects.get().digest == hashlib.sha256(expected.encode()).hexdigest()
    assert expected.count("\nphieu ") == expected.count("\nma ") == 7


@pytest.mark.django_db(transaction=True)
def test_what_is_closed_is_closed_for_all_while_it_is_sealed_and_nobody_seals_twice(monkeypatch):
    poll, seen = make_poll(), []
    vote(poll)

    def look(work):
        with ThreadPoolExecutor(1) as other:
            other.submit(lambda: seen.append(work()) or connection.close()).result()

    def digest(*of):
        look(lambda: (now(poll).is_closed(), rounds.seal_closed(), Seal.objects.count()))
        return "0" * 64

    monkeypatch.setattr(results, "digest", digest)
    rounds.close_now(poll, by=None)
    assert seen == [(True, 0, 0)]
    assert (rounds.seal_closed(), Seal.objects.count()) == (0, 1)


def test_a_closing_that_is_put_off_while_the_beat_comes_to_seal_is_not_sealed(monkeypatch):
    poll = make_poll(opens_at=timezone.now() - timedelta(hours=2), closes_at=timezone.now() - timedelta(hours=1))
    gate = rounds.gate

    def somebody_was_before_us(*args, **options):
        Poll.objects.filter(pk=poll.pk).update(closes_at=timezone.now() + timedelta(hours=1))
        return gate(*args, **options)

    monkeypatch.setattr(rounds, "gate", somebody_was_before_us)
    assert (rounds.seal_closed(), Seal.objects.count()) == (0, 0)
    vote(poll)
    assert poll.ballots.count() == 1


def test_a_decision_about_an_old_round_does_not_stop_who_votes_in_the_new_one(admin_user, monkeypatch):
    poll = make_poll()
    voting.cast(poll, [poll.options.first()], voter=b"a" * 32, mark="flood")
    rounds.close_now(poll, by=admin_user)
    rounds.reopen(poll, by=admin_user)
    batch = rounds.batches(poll)[0]
    monkeypatch.setattr(rounds, "gate", None)  # nobody asks for it
    decision = (now(poll), 1, batch["cast_at"], batch["mark"])
    assert rounds.decide(*decision, counts=True, by=admin_user, reason="Đã gọi hỏi") == 1
    assert [seal.voters for seal in poll.seals.filter(round=1)] == [1, 0]


def test_the_archive_keeps_every_round(reader, admin_user, text_of):
    make_profile()
    poll = make_poll(shows_days=True, results_shown="closed")
    vote(poll, n=4)
    rounds.close_now(poll, by=admin_user)
    rounds.reopen(poll, by=admin_user)
    vote(now(poll), place=2)
    page = text_of(reader.get(f"/binh-chon/{poll.pk}/ket-qua/lan-1/"))
    assert "Rất tốt 4 100,0 %" in page
    assert '<svg class="chart"' in reader.get(f"/binh-chon/{poll.pk}/ket-qua/lan-1/").content.decode()
    assert "lần 1" in text_of(reader.get("/binh-chon/"))
    assert "<table" not in reader.get(poll.get_results_url()).content.decode()  # the new round is not over
    assert reader.get(f"/binh-chon/{poll.pk}/ket-qua/lan-2/").status_code == 302
    assert [found["round"] for found in reader.get(f"/binh-chon/{poll.pk}/ket-qua.json").json()["rounds"]] == [1]


def test_csv_and_json_say_what_the_page_says_and_no_cell_can_be_run(reader):
    poll = make_poll(options=("=1+1", "@b", "<b>c</b>"))
    vote(poll)
    table = reader.get(f"/binh-chon/{poll.pk}/ket-qua.csv").content.decode("utf-8-sig").splitlines()
    assert table[1:] == [
        '1,\'=1+1,1,"100,0",1',
        '1,\'@b,0,"0,0",1',
        '1,<b>c</b>,0,"0,0",1',
    ]
    data = reader.get(f"/binh-chon/{poll.pk}/ket-qua.json").json()
    assert data["rounds"][0]["answers"][0] == {"answer": "=1+1", "votes": 1, "percent": 100.0}
    hidden = make_poll(results_shown="voted")
    assert reader.get(f"/binh-chon/{hidden.pk}/ket-qua.csv").status_code == 404
    assert "<b>c</b>" not in reader.get(poll.get_results_url()).content.decode()


def test_days_are_counted_in_vietnamese_time():
    opens = timezone.make_aware(timezone.datetime(2025, 1, 21, 20))
    poll = make_poll(opens_at=opens, closes_at=opens + timedelta(days=2))
    vote(poll, at=timezone.make_aware(timezone.datetime(2025, 1, 21, 23, 59)))
    vote(poll, n=2, at=timezone.make_aware(timezone.datetime(2025, 1, 22, 0, 1)))
    assert [n for _, n in results.days(poll)] == [1, 2, 0]


def tamper(statement):
    """Writes as somebody would who may switch the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("polls_ballot", "polls_choice", "polls_receipt"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE polls_choice SET option_id = (SELECT max(id) FROM polls_option)",
        "DELETE FROM polls_receipt",
        "DELETE FROM polls_choice",
        "UPDATE polls_receipt SET code = 'AAAA-AAAA-AAAA-AAA' || right(code, 1)",
        "UPDATE polls_ballot SET state = 'rejected', mark = 'flood'",
    ],
)
def test_the_recount_finds_what_was_changed_after_the_seal(admin_user, statement):
    poll = make_poll()
    vote(poll)
    rounds.close_now(poll, by=admin_user)
    assert "Mọi kết quả đúng" in recount()
    tamper(statement)
    with pytest.raises(CommandError):
        recount()


def test_the_secret_is_destroyed_thirty_days_after_closing(admin_user):
    poll, young = make_poll(), make_poll()
    cookie = voting.new_voter()
    voting.cast(poll, [poll.options.first()], voter=voting.identify(poll, cookie).key)
    day = timedelta(days=1)
    rounds.close_now(poll, by=admin_user)
    closed = now(poll).closes_at
    assert rounds.forget_voters(closed + 30 * day - timedelta(seconds=1)) == 0
    assert rounds.forget_voters(closed + 30 * day) == 1
    assert voting.identify(now(poll), cookie) is None
    assert voting.identify(young, cookie) is not None
    assert Round.objects.get(poll=poll).secret is None
    rounds.reopen(poll, by=admin_user)
    assert voting.identify(now(poll), cookie) is not None  # the new round has a secret of its own


def test_the_tally_of_a_round_is_the_same_whichever_side_is_counted(admin_user):
    """Few ballots outside the round are taken away from all, few inside are counted alone."""
    poll = make_poll()
    vote(poll, n=5)
    rounds.close_now(poll, by=admin_user)
    rounds.reopen(poll, by=admin_user)
    vote(now(poll), place=1, n=2)
    voting.cast(now(poll), [poll.options.last()], voter=b"z" * 32, mark="flood")

    def counted(number, **more):
        tally = results.tally(now(poll), number, **more)
        return [line.votes for line in tally.lines], tally.voters, tally.aside

    assert counted(1) == ([5, 0, 0], 5, 0)
    assert counted(2) == ([0, 2, 0], 2, 1)
    assert counted(2, with_aside=True) == ([0, 2, 1], 3, 1)


def test_while_very_many_vote_the_result_shown_is_a_moment_old_and_at_closing_exact(admin_user, monkeypatch):
    monkeypatch.setattr(results, "VERY_MANY", 2)
    monkeypatch.setattr(results, "_lately", {})
    poll = make_poll()
    vote(poll)
    assert results.lately(poll).voters == 1
    vote(poll)
    assert results.lately(poll).voters == 2
    vote(poll)
    assert (results.lately(poll).voters, results.tally(poll).voters) == (2, 3)
    rounds.close_now(poll, by=admin_user)
    assert results.lately(now(poll)).voters == 3
