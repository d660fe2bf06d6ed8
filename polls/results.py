"""The result of a round, read from its ballots: tally, shares, days, the list that is sealed; live shares for cached pages."""

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone

from polls.models import Ballot, Choice, Option, Poll, Receipt, Round
from portal.lib import clock, live, pagecache

T = TypeVar("T")
COUNTED, ASIDE, REJECTED = Ballot.State.COUNTED, Ballot.State.ASIDE, Ballot.State.REJECTED
LONGEST = 366  # days of a series
VERY_MANY, LATELY = 20_000, 3.0  # ballots; seconds, as old as the live shares may be
PIECE = 10_000  # lines of a sealed list that are put together at once
RESTS = 20  # times as long as counting very many ballots took, before the beat counts them again


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
    """The result of one round; `aside` ballots wait for a decision, `rejected` ones were decided not to count."""

    lines: list[Line]
    voters: int
    aside: int
    rejected: int


_lately: dict[tuple[str, int, int], tuple[float, Any]] = {}  # by what is counted, poll and round
_rests_until: dict[int, float] = {}  # by poll


def tally(poll: Poll, number: int | None = None, *, with_aside: bool = False) -> Tally:
    """Counts the ballots of round `number` (default: the present one); the shares add up to exactly 100,0 % of the
    choices made. `with_aside`: as it would be if all ballots that wait for a decision counted.
    """
    number = number or poll.round
    states = [COUNTED, ASIDE] if with_aside else [COUNTED]
    ballots: dict[str, int] = {}
    others = 0
    for of, state, n in poll.ballots.order_by().values_list("round", "state").annotate(Count("pk")):
        ballots |= {state: n} if of == number else {}
        others += 0 if of == number and state in states else n
    votes = _votes(
        poll, Q(ballot__round=number, ballot__state__in=states), sum(map(ballots.get, states, [0, 0])), others
    )
    lines = [Line(option, votes[option.pk]) for option in poll.options.order_by("order", "pk")]
    for line, tenths in zip(lines, shares([line.votes for line in lines]), strict=True):
        line.tenths = tenths
    voters = sum(ballots.get(state, 0) for state in states)
    return Tally(lines, voters, ballots.get(ASIDE, 0), ballots.get(REJECTED, 0))


def _votes(poll: Poll, wanted: Q, inside: int, outside: int) -> Counter[int]:
    """Votes by option of the `inside` ballots that are `wanted`: only the fewer ones are looked up ballot by ballot."""

    def counted(choices) -> Counter[int]:
        return Counter(dict(choices.order_by().values_list("option").annotate(Count("pk"))))

    choices = Choice.objects.filter(poll=poll)
    if inside < outside:
        return counted(choices.filter(wanted))
    votes = counted(choices)
    if outside:
        votes.subtract(counted(choices.exclude(wanted)))
    return votes


def lately(poll: Poll, number: int | None = None) -> Tally:
    """The tally of a round (default: the present one) for citizens, see `_remembered`."""
    return _remembered(tally, poll, number or poll.round, lambda counted: counted.voters)


def days_lately(poll: Poll) -> list[tuple[date, int]]:
    """The days of the present round for citizens, see `_remembered`."""
    return _remembered(days, poll, poll.round, lambda counted: sum(n for _day, n in counted))


def _remembered(count: Callable[[Poll, int], T], poll: Poll, number: int, ballots: Callable[[T], int]) -> T:
    """What `count` says. While very many vote it may be LATELY seconds old; of a round that is over it is counted once,
    until a new seal changes the content.
    """
    if number < poll.round or poll.is_closed():
        return pagecache.shared(f"{count.__name__}:{poll.pk}:{number}", lambda: count(poll, number))
    key = (count.__name__, poll.pk, number)
    if (found := _lately.get(key)) and time.monotonic() - found[0] < LATELY:
        return found[1]
    began, counted = time.monotonic(), count(poll, number)
    if ballots(counted) >= VERY_MANY:
        _lately[key] = began, counted
    return counted


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


def times(poll: Poll, number: int | None = None) -> tuple[datetime, datetime | None]:
    """(opening, closing) of a round."""
    if number in (None, poll.round):
        return poll.opens_at, poll.closes_at
    past = Round.objects.get(poll=poll, number=number)
    return past.opens_at or poll.created_at, past.closes_at


def days(poll: Poll, number: int | None = None) -> list[tuple[date, int]]:
    """(day, counted ballots) from the opening to the closing or today, at most the last LONGEST."""
    opens, closes = times(poll, number)
    hours = poll.ballots.filter(round=number or poll.round, state=COUNTED).values_list("cast_at")
    counted: Counter[date] = Counter()
    for hour, n in hours.annotate(Count("pk")).order_by():
        counted[clock.local_day(hour)] += n
    last = clock.local_day(min(closes or timezone.now(), timezone.now()))
    first = max(min([clock.local_day(opens), *counted]), last - timedelta(days=LONGEST - 1))
    return [(day, counted[day]) for day in (first + timedelta(n) for n in range((last - first).days + 1))]


# Python sees some lines with their numbers, not a million ballots. Where one answer is allowed, nothing has to be put together.
BALLOT_LINES = """
SELECT 'phieu ' || state || ' ' || coalesce(options, ''), count(*) FROM (
    SELECT b.state, {options} AS options FROM polls_ballot b LEFT JOIN polls_choice c ON c.ballot_id = b.id
    WHERE b.poll_id = %(poll)s AND b.round = %(round)s {grouped}
) AS each GROUP BY state, options
"""  # constants # nosec B608
ONE = {"options": "c.option_id::text", "grouped": ""}
SEVERAL = {"options": "string_agg(c.option_id::text, '+' ORDER BY c.option_id)", "grouped": "GROUP BY b.id"}


def sealed_list(poll: Poll, number: int) -> Iterator[str]:
    """What is sealed, as pieces of a text: the answers, every ballot, every receipt, each sorted, so that no order tells
    anything.
    """
    yield f"binh-chon {poll.pk} lan {number}\n"
    for option in poll.options.order_by("pk"):
        yield f"phuong-an {option.pk} {option.text}\n"
    with connection.cursor() as cursor:
        statement = BALLOT_LINES.format(**(ONE if poll.max_choices == 1 else SEVERAL))
        cursor.execute(statement, {"poll": poll.pk, "round": number})
        lines = sorted(cursor.fetchall())
    for line, n in lines:
        yield from (f"{line}\n" * min(PIECE, n - begun) for begun in range(0, n, PIECE))
    receipts, last = Receipt.objects.filter(poll=poll, round=number).order_by("code"), ""
    while codes := list(receipts.filter(code__gt=last).values_list("code", flat=True)[:PIECE]):
        yield "".join(f"ma {code}\n" for code in codes)
        last = codes[-1]


def digest(poll: Poll, number: int) -> str:
    """SHA-256 of `sealed_list`, in hexadecimal."""
    found = hashlib.sha256()
    for piece in sealed_list(poll, number):
        found.update(piece.encode())
    return found.hexdigest()


# --- Live shares on cached pages --------------------------------------------------------------------------------------
def hole(poll: Poll, name: str) -> str:
    """A live hole of an open poll: "voters", or the share of the option with that number."""
    hole = f"poll.{poll.pk}.{name}"
    if not live.knows(hole):  # it opened after the last beat
        _tell(poll)
    return live.hole(hole)


def refresh() -> None:
    """Reads the shares that pages may show: called by the beat, so that no reader waits for them."""
    for poll in Poll.objects.open().filter(results_shown=Poll.Results.ALWAYS):
        if time.monotonic() >= _rests_until.get(poll.pk, 0):
            _tell(poll)


def _tell(poll: Poll) -> None:
    began, result = time.monotonic(), tally(poll)
    if result.voters >= VERY_MANY:
        _rests_until[poll.pk] = time.monotonic() + RESTS * (time.monotonic() - began)
    numbers = {str(line.option.pk): line.share for line in result.lines} | {
        "voters": f"{result.voters:,}".replace(",", ".")
    }
    live.tell({f"poll.{poll.pk}.{name}": words for name, words in numbers.items()})
