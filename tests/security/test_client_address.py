"""Who asks is decided in one place, and everything that counts, limits or logs asks there."""

import ast
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client, RequestFactory

from portal.accounts import throttle
from portal.lib import client

ROOT = Path(__file__).resolve().parents[2]
APPS = ("portal", "news", "hotlines", "polls", "stats")


@pytest.mark.django_db
def test_two_hundred_forged_headers_change_nothing_anywhere(settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    User.objects.create_superuser("lan", password="mat-khau-rat-dai")
    addresses, networks, visitors, answers = set(), set(), set(), []
    for n in range(200):
        forged = {"HTTP_X_FORWARDED_FOR": f"203.0.{n}.1, 2001:db8:{n}::1, nonsense{n}, 198.51.100.7", "REMOTE_ADDR": "10.0.0.2",
                  "HTTP_X_REAL_IP": f"203.0.{n}.1", "HTTP_FORWARDED": f"for=203.0.{n}.1", "HTTP_CLIENT_IP": f"203.0.{n}.1"}  # fmt: skip
        request = RequestFactory().get("/", **forged)
        addresses.add(client.client_ip(request.META))
        networks.add(throttle.network(request))
        visitors.add(client.visitor_key(request.META, b"s"))
        if n < 10:
            answers.append(
                Client().post("/quan-tri/login/", {"username": "lan", "password": "sai"}, **forged).status_code
            )
    assert (addresses, networks, len(visitors)) == ({"198.51.100.7"}, {"198.51.100.0"}, 1)
    assert answers == [200] * 4 + [429] * 6


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("10.0.0.2", "203.0.113.9,", "10.0.0.2"),
        ("10.0.0.2", "203.0.113.9, 10.0.0.5, 10.0.0.6", "203.0.113.9"),
        ("10.0.0.2", "10.0.0.9", "10.0.0.9"),
        ("10.0.0.2", "203.0.113.9:443", "10.0.0.2"),
        ("10.0.0.2", "[2001:db8::1]", "10.0.0.2"),
        ("10.0.0.2", "2001:db8::1", "2001:db8::1"),
        ("10.0.0.2", "' OR 1=1", "10.0.0.2"),
        ("10.0.0.2", "1" * 5000, "10.0.0.2"),
        ("::ffff:10.0.0.2", "::ffff:203.0.113.9", "::ffff:203.0.113.9"),
        ("nonsense", "203.0.113.9", "nonsense"),
    ],
)
def test_malformed_hops_are_not_believed(peer, forwarded, address):
    assert client.client_ip({"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": forwarded}, ["10.0.0.0/8"]) == address


@pytest.mark.parametrize(
    ("address", "network"),
    [("198.51.100.7", "198.51.100.0"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"), ("::ffff:198.51.100.7", "198.51.100.0"),
     ("", "0.0.0.0"), ("nonsense", "0.0.0.0")],
)  # fmt: skip
def test_neighbours_share_a_network(address, network):
    assert client.network_of(address) == network


def test_nobody_reads_the_address_past_the_one_function():
    """The names stand only where they are weighed, where a hit is noted for it, and where the portal asks itself."""
    told = {}
    for path in (path for app in APPS for path in (ROOT / app).rglob("*.py")):
        texts = {node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant)}
        if texts & {"REMOTE_ADDR", "HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_CLIENT_IP", "HTTP_FORWARDED"}:
            told[str(path.relative_to(ROOT))] = path
    assert set(told) == {"portal/lib/client.py", "portal/preparing.py", "stats/counting.py"}
