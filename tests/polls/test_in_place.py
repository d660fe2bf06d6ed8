"""The vote in place: JSON for the script, never cached, the same rules as the two steps."""

import pytest
from django.test import Client
from django.utils import timezone

from polls import voting
from polls.models import Ballot, Poll, Receipt
from tests.conftest import BROWSER
from tests.factories import make_poll, make_profile

pytestmark = pytest.mark.django_db


@pytest.fixture
def poll():
    make_profile()
    return make_poll()


def address(poll):
    return f"{poll.get_absolute_url()}phieu/"


def test_token_then_ballot_then_result_and_receipt(poll):
    client = Client(enforce_csrf_checks=True, headers={"user-agent": BROWSER})
    ready = client.get(address(poll))
    assert "no-store" in ready["Cache-Control"]
    assert ready.cookies[voting.COOKIE]["path"] == poll.get_absolute_url()
    choice, token = {"option": poll.options.first().pk}, {"x-csrftoken": ready.json()["token"]}
    assert client.post(address(poll), choice).status_code == 403
    first = client.post(address(poll), choice, headers=token).json()
    again = client.post(address(poll), choice, headers=token).json()
    assert (first["state"], again["state"]) == ("recorded", "already")
    code = Receipt.objects.get().code
    assert code in first["html"] and code in again["html"]
    assert "100,0 %" in first["html"]
    assert client.get(address(poll)).json()["state"] == "already"
    assert Ballot.objects.count() == 1


def test_what_is_wrong_is_said(reader, poll):
    blocked = Client(enforce_csrf_checks=True, headers={"user-agent": BROWSER})  # takes neither cookie nor token
    refused = blocked.post(address(poll), {"option": poll.options.first().pk})
    assert (refused.status_code, refused.json()["state"]) == (400, "no_cookie")
    assert "cookie" in refused.json()["errors"][0]
    reader.get(address(poll))
    bad = reader.post(address(poll), {"option": "abc"})
    assert (bad.status_code, bad.json()["state"], len(bad.json()["errors"])) == (400, "bad", 1)
    Poll.objects.update(closes_at=timezone.now())
    closed = reader.post(address(poll), {"option": poll.options.first().pk})
    assert (closed.status_code, closed.json()["state"]) == (409, "closed")
    assert "chưa được ghi nhận" in closed.json()["html"]
    assert reader.get(address(poll)).json() == closed.json()  # the first half of a click says it, too
    assert Ballot.objects.count() == 0


def test_above_the_soft_limit_the_browser_gets_a_task(reader, poll, settings):
    settings.POLL_SOFT_LIMIT = 0
    reader.get(address(poll))
    choice = {"option": poll.options.first().pk}
    task = reader.post(address(poll), choice).json()
    assert (task["state"], task["bits"]) == ("work", settings.POLL_WORK_BITS)
    assert Ballot.objects.count() == 0
    assert reader.post(address(poll), choice | {"proof": "doan-mo:1"}).json()["state"] == "work"
    unable = reader.post(address(poll), choice | {"proof": "unable"}).json()
    assert (unable["state"], Ballot.objects.get().state) == ("recorded", "aside")
    assert "để riêng" in unable["html"]


def test_reading_never_votes_and_other_methods_are_unknown(reader, poll):
    for ask in (reader.get, reader.head):
        ask(address(poll), {"option": poll.options.first().pk})
    assert Ballot.objects.count() == 0
    assert reader.put(address(poll)).status_code == 405
    assert reader.get(f"{poll.get_absolute_url()}thieu-gi/").status_code == 405


def test_the_box_shows_the_live_share_on_a_cached_page(reader, poll, beat):
    beat()
    assert "(0&nbsp;phiếu" in " ".join(reader.get("/").content.decode().split())
    voting.cast(poll, [poll.options.first()], voter=b"a" * 32)
    for _ in range(3):
        beat()
    page = " ".join(reader.get("/").content.decode().split())
    assert "(1&nbsp;phiếu" in page and "<dd>100,0 %</dd>" in page
