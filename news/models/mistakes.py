"""Words that are often confused, and names that are no longer right: the list against which the checker holds a text."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from portal.lib.fields import LineField


class Mistake(models.Model):
    wrong = LineField(_("wrong"), max_length=80, help_text=_("A word or some words as they are often miswritten."))
    right = LineField(_("right"), max_length=80)
    since = models.DateField(
        _("since"),
        null=True,
        blank=True,
        help_text=_("Of a former name: the day of the change. Articles of later days get a hint, once for each name."),
    )

    class Meta:
        verbose_name = _("common mistake")
        verbose_name_plural = _("common mistakes")
        ordering = ["wrong"]
        constraints = [
            models.UniqueConstraint(Lower("wrong"), name="mistake_once"),
            models.CheckConstraint(condition=~Q(wrong="") & ~Q(right=""), name="mistake_named"),
            models.CheckConstraint(condition=~Q(wrong=F("right")), name="mistake_is_one"),
        ]

    def __str__(self):
        return f"{self.wrong} → {self.right}"

    def clean(self):
        if self.wrong and self.wrong.lower() == (self.right or "").lower():
            raise ValidationError({"right": _("The right words are the same as the wrong ones.")})
