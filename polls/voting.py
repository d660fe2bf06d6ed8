"""Casting a ballot, and reading the result from the ballots."""

import hmac
import secrets
from dataclasses import dataclass

from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.utils import timezone

from polls.models import Ballot, Choice, Option, Poll

COOKIE = "nguoi-binh-chon"
COOKIE_AGE = 365 * 24 * 3600  # seconds
_SALT = "polls.voter"


class NotOpen(Exception):
    """The poll takes no ballots now."""


class BadChoice(Exception):
    """No option, too many, the same twice, or one of another poll."""


def new_voter() -> str:
    """The value of a new voter cookie: random, signed, without any trace of the person."""
    return signing.dumps(secrets.token_urlsafe(24), salt=_SALT)


def voter_key(poll: Poll, cookie: str) -> bytes | None:
    """What stands on the ballot for the holder of `cookie`; None for a cookie that we did not sign.

    The poll's own secret makes the keys of one person in two polls strangers to each other.
    """
    try:
        voter = signing.loads(cookie, salt=_SALT)
    except signing.BadSignature:
        return None
    return hmac.digest(bytes(poll.secret), str(voter).encode(), "sha256")


def cast(poll: Poll, options: list[Option], *, voter: bytes, at=None) -> bool:
    """Stores one ballot; True when it is new, False when `voter` has voted in this round before.

    Raises NotOpen or BadChoice. The row lock lets closing (which takes it exclusively) and voting take turns: no ballot
    after the closing commit.
    """
    with transaction.atomic():
        poll = Poll.objects.select_for_update(no_key=True).get(pk=poll.pk)
        at = at or timezone.now()  # read after the wait for the lock: closing may have been faster
        if not poll.is_open(at):
            raise NotOpen
        chosen = {option.pk for option in options if option.poll_id == poll.pk}
        if not chosen or len(chosen) != len(options) or len(chosen) > poll.max_choices:
            raise BadChoice
        try:
            with transaction.atomic():
                hour = at.replace(minute=0, second=0, microsecond=0)
                ballot = Ballot.objects.create(poll=poll, round=poll.round, voter=voter, cast_at=hour)
                Choice.objects.bulk_create(Choice(poll=poll, ballot=ballot, option_id=pk) for pk in sorted(chosen))
        except IntegrityError:
            if has_voted(poll, voter):
                return False
            raise BadChoice from None  # an answer that has gone meanwhile
    return True


def has_voted(poll: Poll, voter: bytes) -> bool:
    """Whether `voter` has a ballot in the poll's present round."""
    return poll.ballots.filter(round=poll.round, voter=voter).exists()


@dataclass
class Line:
    """One answer's result; `tenths` is its share in tenths of a percent."""

    option: Option
    votes: int
    tenths: int = 0

    @property
    def share(self) -> str:
        """ "37,5" """
        return f"{self.tenths // 10},{self.tenths % 10}"


@dataclass
class Tally:
    """The result of a poll's present round."""

    lines: list[Line]
    voters: int


def tally(poll: Poll) -> Tally:
    """Counts the ballots of the present round; the shares add up to exactly 100,0 % of the choices made."""
    counted = Count("choices", filter=Q(choices__ballot__round=poll.round))
    lines = [Line(option, option.votes) for option in poll.options.annotate(votes=counted).order_by("order", "pk")]
    for line, tenths in zip(lines, shares([line.votes for line in lines]), strict=True):
        line.tenths = tenths
    return Tally(lines, poll.ballots.filter(round=poll.round).count())


def shares(votes: list[int], whole: int = 1000) -> list[int]:
    """`votes` as parts of `whole` (1000: tenths of a percent) by largest remainder; the first wins a tie; 0 votes are 0."""
    total = sum(votes)
    if not total:
        return [0] * len(votes)
    parts = [n * whole // total for n in votes]
    by_remainder = sorted(range(len(votes)), key=lambda i: (-(votes[i] * whole % total), i))
    for i in by_remainder[: whole - sum(parts)]:
        parts[i] += 1
    return parts
