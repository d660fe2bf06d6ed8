"""One ballot per voter, by the database; shares to exactly 100,0 %."""

import contextlib
import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from polls import results, rounds, voting
from polls.models import Ballot, Choice, Poll, Receipt
from tests.factories import make_poll


def votes(poll):
    return [line.votes for line in results.tally(poll).lines]


@pytest.mark.django_db
def test_a_ballot_is_counted_once():
    poll = make_poll()
    best = poll.options.first()
    assert voting.cast(poll, [best], voter=b"a" * 32) is True
    assert voting.cast(poll, [poll.options.last()], voter=b"a" * 32) is False
    assert votes(poll) == [1, 0, 0]
    assert voting.has_voted(poll, b"a" * 32)


@pytest.mark.django_db
def test_a_new_round_counts_anew():
    poll = make_poll()
    voting.cast(poll, [poll.options.first()], voter=b"a" * 32)
    Poll.objects.update(round=2)
    poll.refresh_from_db()
    assert votes(poll) == [0, 0, 0]
    assert voting.cast(poll, [poll.options.last()], voter=b"a" * 32) is True
    assert votes(poll) == [0, 0, 1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"is_approved": False},
        {"opens_at": timezone.now() + timedelta(hours=1)},
        {"closes_at": timezone.now() - timedelta(seconds=1)},
    ],
)
def test_a_draft_a_future_and_a_closed_poll_take_no_ballot(fields):
    poll = make_poll(**fields)
    with pytest.raises(voting.NotOpen):
        voting.cast(poll, [poll.options.first()], voter=b"a" * 32)
    assert Ballot.objects.count() == 0


@pytest.mark.django_db
def test_the_poll_closes_at_its_very_second():
    closes = timezone.now() + timedelta(hours=1)
    poll = make_poll(closes_at=closes)
    assert voting.cast(poll, [poll.options.first()], voter=b"a" * 32, at=closes - timedelta(microseconds=1))
    with pytest.raises(voting.NotOpen):
        voting.cast(poll, [poll.options.first()], voter=b"b" * 32, at=closes)


@pytest.mark.django_db
def test_a_sealed_round_is_closed_whatever_the_clock_of_this_machine_says():
    poll = make_poll()
    poll.seals.create(round=1, votes={}, voters=0, aside=0, rejected=0, digest="0" * 64)
    with pytest.raises(voting.NotOpen):
        voting.cast(poll, [poll.options.first()], voter=b"a" * 32)
    assert Ballot.objects.count() == 0


@pytest.mark.django_db
def test_bad_choices_are_refused():
    poll, other = make_poll(max_choices=2), make_poll()
    first, second, third = poll.options.all()
    for bad in ([], [first, first], [first, second, third], [other.options.first()], [first, other.options.first()]):
        with pytest.raises(voting.BadChoice):
            voting.cast(poll, bad, voter=b"a" * 32)
    assert Ballot.objects.count() == 0
    assert voting.cast(poll, [first, third], voter=b"a" * 32)
    assert votes(poll) == [1, 0, 1]


@pytest.mark.django_db
def test_the_database_refuses_a_choice_of_another_poll():
    poll, other = make_poll(), make_poll()
    ballot = Ballot.objects.create(poll=poll, round=1, voter=b"a" * 32, cast_at="2025-01-22T09:00Z")
    with pytest.raises(IntegrityError), transaction.atomic():
        Choice.objects.create(poll=poll, ballot=ballot, option=other.options.first())
    with pytest.raises(IntegrityError), transaction.atomic():
        Choice.objects.create(poll=other, ballot=ballot, option=other.options.first())


@pytest.mark.django_db
def test_the_ballot_knows_the_hour_and_no_more():
    poll = make_poll()
    voting.cast(poll, [poll.options.first()], voter=b"a" * 32)
    cast_at = Ballot.objects.get().cast_at
    assert (cast_at.minute, cast_at.second, cast_at.microsecond) == (0, 0, 0)


def in_threads(work, count):
    def run(n):
        try:
            work(n)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[n]) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_one_voter_in_twenty_windows_at_once_has_one_ballot():
    poll, results = make_poll(), []
    options = list(poll.options.all())
    in_threads(lambda n: results.append(voting.cast(poll, [options[n % 3]], voter=b"a" * 32)), 20)
    assert sorted(results) == [False] * 19 + [True]
    assert sum(votes(poll)) == 1


@pytest.mark.django_db(transaction=True)
def test_forty_voters_at_once_have_forty_ballots():
    poll = make_poll()
    best = poll.options.first()
    in_threads(lambda n: voting.cast(poll, [best], voter=bytes([n]) * 32), 40)
    assert votes(poll) == [40, 0, 0]


@pytest.mark.django_db(transaction=True)
def test_no_ballot_after_the_commit_that_closes(admin_user):
    poll, outcomes = make_poll(), []
    best = poll.options.first()

    def vote_or_close(n):
        if n == 10:
            rounds.close_now(poll, by=admin_user)
            outcomes.append(Ballot.objects.count())
            return
        with contextlib.suppress(voting.NotOpen):
            voting.cast(poll, [best], voter=bytes([n]) * 32)

    in_threads(vote_or_close, 20)
    assert Ballot.objects.count() == outcomes[0] == poll.seals.get().voters


@pytest.mark.django_db(transaction=True)
def test_who_closes_by_plain_sql_waits_for_voters_too():
    poll, outcomes = make_poll(), []
    best = poll.options.first()

    def vote_or_close(n):
        if n == 10:
            with transaction.atomic():
                row = Poll.objects.select_for_update().get(pk=poll.pk)
                row.closes_at = timezone.now()
                row.save()
                outcomes.append(Ballot.objects.count())
            return
        with contextlib.suppress(voting.NotOpen):
            voting.cast(poll, [best], voter=bytes([n]) * 32)

    in_threads(vote_or_close, 20)
    assert Ballot.objects.count() == outcomes[0]


@pytest.mark.parametrize(
    ("counted", "expected"),
    [
        ([0, 0, 0], [0, 0, 0]),
        ([1, 1, 1], [334, 333, 333]),
        ([1, 0], [1000, 0]),
        ([2, 1], [667, 333]),
        ([7, 7, 7, 7, 7, 7, 7], [143, 143, 143, 143, 143, 143, 142]),
        ([999_999, 1], [1000, 0]),
    ],
)
def test_shares_are_exactly_a_hundred_percent(counted, expected):
    assert results.shares(counted) == expected
    assert sum(expected) in (0, 1000)


@pytest.mark.django_db
def test_a_cookie_that_we_did_not_sign_is_nobody():
    poll, other = make_poll(), make_poll()
    cookie = voting.new_voter()
    me = voting.identify(poll, cookie)
    assert me == voting.identify(poll, cookie)
    assert len(me.key) == 32
    elsewhere = voting.identify(other, cookie)
    assert not {me.key, me.receipt, me.wish} & {elsewhere.key, elsewhere.receipt, elsewhere.wish}
    assert voting.identify(poll, cookie[:-1] + ("A" if cookie[-1] != "A" else "B")) is None
    assert voting.identify(poll, "") is None
    assert Receipt.objects.count() == 0
