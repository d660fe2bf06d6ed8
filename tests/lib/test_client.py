"""Who asks: addresses behind proxies, robots, staff."""

from pathlib import Path

import pytest

from portal.lib import client

DATA = Path(__file__).resolve().parents[1] / "data"


def agents(name):
    return (DATA / name).read_text().splitlines()


def test_nearly_all_robots_are_known():
    robots = agents("robots.txt")
    missed = [agent for agent in robots if not client.is_robot({"HTTP_USER_AGENT": agent})]
    assert len(missed) / len(robots) <= 0.05, missed


def test_nearly_all_browsers_are_people():
    browsers = agents("browsers.txt")
    wronged = [agent for agent in browsers if client.is_robot({"HTTP_USER_AGENT": agent})]
    assert len(wronged) / len(browsers) <= 0.01, wronged


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "address"),
    [
        ("198.51.100.1", "", [], "198.51.100.1"),
        ("198.51.100.1", "203.0.113.9", [], "198.51.100.1"),  # nobody is trusted: the header is a claim
        ("10.0.0.2", "203.0.113.9", ["10.0.0.0/8"], "203.0.113.9"),
        ("10.0.0.2", "1.2.3.4, 203.0.113.9", ["10.0.0.0/8"], "203.0.113.9"),  # the left part was written by the client
        ("10.0.0.2", "203.0.113.9, 10.0.0.3", ["10.0.0.0/8"], "203.0.113.9"),
        ("10.0.0.2", "203.0.113.9, nonsense", ["10.0.0.0/8"], "10.0.0.2"),
        ("10.0.0.2", "", ["10.0.0.0/8"], "10.0.0.2"),
        ("198.51.100.1", "203.0.113.9", ["10.0.0.0/8"], "198.51.100.1"),
        ("2001:db8::1", "2001:db8:9::7", ["2001:db8::1"], "2001:db8:9::7"),
        ("::ffff:10.0.0.2", "203.0.113.9", ["10.0.0.0/8"], "203.0.113.9"),
        ("", "", [], "0.0.0.0"),  # noqa: S104 - a unix socket has no address
    ],
)
def test_the_address_is_what_the_nearest_trusted_proxy_saw(peer, forwarded, proxies, address):
    assert client.client_ip({"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": forwarded}, proxies) == address


def test_two_hundred_forged_addresses_are_one_visitor():
    keys = {
        client.visitor_key({"REMOTE_ADDR": "198.51.100.1", "HTTP_X_FORWARDED_FOR": f"203.0.113.{n}"}, b"s")
        for n in range(200)
    }
    assert len(keys) == 1


def test_another_secret_makes_another_visitor():
    asks = {"REMOTE_ADDR": "198.51.100.1", "HTTP_USER_AGENT": "x"}
    assert client.visitor_key(asks, b"a") != client.visitor_key(asks, b"b")
    assert len(client.visitor_key(asks, b"a")) == 16


@pytest.mark.parametrize(
    ("cookie", "staff"),
    [("sessionid=a", True), ("a=b; sessionid=c", True), ("xsessionid=a", False), ("csrftoken=sessionid", False)],
)
def test_a_session_cookie_is_staff(cookie, staff):
    assert client.is_staff_browser({"HTTP_COOKIE": cookie}) is staff
