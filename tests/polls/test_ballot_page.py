"""Voting through the pages: by cookie and token, one ballot, a friendly answer to everything else."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from polls import results, voting
from polls.models import Ballot
from tests.conftest import BROWSER
from tests.factories import make_poll, make_profile

pytestmark = pytest.mark.django_db


@pytest.fixture
def poll():
    make_profile()
    return make_poll()


def vote(client, poll, *options, **data):
    return client.post(poll.get_absolute_url(), {"option": [option.pk for option in options], **data})


def test_a_citizen_votes_and_sees_the_result(reader, poll, text_of):
    ballot = reader.get(poll.get_absolute_url())
    assert ballot.status_code == 200
    assert "no-store" in ballot["Cache-Control"]
    response = vote(reader, poll, poll.options.first())
    assert (response.status_code, response["Location"]) == (303, f"{poll.get_results_url()}?cam-on=1")
    assert "100,0" in text_of(reader.get(response["Location"]))
    assert Ballot.objects.count() == 1


def test_the_cookie_is_signed_closed_to_scripts_and_goes_nowhere_else(reader, poll):
    cookie = reader.get(poll.get_absolute_url()).cookies[voting.COOKIE]
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == poll.get_absolute_url()
    assert voting.identify(poll, cookie.value) is not None


def test_a_second_ballot_is_answered_kindly_and_not_counted(reader, poll, text_of):
    reader.get(poll.get_absolute_url())
    vote(reader, poll, poll.options.first())
    again = vote(reader, poll, poll.options.last())
    assert (again.status_code, again["Location"]) == (303, f"{poll.get_results_url()}?da-ghi-nhan=1")
    assert reader.get(poll.get_absolute_url())["Location"] == f"{poll.get_results_url()}?da-ghi-nhan=1"
    assert Ballot.objects.count() == 1


def test_the_choice_of_the_box_is_kept_on_the_ballot_page(reader, poll):
    second = poll.options.all()[1]
    html = reader.get(poll.get_absolute_url(), {"option": second.pk}).content.decode()
    assert html.count("checked") == 1


def test_without_the_token_nothing_is_counted(poll):
    client = Client(enforce_csrf_checks=True, headers={"user-agent": BROWSER})
    client.get(poll.get_absolute_url())
    assert vote(client, poll, poll.options.first()).status_code == 403
    assert Ballot.objects.count() == 0


def test_without_a_cookie_nobody_votes_by_address(poll, text_of):
    client = Client(headers={"user-agent": BROWSER})
    response = vote(client, poll, poll.options.first())
    assert response.status_code == 400
    assert "cookie" in text_of(response).lower()
    assert Ballot.objects.count() == 0


@pytest.mark.parametrize("choose", ["nothing", "foreign", "twice", "two", "text"])
def test_a_bad_vote_gets_its_sentence_and_no_row(reader, poll, choose):
    other = make_poll()
    first, second, _ = poll.options.all()
    options = {
        "nothing": [],
        "foreign": [other.options.first().pk],
        "twice": [first.pk, first.pk],
        "two": [first.pk, second.pk],
        "text": ["abc"],
    }
    reader.get(poll.get_absolute_url())
    response = reader.post(poll.get_absolute_url(), {"option": options[choose]})
    assert response.status_code == 400
    assert 'role="alert"' in response.content.decode()
    assert Ballot.objects.count() == 0


def test_several_choices_up_to_the_limit(reader):
    poll = make_poll(max_choices=2)
    first, second, third = poll.options.all()
    reader.get(poll.get_absolute_url())
    assert vote(reader, poll, first, second, third).status_code == 400
    assert vote(reader, poll, first, second).status_code == 303
    assert [line.votes for line in results.tally(poll).lines] == [1, 1, 0]


@pytest.mark.parametrize(
    ("fields", "get", "post"),
    [
        ({"is_approved": False}, 404, 404),
        ({"opens_at": timezone.now() + timedelta(days=1)}, 404, 404),
        ({"opens_at": timezone.now() - timedelta(days=2), "closes_at": timezone.now() - timedelta(days=1)}, 302, 409),
    ],
)
def test_polls_that_are_not_open(reader, fields, get, post):
    poll = make_poll(**fields)
    assert reader.get(poll.get_absolute_url()).status_code == get
    assert vote(reader, poll, poll.options.first()).status_code == post
    assert Ballot.objects.count() == 0


def test_get_and_head_never_vote(reader, poll):
    reader.get(poll.get_absolute_url())
    for ask in (reader.get, reader.head):
        ask(poll.get_absolute_url(), {"option": poll.options.first().pk})
    assert Ballot.objects.count() == 0
    assert reader.put(poll.get_absolute_url()).status_code == 405


@pytest.mark.parametrize(
    ("shown", "is_closed", "has_voted", "visible"),
    [
        ("always", False, False, True),
        ("voted", False, False, False),
        ("voted", False, True, True),
        ("closed", False, True, False),
        ("closed", True, False, True),
        ("voted", True, False, True),
    ],
)
def test_when_results_are_shown(reader, shown, is_closed, has_voted, visible):
    poll = make_poll(results_shown=shown)
    if has_voted:
        reader.get(poll.get_absolute_url())
        vote(reader, poll, poll.options.first())
    if is_closed:
        poll.closes_at = timezone.now()
        poll.save()
    assert ("<table" in reader.get(poll.get_results_url()).content.decode()) is visible


def test_no_votes_are_zero_percent(reader, poll, text_of):
    assert text_of(reader.get(poll.get_results_url())).count("0,0") == 3
