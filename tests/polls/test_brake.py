"""The brake: many from one network need a proof of work or are kept aside; nothing is dropped; no address is kept."""

import hashlib
import hmac
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from polls import brake, results, rounds, voting
from polls.models import Ballot, HourSecret, NetworkHour, Spent
from tests.conftest import BROWSER
from tests.factories import make_poll

pytestmark = pytest.mark.django_db
OFFICE = "203.0.113.7"


@pytest.fixture
def poll(settings):
    settings.POLL_SOFT_LIMIT, settings.POLL_HARD_LIMIT, settings.POLL_WORK_BITS = 2, 4, 4
    return make_poll()


def work(task):
    for n in range(10**6):
        proof = f"{task['challenge']}:{n}"
        if int.from_bytes(hashlib.sha256(proof.encode()).digest(), "big") >> (256 - task["bits"]) == 0:
            return proof


def vote(poll, address=OFFICE, **more):
    me = voting.identify(poll, voting.new_voter())
    voting.vote(poll, [poll.options.first()], me, address=address, **more)
    return poll.ballots.get(voter=me.key)


def test_fifty_honest_browsers_behind_one_address_all_count(reader):
    poll = make_poll()
    for _ in range(50):
        assert vote(poll).state == "counted"


def test_above_the_soft_limit_work_or_aside_above_the_hard_limit_aside(poll):
    assert [vote(poll).state for _ in range(2)] == ["counted", "counted"]
    with pytest.raises(brake.WorkNeeded):
        vote(poll, can_work=True)
    third = vote(poll, can_work=True, proof=work(brake.challenge(poll)))
    fourth = vote(poll)
    fifth = vote(poll, can_work=True, proof=work(brake.challenge(poll)))
    assert [(ballot.state, ballot.mark) for ballot in (third, fourth, fifth)] == [
        *(("counted", ""), ("aside", "unproved"), ("aside", "flood")),
    ]
    assert vote(poll, "198.51.100.1").state == "counted"  # another network
    assert vote(make_poll()).state == "counted"  # another poll


@pytest.mark.parametrize(
    ("first", "second", "is_same"),
    [
        ("203.0.113.1", "203.0.113.254", True),
        ("203.0.113.1", "203.0.114.1", False),
        ("::ffff:203.0.113.1", "203.0.113.9", True),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::1", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
    ],
)
def test_a_network_is_a_24_or_a_64(first, second, is_same):
    assert (brake.network_of(first) == brake.network_of(second)) is is_same


def test_a_forged_header_moves_nobody_to_another_network(poll):
    client = Client(headers={"user-agent": BROWSER}, REMOTE_ADDR=OFFICE)
    for n in range(6):
        client.cookies.clear()
        client.get(poll.get_absolute_url())
        choice = {"option": poll.options.first().pk}
        client.post(poll.get_absolute_url(), choice, headers={"x-forwarded-for": f"10.{n}.0.1"})
    assert NetworkHour.objects.get().n == 6
    assert sorted(Ballot.objects.values_list("state", flat=True)) == ["aside"] * 4 + ["counted"] * 2


def test_a_second_click_does_not_press_the_brake(poll):
    me = voting.identify(poll, voting.new_voter())
    answers = [voting.vote(poll, [poll.options.first()], me, address=OFFICE) for _ in range(5)]
    assert answers == [True, False, False, False, False]
    assert NetworkHour.objects.get().n == 1


def test_a_proof_is_good_once_for_its_poll_and_round_and_for_ten_minutes(poll, monkeypatch):
    proof, other = work(brake.challenge(poll)), make_poll()
    assert brake.redeem(other, proof) is False
    poll.round = 2
    assert brake.redeem(poll, proof) is False
    poll.round = 1
    assert [brake.redeem(poll, proof), brake.redeem(poll, proof)] == [True, False]
    # Another number that solves the same challenge is the same challenge.
    challenge, number = proof.rsplit(":", 1)
    others = (f"{challenge}:{n}" for n in range(int(number) + 1, int(number) + 2000))
    solved = next(p for p in others if int.from_bytes(hashlib.sha256(p.encode()).digest(), "big") >> 252 == 0)
    assert brake.redeem(poll, solved) is False
    late = work(brake.challenge(poll))
    monkeypatch.setattr(brake, "WORK_AGE", -1)
    assert brake.redeem(poll, late) is False


@pytest.mark.parametrize("proof", ["", "x", ":", ":1", "a:b", "a:1", "a" * 10_000, "a:1\n", "ă:１", "a:" + "9" * 50])
def test_a_made_up_proof_is_no_proof(poll, proof):
    assert brake.redeem(poll, proof) is False
    assert Spent.objects.count() == 0


def test_an_unsolved_challenge_is_no_proof(poll, settings):
    settings.POLL_WORK_BITS = 30
    assert brake.redeem(poll, f"{brake.challenge(poll)['challenge']}:1") is False


def test_keys_and_counts_of_networks_are_gone_after_hours_and_hours_are_strangers(poll):
    at = timezone.now()
    assert brake.press(poll, "ballot", OFFICE, at) == 1
    assert brake.press(poll, "ballot", OFFICE, at) == 2
    assert brake.press(poll, "ballot", OFFICE, at + timedelta(hours=1)) == 1
    keys = {bytes(row.network) for row in NetworkHour.objects.all()}
    assert (len(keys), HourSecret.objects.count()) == (2, 2)
    message = f"{poll.pk}|ballot|203.0.113.0".encode()
    assert not keys & {hmac.digest(bytes(row.secret), message, "sha256")[:16] for row in HourSecret.objects.all()}
    brake.prune(at + timedelta(hours=4))
    assert (NetworkHour.objects.count(), HourSecret.objects.count()) == (0, 0)
    assert timedelta(hours=24) >= brake.KEPT


def test_staff_see_both_results_and_decide_with_a_reason(poll, admin_user):
    for _ in range(4):
        vote(poll)
    assert results.tally(poll).voters == 2
    assert results.tally(poll, with_aside=True).voters == 4
    batch = rounds.batches(poll)[0]
    decision = (poll, batch["round"], batch["cast_at"], batch["mark"])
    with pytest.raises(ValidationError):
        rounds.decide(*decision, counts=True, by=admin_user, reason="  ")
    assert rounds.decide(*decision, counts=True, by=admin_user, reason="Lớp tập huấn tại hội trường") == 2
    assert (results.tally(poll).voters, results.tally(poll).aside) == (4, 0)
    assert rounds.decide(*decision, counts=False, by=admin_user, reason="Nhầm") == 2
    assert (results.tally(poll).voters, results.tally(poll).rejected) == (2, 2)


def test_a_decision_after_the_seal_makes_a_second_seal_with_its_reason(poll, admin_user, reader, text_of):
    for _ in range(3):
        vote(poll)
    rounds.close_now(poll, by=admin_user)
    batch = rounds.batches(poll)[0]
    rounds.decide(poll, 1, batch["cast_at"], batch["mark"], counts=True, by=admin_user, reason="Phòng máy của trường")
    seals = list(poll.seals.all())
    assert [(seal.voters, seal.aside) for seal in seals] == [(3, 0), (2, 1)]
    page = text_of(reader.get(f"/binh-chon/{poll.pk}/bien-nhan/lan-1/"))
    assert "Phòng máy của trường" in page and all(seal.digest in page for seal in seals)


def test_whose_ballot_is_kept_aside_is_told(poll, text_of):
    for _ in range(2):
        vote(poll, "127.0.0.1")
    client = Client(headers={"user-agent": BROWSER})
    client.get(poll.get_absolute_url())
    answer = client.post(poll.get_absolute_url(), {"option": poll.options.first().pk}, follow=True)
    assert "Phiếu của bạn đã được lưu và để riêng" in text_of(answer)
    assert "1 phiếu để riêng" in text_of(answer)
