"""Polls, their options and the ballots. The database, not Python, makes sure that a voter counts once."""

import secrets

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.lib.fields import LineField, MomentField, ProseField, within_time


def new_secret():
    return secrets.token_bytes(32)


class PollQuerySet(models.QuerySet):
    def public(self, at=None):
        """Approved polls whose time has come: open ones and closed ones. Drafts and future polls are not public."""
        return self.filter(is_approved=True, opens_at__lte=at or timezone.now())

    def open(self, at=None):
        """Polls that take ballots at this moment: [opens_at, closes_at)."""
        at = at or timezone.now()
        return self.public(at).filter(Q(closes_at__isnull=True) | Q(closes_at__gt=at))

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
    round = models.PositiveIntegerField(_("round"), default=1, editable=False)
    secret = models.BinaryField(default=new_secret, editable=False)
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


class Ballot(models.Model):
    """One voter's answer in one round. `voter` says nothing about the person: see `voting.voter_key`."""

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="ballots", verbose_name=_("poll"))
    round = models.PositiveIntegerField(_("round"))
    voter = models.BinaryField(max_length=32, editable=False)
    cast_at = models.DateTimeField(_("hour"), help_text=_("Cut to the hour: a finer time could give a voter away."))

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        constraints = [
            models.UniqueConstraint(fields=["poll", "round", "voter"], name="ballot_once_per_voter"),
            models.UniqueConstraint(fields=["poll", "id"], name="ballot_of_poll"),  # target of the choices' foreign key
        ]

    def __str__(self):
        return f"{self.poll_id}/{self.round}/{self.pk}"


class Choice(models.Model):
    """An option ticked on a ballot. Migration 0002 makes both belong to `poll` by composite foreign keys."""

    poll = models.ForeignKey(Poll, models.CASCADE, related_name="+")
    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="choices")
    option = models.ForeignKey(Option, models.PROTECT, related_name="choices")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ballot", "option"], name="choice_once_per_ballot")]

    def __str__(self):
        return f"{self.ballot_id} → {self.option_id}"
