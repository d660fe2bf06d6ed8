"""Counts: one row for each day and thing, never reset; what came before us is a dated opening balance."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from portal.lib import clock
from portal.lib.fields import LineField

VISIT, ROBOT = "visit", "robot"
PERIODS = ("day", "week", "month", "year")
LATE = timedelta(minutes=1)  # after midnight the last counts of the day have been written


class DatedQuerySet(models.QuerySet):
    """Rows of a key, a day and a number."""

    def sums(self, keys):
        """(key, sum of its days) for those of `keys` that have any."""
        return self.filter(key__in=keys).order_by().values_list("key").annotate(Sum("n"))

    def visits(self, day):
        """Visits in the calendar day, week, month and year of `day`, and in "total", as far as these rows tell."""
        begins = {f"in_{name}": clock.period_start(name, day) for name in PERIODS}
        sums = {name: Sum("n", filter=Q(day__range=(begin, day)), default=0) for name, begin in begins.items()}
        counted = self.filter(key=VISIT).aggregate(**sums, in_total=Sum("n", default=0))
        return {name.removeprefix("in_"): n for name, n in counted.items()}

    def next_change(self, after):
        """The next moment later than `after` at which one more day is over and all its counts have come."""
        return clock.midnight(clock.local_day(after - LATE) + timedelta(days=1)) + LATE


class DailyCount(models.Model):
    """How often `key` ("visit", "robot", "article:42") was counted on the local calendar day `day`."""

    day = models.DateField(_("day"))
    key = models.CharField(_("what"), max_length=64)
    n = models.PositiveBigIntegerField(_("number"))

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("daily count")
        verbose_name_plural = _("daily counts")
        ordering = ["-day", "key"]
        constraints = [models.UniqueConstraint(fields=["key", "day"], name="count_once_per_day")]
        indexes = [models.Index(fields=["day"], name="count_by_day")]

    def __str__(self):
        return f"{self.day} {self.key}: {self.n}"


class Adjustment(models.Model):
    """A correction of a count: a signed number with a reason, added beside the counts, which nobody can edit."""

    day = models.DateField(_("day"), help_text=_("The day to which the correction belongs."))
    key = models.CharField(_("what"), max_length=64, default=VISIT)
    n = models.BigIntegerField(_("number"), help_text=_("Signed: -120 takes 120 away."))
    reason = LineField(_("reason"), max_length=300)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, verbose_name=_("by")
    )
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["-made_at"]
        constraints = [models.CheckConstraint(condition=~Q(n=0) & ~Q(reason=""), name="adjustment_says_why")]

    def __str__(self):
        return f"{self.day} {self.key}: {self.n:+}"


class OpeningBalanceQuerySet(models.QuerySet):
    def sums(self, keys):
        """(key, its opening balance) for those of `keys` that have one."""
        return self.filter(key__in=keys).order_by().values_list("key").annotate(Sum("total"))

    def visits(self, day):
        """What opening balances add to the visits of the calendar week, month and year of `day`, and to "total"."""
        sums = {"day": 0, "week": 0, "month": 0, "year": 0, "total": 0}
        for balance in self.filter(key=VISIT):
            sums["total"] += balance.total
            for period in ("week", "month", "year"):
                if clock.period_start(period, balance.as_of) == clock.period_start(period, day):
                    sums[period] += getattr(balance, period)
        return sums


class OpeningBalance(models.Model):
    """What an older counter showed on the day `as_of`; `week`, `month`, `year` belong to the periods that hold it."""

    key = models.CharField(_("what"), max_length=64, default=VISIT)
    as_of = models.DateField(_("as of"))
    source = LineField(_("source"), max_length=200)
    total = models.PositiveBigIntegerField(_("total"))
    year = models.PositiveBigIntegerField(_("of it in the year"), default=0)
    month = models.PositiveBigIntegerField(_("of it in the month"), default=0)
    week = models.PositiveBigIntegerField(_("of it in the week"), default=0)

    objects = OpeningBalanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("opening balance")
        verbose_name_plural = _("opening balances")
        ordering = ["key", "as_of"]
        constraints = [
            # One counter has one past: a second dated balance would count the same visits twice.
            models.UniqueConstraint(fields=["key"], name="balance_once_per_key"),
            models.CheckConstraint(
                condition=Q(total__gte=models.F("year"), year__gte=models.F("month")), name="balance_adds_up"
            ),
        ]

    def __str__(self):
        return f"{self.source} ({self.as_of:%d/%m/%Y})"


class Recent(models.Model):
    """When a visitor was last seen on a thing; lives for hours, only to tell a new visit from the same one.

    `visitor` is an HMAC under a secret of the day that is destroyed with it, and SECRET_KEY: nobody can be found from it.
    """

    visitor = models.BinaryField(max_length=16)
    key = models.CharField(max_length=64)
    seen_at = models.DateTimeField()
    counted_at = models.DateTimeField()
    batch = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visitor", "key"], name="recent_once")]
        indexes = [models.Index(fields=["key", "seen_at"], name="recent_online")]

    def __str__(self):
        return f"{self.key} {self.seen_at}"


class DailySecret(models.Model):
    """The random part of the key of the day's visitor keys (the other is SECRET_KEY); deleted when the day is over."""

    day = models.DateField(primary_key=True)
    secret = models.BinaryField(max_length=32)

    def __str__(self):
        return str(self.day)
