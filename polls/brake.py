"""The brake: how much comes from one network in an hour. Never an identity, never beside a choice, no address kept.

A network is counted under a key that is random, belongs to one hour and is gone KEPT later; half of it is the portal's own,
so that nobody finds the networks of a dump by trying them all.
"""

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import connection
from django.utils import timezone

from polls.models import HourSecret, NetworkHour, Poll, Spent
from portal.lib.client import network_of

KEPT = timedelta(hours=2)
WORK_AGE = 600  # seconds in which a challenge is to be solved
_SALT = "polls.work"
_PROOF = re.compile(r"(.{1,300}):([0-9]{1,12})")


class WorkNeeded(Exception):
    """So many ballots have come from this network that the browser is to prove some work first."""


def press(poll: Poll, what: str, address: str, at: datetime | None = None) -> int:
    """Counts one `what` ("ballot", "wish") in `poll` from the network of `address`; how many it were in this hour."""
    hour = _hour(at or timezone.now())
    message = b"%d|%s|%s" % (poll.pk, what.encode(), network_of(address).encode())
    key = _secret_of(hour) + settings.SECRET_KEY.encode()  # a dump holds only half of it
    network = hmac.digest(key, message, "sha256")[:16]
    return _first(
        "INSERT INTO polls_networkhour AS seen (hour, network, n) VALUES (%s, %s, 1) "
        "ON CONFLICT (hour, network) DO UPDATE SET n = seen.n + 1 RETURNING n",
        [hour, network],
    )


def spend(token: bytes, until: datetime) -> bool:
    """True for the first who spends `token`, False for everybody after; also when they come at once."""
    return bool(
        _first(
            "INSERT INTO polls_spent (token, until) VALUES (%s, %s) ON CONFLICT DO NOTHING RETURNING 1",
            [token, _hour(until) + timedelta(hours=1)],
        )
    )


def challenge(poll: Poll) -> dict[str, str | int]:
    """A task for a browser: find a number n for which SHA-256("<challenge>:n") begins with `bits` zero bits."""
    bits = settings.POLL_WORK_BITS
    return {
        "challenge": signing.dumps([poll.pk, poll.round, secrets.token_urlsafe(16), bits], salt=_SALT),
        "bits": bits,
    }


def redeem(poll: Poll, proof: str, at: datetime | None = None) -> bool:
    """Whether `proof` ("<challenge>:n") solves a challenge of ours for this poll and round that nobody has used yet."""
    parts = _PROOF.fullmatch(proof)
    if parts is None:
        return False
    try:
        pk, number, nonce, bits = signing.loads(parts[1], salt=_SALT, max_age=WORK_AGE)
    except signing.BadSignature:
        return False
    work = int.from_bytes(hashlib.sha256(proof.encode()).digest(), "big")
    if (pk, number) != (poll.pk, poll.round) or work >> (256 - bits):
        return False
    return spend(hashlib.sha256(nonce.encode()).digest(), (at or timezone.now()) + timedelta(seconds=WORK_AGE))


def prune(at: datetime | None = None) -> None:
    """Destroys what is older than KEPT."""
    at = at or timezone.now()
    NetworkHour.objects.filter(hour__lte=at - KEPT).delete()
    HourSecret.objects.filter(hour__lte=at - KEPT).delete()
    Spent.objects.filter(until__lte=at).delete()


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _secret_of(hour: datetime) -> bytes:
    """The key of this hour, the same in every process."""
    known = HourSecret.objects.filter(hour=hour).first()
    if known is None:
        HourSecret.objects.bulk_create([HourSecret(hour=hour, secret=secrets.token_bytes(32))], ignore_conflicts=True)
        known = HourSecret.objects.get(hour=hour)
    return bytes(known.secret)


def _first(statement: str, values: list) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    return row[0] if row else 0
