"""Voting through the pages: by cookie and token, one ballot, a friendly answer to everything else."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from polls import results, voting
from polls.models import Ballot, Option
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


def checked(html):
    return re.findall(r'<input[^>]*name="option"[^>]*value="([0-9]+)"[^>]*checked', html)


def test_the_choice_of_the_box_is_kept_on_the_ballot_page(reader, poll):
    second = poll.options.all()[1]
    html = reader.get(poll.get_absolute_url(), {"option": second.pk}).content.decode()
    assert checked(html) == [str(second.pk)]


def test_all_choices_of_the_box_are_kept_where_several_are_allowed(reader):
    poll = make_poll(max_choices=2)
    chosen = [option.pk for option in poll.options.all()][1:]
    html = reader.get(poll.get_absolute_url(), {"option": chosen}).content.decode()
    assert checked(html) == [str(pk) for pk in chosen]


def test_without_the_token_nothing_is_counted(poll):
    client = Client(enforce_csrf_checks=True, headers={"user-agent": BROWSER})
    client.get(poll.get_absolute_url())
    assert vote(client, poll, poll.options.first()).status_code == 403
    assert Ballot.objects.count() == 0


@pytest.mark.parametrize("cookies", [{}, {voting.COOKIE: "ai-do:1tAbCd:tu-viet"}])
def test_without_a_cookie_of_ours_nobody_votes_by_address_and_is_told(poll, text_of, cookies):
    client = Client(enforce_csrf_checks=not cookies, headers={"user-agent": BROWSER})
    client.cookies.load(cookies)
    response = vote(client, poll, poll.options.first())
    assert response.status_code == 400
    assert "Trình duyệt của bạn chưa gửi lại cookie" in text_of(response)
    assert Ballot.objects.count() == 0


def test_a_ballot_from_a_page_with_other_words_is_not_counted(reader, poll, text_of):
    first, read = poll.options.first(), poll.wording()
    reader.get(poll.get_absolute_url())
    Option.objects.filter(pk=first.pk).update(text="Kém")
    stale = vote(reader, poll, first, wording=read)
    assert (stale.status_code, Ballot.objects.count()) == (400, 0)
    assert "vừa được sửa sau khi trang này mở" in text_of(stale)
    assert f'name="wording" value="{poll.wording()}"' in stale.content.decode()
    assert vote(reader, poll, first, wording=poll.wording()).status_code == 303
    assert f'name="wording" value="{poll.wording()}"' in reader.get("/").content.decode()


def test_the_address_of_the_ballot_page_stays_with_it(reader, poll):
    assert reader.get(poll.get_absolute_url(), {"option": "1"})["Referrer-Policy"] == "strict-origin"


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


def test_the_same_answer_twice_is_refused_where_several_are_allowed(reader):
    poll = make_poll(max_choices=2)
    first = poll.options.first()
    reader.get(poll.get_absolute_url())
    response = vote(reader, poll, first, first)
    assert response.status_code == 400
    assert "Mời chọn mỗi phương án một lần." in response.content.decode()
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


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("option=", FORM),
        ("option=%00", FORM),
        ("option=1%00", FORM),
        ("option=%ff%fe", FORM),
        ("option=-1&option=0", FORM),
        (f"option={10**30}", FORM),
        ("option=1e9&options-TOTAL_FORMS=1000000000&options-INITIAL_FORMS=-1", FORM),
        ("&".join(f"option={n}" for n in range(3000)), FORM),
        ("option=" + "9" * 6_000_000, FORM),
        ('{"option": 1}', "application/json"),
        ("--x\r\nContent-Disposition: form-data; name=option", "multipart/form-data; boundary=x"),
        ("x", "multipart/form-data"),
    ],
    ids=lambda value: value[:30],
)
@pytest.mark.parametrize("several", [1, 3])
def test_nonsense_instead_of_a_ballot_is_refused_in_words(reader, body, content_type, several):
    make_profile()
    poll = make_poll(max_choices=several)
    reader.get(poll.get_absolute_url())
    for address in (poll.get_absolute_url(), f"{poll.get_absolute_url()}phieu/"):
        answer = reader.generic("POST", address, body, content_type)
        assert answer.status_code in {400, 413}
        assert 'lang="vi"' in answer.content.decode() or answer.json()["errors"]
    assert Ballot.objects.count() == 0
