"""Every acknowledged ballot is stored exactly once: several processes, real connections, killed workers, a lost database."""

import http.client
import itertools
import json
import os
import re
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import pytest
from django.core import signing

from tests.conftest import BROWSER
from tests.stories.test_privacy import dump

_numbers = itertools.count(1)
POLL = """
    SELECT poll_id, array_agg(id ORDER BY "order", id) FROM polls_option
    WHERE poll_id > 1 AND poll_id NOT IN (SELECT poll_id FROM polls_ballot) GROUP BY poll_id ORDER BY poll_id LIMIT 1
"""


class Voter:
    """A browser of its own in a network of its own, unless `address` says which."""

    def __init__(self, site, poll, address=None):
        n = next(_numbers)
        self.site, self.path, self.cookies = site, f"/binh-chon/{poll}/phieu/", {}
        self.address = address or f"100.{n // 250}.{n % 250}.7"

    def ask(self, method="GET", body=None, path=None, **more):
        """(status, data): JSON, or the text of a page; (0, "") when no answer came."""
        headers = {"User-Agent": BROWSER, "X-Forwarded-For": self.address, **more}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=20)
        try:
            connection.request(method, path or self.path, body and urlencode(body, doseq=True), headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()
        if answer.status == 503:  # of a ballot it must say what became of it
            assert ("Phiếu của bạn chưa được ghi nhận" if method == "POST" else "bình chọn tạm dừng") in text, text
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        is_json = answer.headers.get("Content-Type", "").startswith("application/json")
        return answer.status, json.loads(text) if is_json else text

    def vote(self, option):
        """(status, state, receipt) of one click."""
        status, ready = self.ask()
        if status != 200 or ready["state"] != "ready":
            return status, ready["state"] if isinstance(ready, dict) else ready, ""
        return self.send(option, ready["token"])

    def send(self, option, token):
        status, data = self.ask("POST", {"option": option}, **{"X-CSRFToken": token})
        if not isinstance(data, dict):
            return status, data, ""
        code = re.search(r"<code>(.{19})</code>", data.get("html", ""))
        return status, data["state"], code[1] if code else ""


def stored(site, poll):
    """(ballots, receipts) of a poll, from the database itself."""
    ballots = site.sql("SELECT count(*) FROM polls_ballot WHERE poll_id = %s", poll)[0][0]
    return ballots, {code for (code,) in site.sql("SELECT code FROM polls_receipt WHERE poll_id = %s", poll)}


@pytest.fixture
def poll(site):
    """(number of an open poll in which nobody has voted, its options)"""
    site.until(lambda: site.get("/readyz")[0] == 200)
    return site.sql(POLL)[0]


def in_parallel(work, count, threads=16):
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, range(count)))


MANY = pytest.mark.parametrize("many", [120, pytest.param(1000, marks=pytest.mark.thorough)])


@MANY
def test_as_many_cookies_are_as_many_ballots(site, poll, many):
    number, options = poll
    first = Voter(site, number)
    token = first.ask()[1]["token"]

    def vote(n):
        voter = Voter(site, number)
        # As the server signs them; a thousand GETs more would only take time.
        cookie = signing.dumps(f"citizen {n}", key=site.environment["SECRET_KEY"], salt="polls.voter")
        voter.cookies = first.cookies | {"nguoi-binh-chon": cookie}
        return voter.send(options[n % 3], token)

    answers = in_parallel(vote, many)
    assert {(status, state) for status, state, _ in answers} == {(200, "recorded")}
    ballots, receipts = stored(site, number)
    assert (ballots, receipts) == (many, {code for *_, code in answers})
    _, data = Voter(site, number).ask(path=f"/binh-chon/{number}/ket-qua.json")
    assert [answer["votes"] for answer in data["rounds"][0]["answers"]] == [len(range(n, many, 3)) for n in range(3)]
    assert "Mọi kết quả đúng" in site.manage("recount_polls")


@MANY
def test_one_cookie_again_and_again_is_one_ballot_whatever_the_headers_claim(site, poll, many):
    number, options = poll
    voter = Voter(site, number)
    token = voter.ask()[1]["token"]

    def click(n):
        tab = Voter(site, number, address=f"10.{n % 200}.1.1, 100.99.0.7")  # only the last hop is believed
        tab.cookies = voter.cookies
        return tab.send(options[n % 3], token)

    answers = in_parallel(click, many)
    assert sorted({(status, state) for status, state, _ in answers}) == [(200, "already"), (200, "recorded")]
    assert sum(state == "recorded" for _, state, _ in answers) == 1
    assert stored(site, number) == (1, {answers[0][2]})
    # PostgreSQL's log tells the time: the key of a voter who clicks twice must not stand there.
    assert "ballot_once_per_voter" not in site.cluster.log.read_text()


def test_fifty_browsers_behind_one_address_all_count(site, poll):
    number, options = poll
    answers = in_parallel(lambda n: Voter(site, number, address="192.0.2.33").vote(options[0]), 50)
    assert {(status, state) for status, state, _ in answers} == {(200, "recorded")}
    _, data = Voter(site, number).ask(path=f"/binh-chon/{number}/ket-qua.json")
    assert (data["rounds"][0]["voters"], data["rounds"][0]["kept_aside"]) == (50, 0)


def test_closing_under_load_lets_no_ballot_in_after_its_commit(site, poll):
    number, options = poll
    close = (
        "from polls import rounds; from polls.models import *; "
        f"poll = Poll.objects.get(pk={number}); rounds.close_now(poll, by=None); "
        "print(poll.ballots.count(), poll.seals.get().voters)"
    )
    answers, is_over = [], threading.Event()

    def keep_voting(n):
        while not is_over.is_set():
            answers.append(Voter(site, number).vote(options[n % 3]))
            if answers[-1][1] == "closed":
                return

    with ThreadPoolExecutor(9) as pool:
        voters = [pool.submit(keep_voting, n) for n in range(8)]
        try:
            site.until(lambda: len(answers) > 50)
            at_commit, sealed = map(int, site.manage("shell", "-v0", "-c", close).split())
            for voter in voters:
                voter.result(30)
        finally:
            is_over.set()
    assert {(status, state) for status, state, _ in answers} == {
        (200, "recorded"),
        *{a[:2] for a in answers if a[1] == "closed"},
    }
    assert {status for status, state, _ in answers if state == "closed"} <= {200, 409}
    acknowledged = {code for _, state, code in answers if state == "recorded"}
    assert stored(site, number) == (at_commit, acknowledged)
    assert sealed == at_commit == len(acknowledged)
    assert "Mọi kết quả đúng" in site.manage("recount_polls")


@pytest.mark.parametrize("blow", ["a worker is killed", "the database stops at once"])
def test_what_is_acknowledged_is_stored_and_the_rest_is_told(site, poll, blow):
    number, options = poll
    voters = [Voter(site, number) for _ in range(200)]
    done, turns = [], itertools.count(1)

    def vote(n):
        done.append((n, *voters[n].vote(options[n % 3])))
        if next(turns) == 60:
            if blow == "a worker is killed":
                os.kill(int(sorted(site.workers())[0]), signal.SIGKILL)
            else:
                site.lose_database()

    in_parallel(vote, 200, threads=8)
    if blow != "a worker is killed":
        site.cluster.start()
        assert any(status == 503 for _, status, _, _ in done)
    site.until(lambda: all(site.get("/readyz")[0] == 200 for _ in range(12)))
    acknowledged = {code for *_, state, code in done if state == "recorded"}
    assert len(acknowledged) >= 50
    assert acknowledged <= stored(site, number)[1]
    # Who got no answer sends again, and is counted once.
    again = [voters[n].vote(options[0]) for n, _, state, _ in done if state != "recorded"]
    assert {state for _, state, _ in again} <= {"recorded", "already"}
    ballots, receipts = stored(site, number)
    assert (ballots, len(receipts)) == (200, 200)


def test_a_dump_and_the_log_hold_no_address_of_a_voter(site, poll):
    number, options = poll
    for n in range(3):
        assert Voter(site, number, address=f"198.51.100.{n}").vote(options[0])[1] == "recorded"
    kept, log = dump(site), site.log.read_text()
    assert "polls_networkhour" in kept and "polls_ballot" in kept
    for trace in ("198.51.100", "c63364", "100.99.0"):
        assert trace not in kept
        assert trace not in log
