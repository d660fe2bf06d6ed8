"""What there is once or belongs to all: the generation, the authority's profile, links, lost hosts, the audit log."""

import re

from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from news.models import random_name
from portal.lib import languages
from portal.lib.fields import LineField, MomentField, PhoneField, within_time


class Generation(models.Model):
    """The number of the content's state. Triggers on the content tables raise it at commit: see migration 0002."""

    n = models.BigIntegerField(default=1)
    purged = models.BigIntegerField(default=0, db_default=0)  # of which the CDN was told

    class Meta:
        db_table = "portal_generation"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="generation_is_one_row")]

    def __str__(self):
        return str(self.n)


def emblem_path(profile, filename):
    return random_name("emblem", filename)


class SiteProfileQuerySet(models.QuerySet):
    def next_change(self, after):
        """The moment later than `after` at which the portal is dressed as every day again, or None."""
        return self.filter(dress_until__gt=after).values_list("dress_until", flat=True).first()


class SiteProfile(models.Model):
    """Who runs this portal. One row."""

    class Dress(models.TextChoices):
        EVERYDAY = "", _("as every day")
        TET = "tet", _("Tết: blossom on the masthead")
        MOURNING = "mourning", _("mourning: grey, without decoration")

    class Accent(models.TextChoices):
        RED = "", _("red")
        BLUE = "blue", _("blue")
        GREEN = "green", _("green")
        INDIGO = "indigo", _("indigo")

    name = LineField(_("authority"), max_length=200, help_text=_("E.g. “Quận Thanh Xuân”."))
    superior = LineField(_("superior body"), max_length=200, blank=True)
    title = LineField(_("title of the portal"), max_length=200, default="Cổng thông tin điện tử")
    description = LineField(_("description for search engines"), max_length=300, blank=True)
    address = LineField(_("address"), max_length=300, blank=True)
    phone = PhoneField(_("telephone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    responsible_editor = LineField(_("responsible editor"), max_length=200, blank=True)
    licence = LineField(_("licence line"), max_length=300, blank=True)
    emblem = models.ImageField(
        _("emblem"),
        upload_to=emblem_path,
        db_default="",
        blank=True,
        help_text=_(
            "A square picture (PNG, WebP, JPEG or GIF) with a clear background, best of 256 pixels and more. It stands in the"
            " head and foot of every page, in the browser's tab and in shared links. Empty: the lotus of this portal."
        ),
    )
    accent = models.CharField(
        _("colour of the portal"), max_length=10, choices=Accent, default="", db_default="", blank=True
    )
    name_en = LineField(
        _("authority in English"), max_length=200, blank=True, help_text=_("Empty: no page leads to the English ones.")
    )
    superior_en = LineField(_("superior body in English"), max_length=200, blank=True)
    title_en = LineField(_("title of the portal in English"), max_length=200, default="Official web portal")
    description_en = LineField(_("description in English"), max_length=300, blank=True)
    address_en = LineField(_("address in English"), max_length=300, blank=True)
    responsible_editor_en = LineField(_("responsible editor in English"), max_length=200, blank=True)
    licence_en = LineField(_("licence line in English"), max_length=300, blank=True)
    dress = models.CharField(
        _("dress of the portal"),
        max_length=10,
        choices=Dress,
        default=Dress.EVERYDAY,
        db_default=Dress.EVERYDAY,
        blank=True,
    )
    dress_until = MomentField(
        _("dressed so until"),
        null=True,
        blank=True,
        help_text=_("Then it looks as every day again. Empty: until changed here."),
    )

    objects = SiteProfileQuerySet.as_manager()

    class Meta:
        verbose_name = _("authority's profile")
        verbose_name_plural = _("authority's profile")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="profile_is_one_row"),
            models.CheckConstraint(condition=~Q(name=""), name="profile_has_name"),
            models.CheckConstraint(
                condition=Q(accent__in=["", "blue", "green", "indigo"]), name="profile_accent_is_known"
            ),
            models.CheckConstraint(condition=Q(dress__in=["", "tet", "mourning"]), name="profile_dress_is_known"),
            within_time("profile_within_time", "dress_until"),
        ]

    def __str__(self):
        if languages.is_english() and self.name_en:
            return f"{self.name_en} – {self.title_en}"
        return f"{self.title} {self.name}"

    def dressed(self, at=None):
        """How the portal is dressed at this moment."""
        is_over = self.dress_until and self.dress_until <= (at or timezone.now())
        return "" if is_over else self.dress


class RelatedLink(models.Model):
    """A related agency in the footer."""

    title = LineField(_("title"), max_length=200)
    title_en = LineField(_("title in English"), max_length=200, blank=True)
    url = models.URLField(_("address"))
    order = models.PositiveIntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("related agency")
        verbose_name_plural = _("related agencies")
        ordering = ["order", "title"]

    def __str__(self):
        return self.title


class DistrustedHost(models.Model):
    """A host that is not ours to trust any more: its domain has expired or was taken over."""

    host = LineField(
        _("host"), max_length=200, unique=True, help_text=_("E.g. “quan-cu.gov.vn”; its subdomains count too.")
    )
    reason = LineField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("distrusted host")
        verbose_name_plural = _("distrusted hosts")
        ordering = ["host"]
        constraints = [
            models.CheckConstraint(condition=Q(host__regex=r"^[a-z0-9.-]+$"), name="distrusted_host_is_plain"),
        ]

    def __str__(self):
        return self.host

    def clean(self):
        self.host = re.sub(r"^https?://|/.*", "", self.host.lower())
        if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", self.host):
            raise ValidationError({"host": _("Give the host alone, such as quan-cu.gov.vn.")})


class AuditLine(LogEntry):
    """A line of the audit log as the list of them shows it; `portal.lib.audit` writes them."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("audit line")
        verbose_name_plural = _("audit log")
        ordering = ["-action_time", "-pk"]
