"""Casting a ballot: who votes, whether the poll is open, and one row that nobody can trace."""

import base64
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from polls import brake
from polls.models import Ballot, Choice, Option, Poll, Receipt, Round

COOKIE = "nguoi-binh-chon"
COOKIE_AGE = 365 * 24 * 3600  # seconds
MIXED = 4  # ballots on either side that are written again with a new one
_SALT = "polls.voter"
_GATE = 7_065_540  # of PostgreSQL's advisory locks
_CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")


class NotOpen(Exception):
    """The poll takes no ballots now."""


class BadChoice(Exception):
    """No option, too many, the same twice, or one of another poll."""


class Reworded(Exception):
    """Question or answers were changed after the page was opened from which the ballot comes."""


@dataclass(frozen=True)
class Voter:
    """What the holder of a cookie is in one round: three codes of which none leads to another without the cookie."""

    key: bytes  # stands on the ballot
    receipt: str  # is published with the round's other receipts
    wish: bytes  # is spent when the voter has said what is missing


def new_voter() -> str:
    """The value of a new voter cookie: random, signed, without any trace of the person."""
    return signing.dumps(secrets.token_urlsafe(24), salt=_SALT)


def identify(poll: Poll, cookie: str) -> Voter | None:
    """Who the holder of `cookie` is in the present round; None for a cookie that we did not sign, and when the round's
    secret has been destroyed.

    The round's own secret makes the keys of one person in two rounds strangers to each other.
    """
    try:
        person = str(signing.loads(cookie, salt=_SALT)).encode()
    except signing.BadSignature:
        return None
    secret = Round.objects.filter(poll=poll, number=poll.round).values_list("secret", flat=True).first()
    if secret is None:
        return None
    key, receipt, wish = (hmac.digest(bytes(secret), b"%s|%s" % (of, person), "sha256") for of in (b"", b"r", b"w"))
    return Voter(key, _spelled(receipt[:10]), wish)


def new_receipt() -> str:
    """A receipt of nobody in particular."""
    return _spelled(secrets.token_bytes(10))


def _spelled(code: bytes) -> str:
    """10 bytes as one reads them to somebody: "7K2M-…" without I, L, O, U."""
    letters = base64.b32encode(code).decode().translate(_CROCKFORD)
    return "-".join(letters[i : i + 4] for i in range(0, 16, 4))


def vote(
    poll: Poll,
    options: list[Option],
    voter: Voter,
    *,
    address: str,
    wording: str = "",
    proof: str = "",
    can_work: bool = False,
) -> bool:
    """`cast` behind the brake; True when the ballot is new.

    Many ballots from the network of `address` in this hour need a proof of work: `brake.WorkNeeded` for who `can_work`,
    for others, and for very many, the ballot is kept aside. Nothing is dropped.
    """
    with transaction.atomic():
        n, mark = brake.press(poll, "ballot", address), Ballot.Mark.NONE
        if n > settings.POLL_HARD_LIMIT:
            mark = Ballot.Mark.FLOOD
        elif n > settings.POLL_SOFT_LIMIT and not brake.redeem(poll, proof):
            if can_work:
                raise brake.WorkNeeded
            mark = Ballot.Mark.UNPROVED
        is_new = cast(poll, options, voter=voter.key, receipt=voter.receipt, mark=mark, wording=wording)
        if not is_new:
            transaction.set_rollback(True)  # a second click does not press the brake
    return is_new


def cast(
    poll: Poll,
    options: list[Option],
    *,
    voter: bytes,
    receipt: str = "",
    mark: str = Ballot.Mark.NONE,
    wording: str = "",
    at: datetime | None = None,
) -> bool:
    """Stores one ballot; True when it is new, False when `voter` has voted in this round before.

    Raises NotOpen, Reworded (where `wording` says what the voter has read) or BadChoice. With a `mark` the ballot is kept
    aside.
    """
    with transaction.atomic():
        poll = _held(poll)
        at = at or timezone.now()  # read after the wait for the lock: closing may have been faster
        if not poll.is_open(at):
            raise NotOpen
        if wording and wording != poll.wording():
            raise Reworded
        chosen = {option.pk for option in options if option.poll_id == poll.pk}
        if not chosen or len(chosen) != len(options) or len(chosen) > poll.max_choices:
            raise BadChoice
        hour = at.replace(minute=0, second=0, microsecond=0)
        state = Ballot.State.ASIDE if mark else Ballot.State.COUNTED
        ballot = Ballot(poll=poll, round=poll.round, voter=voter, cast_at=hour, state=state, mark=mark)
        return _store(ballot, chosen, receipt or new_receipt())


def _store(ballot: Ballot, chosen: set[int], receipt: str) -> bool:
    try:
        # Without an error for a second ballot: PostgreSQL would write the voter's key and the second into its log.
        Ballot.objects.bulk_create([ballot], ignore_conflicts=True)
    except IntegrityError:  # the round was sealed by a machine whose clock is ahead
        raise NotOpen from None
    if not Ballot.objects.filter(pk=ballot.pk).exists():
        return False
    try:
        Choice.objects.bulk_create(Choice(poll=ballot.poll, ballot=ballot, option_id=pk) for pk in sorted(chosen))
    except IntegrityError:  # an answer has gone meanwhile
        raise BadChoice from None
    Receipt.objects.create(poll=ballot.poll, round=ballot.round, code=receipt)
    _mix(ballot)
    return True


def has_voted(poll: Poll, voter: bytes) -> bool:
    """Whether `voter` has a ballot in the poll's present round."""
    return poll.ballots.filter(round=poll.round, voter=voter).exists()


def gate(poll: Poll, *, closes: bool, waits: bool = True) -> bool:
    """Voters pass side by side, who closes or changes the poll passes alone; a queue, so that neither waits for ever.

    The row lock of `_held` is what keeps ballots out of a closed poll, but share locks that follow one another without a
    gap would let nobody close it. False when somebody is in it and nobody `waits`.
    """
    lock = f"pg_{'' if waits else 'try_'}advisory_xact_lock{'' if closes else '_shared'}"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(%s, %s)", [_GATE, poll.pk % 2**31])
        return cursor.fetchone()[0] is not False


def _held(poll: Poll) -> Poll:
    """The poll as it is now, and as it stays until this transaction ends: whoever changes it waits for us."""
    gate(poll, closes=False)
    rows = list(Poll.objects.raw("SELECT * FROM polls_poll WHERE id = %s FOR SHARE", [poll.pk]))
    if not rows:
        raise NotOpen
    return rows[0]


_MIX = """
WITH above AS (
    SELECT id FROM polls_ballot WHERE poll_id = %(poll)s AND round = %(round)s AND id >= %(place)s
    ORDER BY id LIMIT %(n)s FOR UPDATE SKIP LOCKED
), below AS (
    SELECT id FROM polls_ballot WHERE poll_id = %(poll)s AND round = %(round)s AND id < %(place)s
    ORDER BY id DESC LIMIT %(n)s FOR UPDATE SKIP LOCKED
), taken AS (
    DELETE FROM polls_ballot
    WHERE id IN (SELECT id FROM above UNION SELECT id FROM below UNION SELECT %(own)s) RETURNING *
)
INSERT INTO polls_ballot SELECT * FROM taken ORDER BY random() RETURNING id
"""
_MIX_CHOICES = """
WITH taken AS (DELETE FROM polls_choice WHERE ballot_id = ANY(%s) RETURNING *)
INSERT INTO polls_choice SELECT * FROM taken ORDER BY random()
"""


def _mix(ballot: Ballot) -> None:
    """Takes some other ballots out and puts them back together with `ballot`, in random order.

    Neither the order of the rows in the table (and in every dump), nor the number of the transaction that wrote them, then
    tells which ballot came when. A plain update would leave each row on its page.
    """
    values = {"poll": ballot.poll_id, "round": ballot.round, "place": secrets.randbelow(2**63), "own": ballot.pk}
    with connection.cursor() as cursor:
        cursor.execute(_MIX, {**values, "n": MIXED})
        cursor.execute(_MIX_CHOICES, [[pk for (pk,) in cursor.fetchall()]])
