"""What citizens looked for and did not find: taken once from each voter, without any trace of who it was."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from polls import brake, voting
from polls.models import Poll, Spent, Wish


class TooMany(Exception):
    """Very many have come from this network in this hour."""


def send(poll: Poll, voter: voting.Voter, text: str, *, address: str) -> bool:
    """Stores `text`, masked; False when this voter has sent one before, and then nothing is stored."""
    with transaction.atomic():
        if brake.press(poll, "wish", address) > settings.POLL_SOFT_LIMIT:
            raise TooMany
        is_first = brake.spend(voter.wish, timezone.now() + timedelta(seconds=voting.COOKIE_AGE))
        if is_first:
            Wish.objects.create(poll=poll, text=text)
    return is_first


def has_sent(voter: voting.Voter) -> bool:
    """Whether this voter's one wish of the round is spent."""
    return Spent.objects.filter(token=voter.wish).exists()
