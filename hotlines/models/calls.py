"""What is known of numbers: trial calls, and the numbers that were. Both only grow (triggers of migration 0010)."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hotlines.models.lines import Hotline
from portal.lib.fields import LineField


class Check(models.Model):
    """A trial call. It outlives the hotline, therefore it keeps the number that was called."""

    class Result(models.TextChoices):
        ANSWERED = "answered", _("answered, right place")
        NO_ANSWER = "no_answer", _("no answer or busy")
        WRONG = "wrong", _("wrong place or dead")
        CHANGED = "changed", _("number has changed")

    hotline = models.ForeignKey(
        Hotline, models.SET_NULL, null=True, blank=True, related_name="checks", verbose_name=_("hotline")
    )
    called = LineField(_("called"), max_length=500)
    at = models.DateTimeField(_("when"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    result = models.CharField(_("result"), max_length=10, choices=Result)
    note = LineField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("trial call")
        verbose_name_plural = _("trial calls")
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.called} – {self.get_result_display()}"


class FormerNumber(models.Model):
    """A number that a hotline had before it was changed or deleted; the database itself writes these rows."""

    hotline_pk = models.BigIntegerField(db_index=True)
    office_name = models.CharField(_("office"), max_length=200)
    purpose = models.CharField(_("purpose"), max_length=200)
    number = models.CharField(_("number"), max_length=40)
    dialled = models.CharField(_("dialled number"), max_length=20, db_index=True)
    replaced_by = models.CharField(_("replaced by"), max_length=40, blank=True)
    ended_at = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("former number")
        verbose_name_plural = _("former numbers")
        ordering = ["-ended_at", "-pk"]

    def __str__(self):
        return f"{self.office_name} – {self.purpose}: {self.number}"
