"""Public holidays: a table that the authority keeps, year by year, lunar ones entered as the dates they fall on."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.lib.fields import LineField


class Holiday(models.Model):
    day = models.DateField(_("day"), unique=True)
    name = LineField(_("name"), max_length=100)

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ["day"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="holiday_has_name")]

    def __str__(self):
        return f"{self.day:%d/%m/%Y} {self.name}"
