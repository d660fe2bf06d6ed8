"""What is shown from one moment to another: the alert band and banners."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from news.models import random_name
from portal.lib.fields import LineField, LinkField, MomentField, within_time


def banner_path(banner, filename):
    return random_name("banners", filename)


class TimedQuerySet(models.QuerySet):
    def public(self, at=None):
        """What is shown at this moment: [starts_at, ends_at)."""
        at = at or timezone.now()
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), starts_at__lte=at)

    def next_change(self, after):
        """The next moment later than `after` at which one appears or ends, or None."""
        moments = self.aggregate(
            starts=models.Min("starts_at", filter=Q(starts_at__gt=after)),
            ends=models.Min("ends_at", filter=Q(ends_at__gt=after)),
        )
        return min(filter(None, moments.values()), default=None)


class Timed(models.Model):
    """Something shown from one moment to another."""

    starts_at = MomentField(_("shown from"), default=timezone.now)
    ends_at = MomentField(_("shown until"), null=True, blank=True)

    objects = TimedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="%(class)s_ends_after_start"),
            within_time("%(class)s_within_time", "starts_at", "ends_at"),
        ]

    def clean(self):
        if self.ends_at and self.starts_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _("The end comes after the beginning.")})


class Alert(Timed):
    """The band above everything: storms, closed roads, changed office hours."""

    class Level(models.TextChoices):
        NOTICE = "notice", _("notice")
        WARNING = "warning", _("warning")
        EMERGENCY = "emergency", _("emergency")

    level = models.CharField(_("level"), max_length=10, choices=Level, default=Level.NOTICE)
    text = LineField(_("text"), max_length=300)
    text_en = LineField(_("text in English"), max_length=300, blank=True)
    link = LinkField(_("link"), max_length=300, blank=True, help_text=_("/path on this site or https://…"))

    class Meta(Timed.Meta):
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["-starts_at"]

    def __str__(self):
        return self.text


class Banner(Timed):
    """A picture with a link, at one of three places."""

    class Place(models.TextChoices):
        COLUMN = "column", _("in the column of boxes, on every page")
        HOME = "home", _("wide, on the home page below the lead story")
        FOOT = "foot", _("in a row above the foot, on every page")

    title = LineField(_("title"), max_length=200)
    image = models.ImageField(_("picture"), upload_to=banner_path, width_field="width", height_field="height")
    width = models.PositiveIntegerField(null=True, editable=False)
    height = models.PositiveIntegerField(null=True, editable=False)
    alt = LineField(_("what the picture shows"), max_length=300)
    link = LinkField(_("link"), max_length=300, blank=True, help_text=_("/path on this site or https://…"))
    place = models.CharField(_("place"), max_length=10, choices=Place, default=Place.COLUMN, db_default=Place.COLUMN)
    order = models.PositiveIntegerField(_("order"), default=100)

    class Meta(Timed.Meta):
        verbose_name = _("banner")
        verbose_name_plural = _("banners")
        ordering = ["order", "pk"]
        constraints = [
            *Timed.Meta.constraints,
            models.CheckConstraint(condition=Q(place__in=["column", "home", "foot"]), name="banner_place_is_known"),
        ]

    def __str__(self):
        return self.title
