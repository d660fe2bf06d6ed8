"""Offices of the authority, from when to when they exist, and what followed them."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.utils.translation import gettext_lazy as _

from hotlines.duty import DutyField
from portal.lib import clock, languages, phone
from portal.lib.fields import LineField, LinkField
from portal.lib.search import Searchable

# People ask for these of an office; no office says them of itself.
ASKED_FOR = "số điện thoại, địa chỉ, đường dây nóng; telephone, address"


class OfficeQuerySet(models.QuerySet):
    def public(self, at=None):
        """Offices that citizens may see, ended ones too: people still look for them. Every list and file uses this."""
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=clock.local_day(at)), is_listed=True)

    def current(self, at=None):
        """Offices that exist on the day of `at`."""
        day = clock.local_day(at)
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gt=day))

    def with_numbers(self):
        """Offices, each with its hotlines in `.numbers`, in the order of the directory."""
        return self.prefetch_related(Prefetch("hotlines", to_attr="numbers"))

    def with_hotlines(self):
        """Only the offices that have numbers, with them in `.numbers`."""
        lines = self.model._meta.get_field("hotlines").related_model.objects
        return self.filter(Exists(lines.filter(office=OuterRef("pk")))).with_numbers()

    def on_map(self):
        """Offices that have a point."""
        return self.filter(lat__isnull=False, lng__isnull=False)


class Office(Searchable):
    class Kind(models.TextChoices):
        AUTHORITY = "authority", _("people's committee")
        DIVISION = "division", _("division")
        WARD = "ward", _("ward")
        SERVICE = "service", _("public service")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.DIVISION)
    name = LineField(_("name"), max_length=200, unique=True)
    name_en = LineField(_("name in English"), max_length=200, blank=True)
    abbreviation = LineField(_("abbreviation"), max_length=40, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("belongs to")
    )
    address = LineField(_("address"), max_length=300, blank=True)
    duty = DutyField(
        _("duty hours"),
        max_length=300,
        blank=True,
        help_text=_("E.g. T2–T6 08:00–12:00, 13:30–17:30; T7 08:00–11:30; Lễ 08:00–11:00 – or 24/7."),
    )
    hours = LineField(
        _("opening hours in words"),
        max_length=200,
        blank=True,
        help_text=_("Shown when there are no duty hours, beside them otherwise."),
    )
    email = models.EmailField(_("e-mail"), blank=True)
    page = LinkField(
        _("page"), max_length=300, blank=True, help_text=_("Its page: /path on this site, or https://… elsewhere.")
    )
    lat = models.DecimalField(_("latitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    lng = models.DecimalField(_("longitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    is_point_exact = models.BooleanField(
        _("exact point"), default=False, help_text=_("Unless ticked the map says “approximate position”.")
    )
    is_listed = models.BooleanField(_("shown to citizens"), default=True)
    order = models.PositiveIntegerField(_("order"), default=100, db_index=True)
    valid_from = models.DateField(_("exists from"), null=True, blank=True, help_text=_("Empty: since ever."))
    valid_to = models.DateField(
        _("exists until before"),
        null=True,
        blank=True,
        help_text=_("The first day on which it no longer exists, e.g. 01/07/2025. Empty: it goes on."),
    )
    successors = models.ManyToManyField(
        "self", symmetrical=False, through="Succession", related_name="predecessors", verbose_name=_("successors")
    )

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        ordering = ["order", "name"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="office_has_name"),
            models.CheckConstraint(condition=~Q(parent=F("pk")), name="office_not_own_parent"),
            models.CheckConstraint(
                condition=Q(lat__isnull=True, lng__isnull=True) | Q(lat__range=(-90, 90), lng__range=(-180, 180)),
                name="office_point_whole",
            ),
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="office_ends_after_start"),
            models.CheckConstraint(
                condition=Q(page="") | Q(page__regex=r"^(https?://|/)[^\s\\]*$") & ~Q(page__startswith="//"),
                name="office_page_is_safe",
            ),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        if self.valid_from and self.valid_to and self.valid_to <= self.valid_from:
            raise ValidationError({"valid_to": _("The end comes after the beginning.")})

    def get_absolute_url(self):
        return f"{languages.address('hotlines:directory')}#office-{self.pk}"

    def has_ended(self, at=None):
        """Whether it no longer exists on the day of `at`."""
        return self.valid_to is not None and self.valid_to <= clock.local_day(at)

    def as_feature(self):
        """This office as a GeoJSON feature (longitude first, as the format demands); needs `with_numbers`."""
        return {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [float(self.lng), float(self.lat)]},
            "properties": {
                "id": self.pk,
                "name": languages.said(self, "name"),
                "kind": self.kind,
                "address": self.address,
                "duty": self.duty,
                "hours": self.hours,
                "is_exact": self.is_point_exact,
                "hotlines": [
                    {"purpose": languages.said(n, "purpose"), "number": n.shown, "tel": n.tel} for n in self.numbers
                ],
            },
        }

    def searched_texts(self):
        numbers = self.hotlines.all() if self.pk else []
        shown = (
            f"{n.purpose} {n.purpose_en} {n.number} {n.dialled} {n.dialled.replace('+84', '0', 1)} {phone.local(n.dialled)}"
            for n in numbers
        )
        # An English name in the title would make it longer, and the search weighs how much of a title was asked for.
        return [self.name, self.abbreviation], [self.name_en, self.address, ASKED_FOR, *shown]


class Succession(models.Model):
    """What an office's work went to, and by which act."""

    former = models.ForeignKey(Office, models.CASCADE, related_name="steps", verbose_name=_("former office"))
    successor = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("successor"))
    legal_basis = LineField(
        _("legal basis"), max_length=300, blank=True, help_text=_("Number, date and author of the act.")
    )

    class Meta:
        verbose_name = _("successor")
        verbose_name_plural = _("successors")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["former", "successor"], name="succession_once"),
            models.CheckConstraint(condition=~Q(former=F("successor")), name="succession_not_to_itself"),
        ]

    def __str__(self):
        return str(self.successor)
