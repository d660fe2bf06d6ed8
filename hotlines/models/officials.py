"""Officials whom citizens may turn to, with their contact, in both languages."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from hotlines.models.offices import Office
from portal.lib import phone
from portal.lib.fields import LineField, PhoneField


class OfficialQuerySet(models.QuerySet):
    def public(self, at=None):
        """Officials that citizens may see: those of public offices that exist, in the order of the offices."""
        offices = Office.objects.public(at).current(at)
        return self.filter(is_public=True, office__in=offices).select_related("office").order_by(
            "office__order", "office__name", "order", "pk"
        )  # fmt: skip


class Official(models.Model):
    office = models.ForeignKey(Office, models.PROTECT, related_name="officials", verbose_name=_("office"))
    name = LineField(_("full name"), max_length=100)
    position = LineField(_("position"), max_length=200, help_text=_("E.g. “Chủ tịch UBND”."))
    position_en = LineField(_("position in English"), max_length=200, blank=True)
    duties = LineField(_("what they are in charge of"), max_length=300, blank=True)
    duties_en = LineField(_("what they are in charge of, in English"), max_length=300, blank=True)
    phone = PhoneField(_("telephone"), max_length=40, blank=True, help_text=_("That of the office, not a private one."))
    email = models.EmailField(_("e-mail"), blank=True)
    order = models.PositiveIntegerField(_("order"), default=100)
    is_public = models.BooleanField(_("shown to citizens"), default=True)

    objects = OfficialQuerySet.as_manager()

    class Meta:
        verbose_name = _("official")
        verbose_name_plural = _("officials")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["office", "name", "position"], name="official_once_per_position"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(position=""), name="official_is_somebody"),
        ]

    def __str__(self):
        return f"{self.name} – {self.position}"

    @property
    def tel(self):
        return f"tel:{phone.dial(self.phone)}"
