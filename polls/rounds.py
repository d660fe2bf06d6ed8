"""The life of a poll: opening, closing, a new round, the seal on a round that is over, the end of its voters' secret."""

from collections import defaultdict
from contextlib import contextmanager
from copy import copy
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from polls import results
from polls.models import Ballot, Choice, Poll, Round, Seal
from polls.voting import gate
from portal.lib import audit, patience

SECRET_KEPT = timedelta(days=30)
FEW = 5  # ballots in a batch of which nothing more is told


def state(poll: Poll, at: datetime | None = None) -> str:
    """ "draft", "scheduled", "open" or "closed", by the server's clock."""
    at = at or timezone.now()
    if not poll.is_approved:
        return "draft"
    if poll.is_open(at):
        return "open"
    return "closed" if poll.is_closed(at) else "scheduled"


def _alone(poll: Poll) -> Poll:
    """The poll as it is now; nobody votes in it or changes it until this transaction ends."""
    gate(poll, closes=True)
    return Poll.objects.select_for_update().get(pk=poll.pk)


@contextmanager
def _step(
    verb: str, poll: Poll, state_from: set[str], refusal: str, *, by: User | None, reason: str, at: datetime | None
):
    """(the poll as it is now, the moment) for a step that leads out of one of these states; saves and records it."""

    def shown(row: Poll) -> dict[str, str | int | None]:
        closes = row.closes_at and row.closes_at.isoformat()
        return {"state": state(row), "round": row.round, "opens_at": row.opens_at.isoformat(), "closes_at": closes}

    with transaction.atomic():
        poll = _alone(poll)
        at = at or timezone.now()  # read when the last ballot is in
        if state(poll, at) not in state_from:
            raise ValidationError(refusal)
        before = copy(poll)
        yield poll, at
        poll.save(update_fields=["is_approved", "round", "opens_at", "closes_at"])
        audit.record(verb, poll, by=by, before=shown(before), after=shown(poll), reason=reason)


def _ready(poll: Poll, at: datetime) -> None:
    if poll.options.count() < 2:
        raise ValidationError(_("An approved poll needs at least two answers."))
    if poll.closes_at and poll.closes_at <= at:
        raise ValidationError(_("The closing time has passed. Change it first."))


def schedule(poll: Poll, *, by: User, reason: str = "", at: datetime | None = None) -> None:
    """Approves a draft that the clock will open."""
    refusal = _("Only a draft can be scheduled.")
    with _step("Poll scheduled", poll, {"draft"}, refusal, by=by, reason=reason, at=at) as (poll, at):
        if poll.opens_at <= at:
            raise ValidationError(_("The opening time has passed. Change it first, or open the poll now."))
        _ready(poll, at)
        poll.is_approved = True


def take_back(poll: Poll, *, by: User, reason: str = "", at: datetime | None = None) -> None:
    """Makes a scheduled poll a draft again."""
    refusal = _("Only a scheduled poll can be taken back.")
    with _step("Poll taken back", poll, {"scheduled"}, refusal, by=by, reason=reason, at=at) as (poll, at):
        poll.is_approved = False


def open_now(poll: Poll, *, by: User, reason: str = "", at: datetime | None = None) -> None:
    """Opens a draft or a scheduled poll at once."""
    refusal = _("This poll has been opened before.")
    with _step("Poll opened", poll, {"draft", "scheduled"}, refusal, by=by, reason=reason, at=at) as (poll, at):
        _ready(poll, at)
        poll.is_approved, poll.opens_at = True, at


def close_now(poll: Poll, *, by: User | None, reason: str = "", at: datetime | None = None) -> None:
    """Closes an open poll: no ballot is stored after this commits. Then seals the round; the beat does if that fails."""
    refusal = _("This poll is not open.")
    with _step("Poll closed", poll, {"open"}, refusal, by=by, reason=reason, at=at) as (poll, at):
        poll.closes_at = max(at, poll.opens_at + timedelta(microseconds=1))
    _seal_when_closed(poll, poll.closes_at)


def reopen(poll: Poll, *, by: User, closes_at: datetime | None = None, reason: str = "", at=None) -> None:
    """Opens a closed poll for a new round: everybody may vote again, the result of the old one stays."""
    refusal = _("Only a closed poll can be opened again.")
    with _step("Poll opened again", poll, {"closed"}, refusal, by=by, reason=reason, at=at) as (poll, at):
        if closes_at and closes_at <= at:
            raise ValidationError(_("A poll closes after it has opened."))
        _seal(poll, poll.round)
        Round.objects.filter(poll=poll, number=poll.round).update(opens_at=poll.opens_at, closes_at=poll.closes_at)
        poll.round, poll.opens_at, poll.closes_at = poll.round + 1, at, closes_at


def batches(poll: Poll):
    """Ballots that were kept aside, by round, hour and reason; the smallest groups that can be decided about. Of how many
    voted for what is told, unless so few are in it that somebody could recognise a ballot.
    """
    group = ["round", "cast_at", "mark", "state"]
    marked = poll.ballots.exclude(mark="").order_by("-round", "cast_at", "mark", "state")
    chosen = Choice.objects.filter(poll=poll).exclude(ballot__mark="").order_by("option__order", "option")
    votes = defaultdict(list)
    for *batch, text, n in chosen.values_list(*(f"ballot__{name}" for name in group), "option__text").annotate(
        Count("pk")
    ):
        votes[tuple(batch)].append((text, n))
    return [
        row
        | {"why": Ballot.Mark(row["mark"]).label, "now": Ballot.State(row["state"]).label}
        | {"votes": votes[tuple(row[name] for name in group)] if row["n"] >= FEW else None}
        for row in marked.values(*group).annotate(n=Count("pk"))
    ]


def decide(poll: Poll, number: int, hour: datetime, mark: str, *, counts: bool, by: User, reason: str) -> int:
    """Lets a batch of kept-aside ballots count, or not; how many changed. A sealed round gets a new seal."""
    reason = reason.strip()
    if not reason:
        raise ValidationError(_("Please give a reason; it is published with the result."))
    with transaction.atomic():
        if number == poll.round:  # who votes in a new round need not wait for a decision about an old one
            gate(poll, closes=True)
        Round.objects.select_for_update(no_key=True).filter(poll=poll, number=number).first()
        after = Ballot.State.COUNTED if counts else Ballot.State.REJECTED
        batch = poll.ballots.filter(round=number, cast_at=hour, mark=mark).exclude(mark="").exclude(state=after)
        before = dict(batch.values_list("state").annotate(Count("pk")).order_by())
        n = batch.update(state=after)
        if n:
            about = {"round": number, "hour": hour.isoformat(), "mark": mark, "ballots": n}
            audit.record("Ballots decided", poll, by=by, before=before, after=after, reason=reason, **about)
            if Seal.objects.filter(poll=poll, round=number).exists():
                _seal(poll, number, reason, again=True)
    return n


def _seal(poll: Poll, number: int, reason: str = "", *, again: bool = False) -> bool:
    if not again and Seal.objects.filter(poll=poll, round=number).exists():
        return False
    tally = results.tally(poll, number)
    Seal.objects.create(
        poll=poll,
        round=number,
        reason=reason,
        votes={str(line.option.pk): line.votes for line in tally.lines},
        voters=tally.voters,
        aside=tally.aside,
        rejected=tally.rejected,
        digest=results.digest(poll, number),
    )
    return True


def _seal_when_closed(poll: Poll, at: datetime, *, waits: bool = True) -> bool:
    """Seals the round of `poll`; False when it is not over, somebody else did, or does so just now and nobody `waits`."""
    with transaction.atomic():  # of its own: reading a million ballots must not keep the closing from being seen
        if not gate(poll, closes=True, waits=waits):
            return False
        # Before the gate somebody may have put the closing off; a sealed round takes no ballots.
        is_over = Poll.objects.closed(at).filter(pk=poll.pk, round=poll.round).exists()
        return is_over and _seal(poll, poll.round)


def seal_closed(at: datetime | None = None) -> int:
    """Seals the rounds that the clock has closed; how many. Called by the beat of every process."""
    at = at or timezone.now()
    sealed = Seal.objects.filter(poll=OuterRef("pk"), round=OuterRef("round"))
    waiting = Poll.objects.closed(at).exclude(Exists(sealed))
    with patience.patience(patience.STAFF):  # a list of all ballots may take longer than a beat
        return sum(_seal_when_closed(poll, at, waits=False) for poll in waiting)


def forget_voters(at: datetime | None = None) -> int:
    """Destroys the secrets of rounds that closed SECRET_KEPT ago: no cookie leads to a ballot any more. How many."""
    long_ago = (at or timezone.now()) - SECRET_KEPT
    kept = Round.objects.filter(secret__isnull=False)
    past = kept.filter(closes_at__lte=long_ago, number__lt=F("poll__round"))
    present = kept.filter(number=F("poll__round"), poll__closes_at__lte=long_ago, poll__is_approved=True)
    return past.update(secret=None) + present.update(secret=None)
