"""Offices of the authority and the numbers under which they answer."""

from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.lib import phone
from portal.lib.fields import LineField, PhoneField
from portal.lib.search import Searchable, SearchableQuerySet


class OfficeQuerySet(SearchableQuerySet):
    def public(self, at=None):
        """Offices that citizens may see. Every list, box, map and file uses this."""
        return self.filter(is_listed=True)

    def with_numbers(self):
        """Offices, each with its hotlines in `.numbers`, in the order of the directory."""
        return self.prefetch_related(Prefetch("hotlines", Hotline.objects.order_by("order", "pk"), to_attr="numbers"))

    def with_hotlines(self):
        """Only the offices that have numbers, with them in `.numbers`."""
        return self.filter(Exists(Hotline.objects.filter(office=OuterRef("pk")))).with_numbers()

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
    abbreviation = LineField(_("abbreviation"), max_length=40, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("belongs to")
    )
    address = LineField(_("address"), max_length=300, blank=True)
    hours = LineField(_("opening hours"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    lat = models.DecimalField(_("latitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    lng = models.DecimalField(_("longitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    is_point_exact = models.BooleanField(
        _("exact point"), default=False, help_text=_("Unless ticked the map says “approximate position”.")
    )
    is_listed = models.BooleanField(_("shown to citizens"), default=True)
    order = models.PositiveIntegerField(_("order"), default=100, db_index=True)

    objects = OfficeQuerySet.as_manager()

    class Meta(Searchable.Meta):
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        ordering = ["order", "name"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="office_has_name"),
            models.CheckConstraint(condition=~Q(parent=models.F("pk")), name="office_not_own_parent"),
            models.CheckConstraint(
                condition=Q(lat__isnull=True, lng__isnull=True) | Q(lat__range=(-90, 90), lng__range=(-180, 180)),
                name="office_point_whole",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return f"{reverse('hotlines:directory')}#office-{self.pk}"

    def as_feature(self):
        """This office as a GeoJSON feature (longitude first, as the format demands); needs `with_numbers`."""
        return {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [float(self.lng), float(self.lat)]},
            "properties": {
                "id": self.pk,
                "name": self.name,
                "kind": self.kind,
                "address": self.address,
                "hours": self.hours,
                "is_exact": self.is_point_exact,
                "hotlines": [{"purpose": n.purpose, "number": n.number, "tel": n.tel} for n in self.numbers],
            },
        }

    def searched_texts(self):
        numbers = self.hotlines.all() if self.pk else []
        shown = (f"{n.purpose} {n.number} {n.dialled} {n.dialled.replace('+84', '0', 1)}" for n in numbers)
        return [self.name, self.abbreviation], [self.address, *shown]


class HotlineQuerySet(models.QuerySet):
    def public(self, at=None):
        """Numbers of public offices, in the order of the directory."""
        return self.filter(office__is_listed=True).select_related("office").order_by("office__order", "order", "pk")

    def in_box(self):
        """Numbers that stand in the box beside every page."""
        return self.filter(is_in_box=True)


class Hotline(models.Model):
    office = models.ForeignKey(Office, models.CASCADE, related_name="hotlines", verbose_name=_("office"))
    purpose = LineField(_("purpose"), max_length=200, help_text=_("What a citizen calls for, e.g. “Tiếp công dân”."))
    number = PhoneField(_("number"), max_length=40, help_text=_("As it is to be shown, e.g. 024.62933647 or 113."))
    dialled = models.CharField(_("dialled number"), max_length=20, editable=False)
    hours = LineField(_("hours"), max_length=200, blank=True)
    order = models.PositiveIntegerField(_("order"), default=100)
    is_in_box = models.BooleanField(_("in the box beside every page"), default=True)
    checked_on = models.DateField(_("last checked on"), null=True, blank=True)
    note = LineField(_("note"), max_length=300, blank=True)

    objects = HotlineQuerySet.as_manager()

    class Meta:
        verbose_name = _("hotline")
        verbose_name_plural = _("hotlines")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["office", "purpose", "dialled"], name="hotline_once_per_office"),
            models.CheckConstraint(
                condition=~Q(purpose="") & Q(dialled__regex=r"^\+?[0-9]{3,15}$"), name="hotline_dials"
            ),
        ]

    def __str__(self):
        return f"{self.purpose}: {self.number}"

    def save(self, **kwargs):
        self.dialled = phone.dial(self.number)
        super().save(**kwargs)
        self.office.save(update_fields=["title_words", "text_words"])  # search finds an office by its numbers

    def delete(self, **kwargs):
        deleted = super().delete(**kwargs)
        self.office.save(update_fields=["title_words", "text_words"])
        return deleted

    @property
    def tel(self):
        """Address for a link: "tel:+842462933647"."""
        return f"tel:{self.dialled}"
