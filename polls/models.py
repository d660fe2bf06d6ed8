"""Polls, their options, rounds and ballots. The database, not Python, makes sure that a voter counts once.

Migration 0010 holds what Django cannot declare: every poll has a row for its round, answers are frozen after the first
ballot, a closed poll opens again only as a new round, ballots and seals are never changed.
"""

import hashlib
import secrets
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from polls.masking import mask
from portal.lib import clock, text
from portal.lib.fields import LineField, LinkField, MomentField, ProseField, within_time

ANSWERED_WITHIN = timedelta(days=10)


def random_number():
    """A primary key that says nothing about the order in which rows came."""
    return secrets.randbelow(2**63)


def due_day():
    return clock.local_day() + ANSWERED_WITHIN


class PollQuerySet(models.QuerySet):
    def public(self, at=None):
        """Approved polls whose time has come: open ones and closed ones. Drafts and future polls are not public."""
        return self.filter(is_approved=True, opens_at__lte=at or timezone.now())

    def open(self, at=None):
        """Polls that take ballots at this moment: [opens_at, closes_at)."""
        at = at or timezone.now()
        return self.public(at).filter(Q(closes_at__isnull=True) | Q(closes_at__gt=at))

    def closed(self, at=None):
        """Polls that are over, by the clock or by hand."""
        at = at or timezone.now()
        return self.public(at).filter(closes_at__lte=at)

    def next_change(self, after):
        """The next moment later than `after` at which a poll opens or closes by the clock, or None."""
        moments = self.filter(is_approved=True).aggregate(
            opens=models.Min("opens_at", filter=Q(opens_at__gt=after)),
            closes=models.Min("closes_at", filter=Q(closes_at__gt=after)),
        )
        return min(filter(None, moments.values()), default=None)


class Poll(models.Model):
    class Results(models.TextChoices):
        ALWAYS = "always", _("always")
        VOTED = "voted", _("after voting")
        CLOSED = "closed", _("after closing")

    question = LineField(_("question"), max_length=300)
    note = ProseField(_("note"), blank=True, help_text=_("Shown under the question."))
    is_approved = models.BooleanField(_("approved"), default=False, help_text=_("Unless ticked this is a draft."))
    opens_at = MomentField(_("opens at"), default=timezone.now)
    closes_at = MomentField(_("closes at"), null=True, blank=True, help_text=_("Empty: until it is closed by hand."))
    max_choices = models.PositiveSmallIntegerField(_("choices allowed"), default=1)
    results_shown = models.CharField(_("results are shown"), max_length=8, choices=Results, default=Results.ALWAYS)
    shows_days = models.BooleanField(
        _("ballots a day are shown"),
        default=False,
        db_default=False,
        help_text=_("To citizens, beside the result; staff always see them."),
    )
    round = models.PositiveIntegerField(_("round"), default=1, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = PollQuerySet.as_manager()

    class Meta:
        verbose_name = _("poll")
        verbose_name_plural = _("polls")
        ordering = ["-opens_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(question=""), name="poll_has_question"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="poll_closes_after_opening"),
            models.CheckConstraint(condition=Q(max_choices__gte=1), name="poll_allows_a_choice"),
            within_time("poll_within_time", "opens_at", "closes_at"),
        ]

    def __str__(self):
        return self.question

    def clean(self):
        if self.closes_at and self.opens_at and self.closes_at <= self.opens_at:
            raise ValidationError({"closes_at": _("A poll closes after it has opened.")})

    def is_open(self, at=None):
        at = at or timezone.now()
        return self.is_approved and self.opens_at <= at and (self.closes_at is None or at < self.closes_at)

    def is_closed(self, at=None):
        return self.is_approved and self.closes_at is not None and self.closes_at <= (at or timezone.now())

    @property
    def is_frozen(self):
        """Whether somebody has voted, in whatever round: question and answers then keep their meaning."""
        return self.pk is not None and self.ballots.exists()

    def wording(self, options=None):
        """A sign of what is asked, for pages to send back with a ballot: another one for other words or other answers."""
        options = self.options.all() if options is None else options
        words = [self.question, *(f"{option.pk} {option.text}" for option in options)]
        return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]

    def shows_results_to(self, has_voted):
        """Whether somebody who has voted or not may see the result now; that of a closed poll is always public."""
        return (
            self.is_closed()
            or self.results_shown == self.Results.ALWAYS
            or (self.results_shown == self.Results.VOTED and has_voted)
        )

    def get_absolute_url(self):
        return reverse("polls:ballot", args=[self.pk])

    def get_results_url(self):
        return reverse("polls:results", args=[self.pk])


class Option(models.Model):
    poll = models.ForeignKey(Poll, models.CASCADE, related_name="options", verbose_name=_("poll"))
    text = LineField(_("answer"), max_length=200)
    order = models.PositiveIntegerField(_("order"), default=100)
    is_low = models.BooleanField(
        _("low"),
        default=False,
        db_default=False,
        help_text=_("Who chooses it is asked: what did you look for and not find?"),
    )

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="option_has_text"),
            models.UniqueConstraint(fields=["poll", "text"], name="option_once_per_poll"),
            models.UniqueConstraint(fields=["poll", "id"], name="option_of_poll"),  # target of the choices' foreign key
        ]

    def __str__(self):
        return self.text


class Round(models.Model):
    """One run of a poll from opening to closing. A trigger makes the row; `times` of the present one are the poll's.

    `secret` keys the voters of this round only; it is destroyed some weeks after the closing (`rounds.forget_voters`).
    """

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="rounds", verbose_name=_("poll"))
    number = models.PositiveIntegerField(_("round"))
    secret = models.BinaryField(max_length=32, null=True, editable=False)
    opens_at = models.DateTimeField(_("opens at"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes at"), null=True, blank=True)

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["poll", "number"], name="round_once_per_poll")]

    def __str__(self):
        return f"{self.poll_id}/{self.number}"


class Ballot(models.Model):
    """One voter's answer in one round. `voter` says nothing about the person: see `voting.identify`."""

    class State(models.TextChoices):
        COUNTED = "counted", _("counted")
        ASIDE = "aside", _("kept aside")
        REJECTED = "rejected", _("not counted")

    class Mark(models.TextChoices):
        NONE = "", "—"
        UNPROVED = "unproved", _("many from one network, without proof of work")
        FLOOD = "flood", _("very many from one network")

    NOT_COUNTED = (State.ASIDE, State.REJECTED)

    id = models.BigIntegerField(primary_key=True, default=random_number, editable=False)
    poll = models.ForeignKey(Poll, models.CASCADE, related_name="ballots", verbose_name=_("poll"))
    round = models.PositiveIntegerField(_("round"))
    voter = models.BinaryField(max_length=32, editable=False)
    cast_at = models.DateTimeField(_("hour"), help_text=_("Cut to the hour: a finer time could give a voter away."))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.COUNTED, db_default=State.COUNTED)
    mark = models.CharField(
        _("kept aside because of"), max_length=8, choices=Mark, blank=True, default=Mark.NONE, db_default=Mark.NONE
    )

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        indexes = [
            models.Index(
                fields=["poll", "round"], name="ballot_not_counted", condition=Q(state__in=["aside", "rejected"])
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["poll", "round", "voter"], name="ballot_once_per_voter"),
            models.UniqueConstraint(fields=["poll", "id"], name="ballot_of_poll"),  # target of the choices' foreign key
            models.CheckConstraint(
                condition=Q(state="counted") | Q(state__in=["aside", "rejected"]) & ~Q(mark=""),
                name="ballot_aside_for_a_reason",
            ),
        ]

    def __str__(self):
        return f"{self.poll_id}/{self.round}/{self.pk}"


class Choice(models.Model):
    """An option ticked on a ballot. Migration 0002 makes both belong to `poll` by composite foreign keys."""

    id = models.BigIntegerField(primary_key=True, default=random_number, editable=False)
    poll = models.ForeignKey(Poll, models.CASCADE, related_name="+")
    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="choices")
    option = models.ForeignKey(Option, models.PROTECT, related_name="choices")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ballot", "option"], name="choice_once_per_ballot")]

    def __str__(self):
        return f"{self.ballot_id} → {self.option_id}"


class Receipt(models.Model):
    """A code that some voter of the round holds; nothing says whose ballot it stands for."""

    id = models.BigIntegerField(primary_key=True, default=random_number, editable=False)
    poll = models.ForeignKey(Poll, models.CASCADE, related_name="receipts", verbose_name=_("poll"))
    round = models.PositiveIntegerField(_("round"))
    code = models.CharField(_("receipt"), max_length=19, db_collation="C")  # one order, in every database

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["poll", "round", "code"], name="receipt_once_per_round")]

    def __str__(self):
        return self.code


class Seal(models.Model):
    """The tally of a closed round as published, with the digest of its ballots and receipts. A later decision adds one."""

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="seals", verbose_name=_("poll"))
    round = models.PositiveIntegerField(_("round"))
    made_at = models.DateTimeField(_("sealed at"), default=timezone.now)
    reason = LineField(_("reason"), max_length=300, blank=True)
    votes = models.JSONField(_("votes"))  # {"<pk of the option>": n}
    voters = models.PositiveIntegerField(_("ballots counted"))
    aside = models.PositiveIntegerField(_("ballots kept aside"))
    rejected = models.PositiveIntegerField(_("ballots not counted"))
    digest = models.CharField(_("digest"), max_length=64)

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        ordering = ["-round", "-pk"]

    def __str__(self):
        return f"{self.poll_id}/{self.round}: {self.digest}"


# --- The brake: nothing here stands beside a choice, nothing outlives its day -------------------------------------------
class HourSecret(models.Model):
    """The random key under which networks are counted in one hour; the networks of two hours are strangers."""

    hour = models.DateTimeField(primary_key=True)
    secret = models.BinaryField(max_length=32)

    def __str__(self):
        return self.hour.isoformat()


class NetworkHour(models.Model):
    """How much came from one network in one hour."""

    hour = models.DateTimeField(db_index=True)
    network = models.BinaryField(max_length=16)
    n = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hour", "network"], name="network_once_per_hour")]

    def __str__(self):
        return f"{self.hour.isoformat()}: {self.n}"


class Spent(models.Model):
    """What may be used once: a proof of work, a voter's one suggestion. `until` is when nobody can use it anyway."""

    token = models.BinaryField(max_length=32, primary_key=True)
    until = models.DateTimeField(db_index=True)

    def __str__(self):
        return self.until.isoformat()


# --- What citizens looked for and did not find ------------------------------------------------------------------------
class MaskedField(ProseField):
    """Plain text in which numbers that could name a person are blotted out on every path to the database."""

    @staticmethod
    def normal(value):
        return mask(text.nfc(value)).strip()


class WishQuerySet(models.QuerySet):
    def public(self, at=None):
        """Wishes with a published answer; the citizen's own words are never public."""
        return self.filter(state=Wish.State.ANSWERED)

    def waiting(self):
        """What staff still have to deal with."""
        return self.filter(state__in=[Wish.State.NEW, Wish.State.IN_WORK])


class Wish(models.Model):
    """The answer to "what did you look for and not find?". Nothing leads from it to a voter or a ballot."""

    class State(models.TextChoices):
        NEW = "new", _("new")
        IN_WORK = "in_work", _("in work")
        ANSWERED = "answered", _("answered, published")
        SET_ASIDE = "set_aside", _("set aside")

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="wishes", verbose_name=_("poll"))
    text = MaskedField(_("what a citizen wrote"), max_length=500)
    came_on = models.DateField(_("came on"), default=clock.local_day, editable=False)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.NEW)
    office = models.ForeignKey(
        "hotlines.Office", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("responsible office")
    )
    due_on = models.DateField(_("due on"), default=due_day)
    question = LineField(
        _("question as published"),
        max_length=300,
        blank=True,
        help_text=_("In your own words; the citizen's stay here."),
    )
    answer = ProseField(_("answer as published"), max_length=2000, blank=True)
    link = LinkField(_("where it now stands"), max_length=300, blank=True, help_text=_("Such as /tin-tuc/…"))
    answered_on = models.DateField(_("answered on"), null=True, blank=True, editable=False)

    objects = WishQuerySet.as_manager()

    class Meta:
        verbose_name = _("what citizens miss")
        verbose_name_plural = _("what citizens miss")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text="") & Q(LessThanOrEqual(Length("text"), 500)), name="wish_has_some_text"
            ),
            models.CheckConstraint(
                condition=~Q(state="answered") | ~Q(question="") & ~Q(answer="") & Q(answered_on__isnull=False),
                name="wish_answered_in_words",
            ),
        ]

    def __str__(self):
        return text.excerpt(self.question or self.text, 80)

    @property
    def is_late(self):
        return self.state in {self.State.NEW, self.State.IN_WORK} and self.due_on < clock.local_day()
