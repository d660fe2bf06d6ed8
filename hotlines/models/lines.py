"""The numbers under which offices answer."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from hotlines.duty import DutyField
from hotlines.models.offices import Office
from portal.lib import clock, phone
from portal.lib.fields import LineField, PhoneField

RETRY_DAYS = 3  # after a call that nobody answered


class HotlineQuerySet(models.QuerySet):
    def public(self, at=None):
        """Numbers that can be called: those of public offices that still exist, in the order of the directory."""
        offices = Office.objects.public(at).current(at)
        return self.filter(office__in=offices).select_related("office").order_by("office__order", "order", "pk")

    def in_box(self):
        """Numbers that stand in the box beside every page."""
        return self.filter(is_in_box=True)

    def due(self, at=None):
        """Numbers of offices that exist, to be tried by now; never tried ones first, those just tried in vain later.

        `.heard` is the result of the last call and `.heard_at` when it was.
        """
        today = clock.local_day(at)
        calls = self.model._meta.get_field("checks").related_model.objects
        last = calls.filter(hotline=OuterRef("pk")).order_by("-at", "-pk")
        told = self.annotate(heard=Subquery(last.values("result")[:1]), heard_at=Subquery(last.values("at")[:1]))
        waiting = Q(next_check_on=None) | Q(next_check_on__lte=today)
        in_vain = clock.midnight(today - timedelta(days=RETRY_DAYS - 1))
        again = Q(heard=None) | ~Q(heard="no_answer") | Q(heard_at__lt=in_vain)
        return told.filter(waiting, again, office__in=Office.objects.current(at)).order_by(
            F("next_check_on").asc(nulls_first=True), "office__order", "order", "pk"
        )


class Hotline(models.Model):
    office = models.ForeignKey(Office, models.CASCADE, related_name="hotlines", verbose_name=_("office"))
    purpose = LineField(_("purpose"), max_length=200, help_text=_("What a citizen calls for, e.g. “Tiếp công dân”."))
    purpose_en = LineField(_("purpose in English"), max_length=200, blank=True)
    number = PhoneField(_("number"), max_length=40, help_text=_("As it is to be shown, e.g. 024.62933647 or 113."))
    extension = models.CharField(
        _("extension"),
        max_length=6,
        blank=True,
        default="",
        db_default="",
        validators=[RegexValidator(r"^[0-9]*$", _("An extension is made of digits only."))],
    )
    dialled = models.CharField(_("dialled number"), max_length=20, editable=False)
    duty = DutyField(
        _("duty hours"),
        max_length=300,
        blank=True,
        help_text=_("Only if they differ from the office's: T2–T6 08:00–17:00; Lễ 08:00–11:00 – or 24/7."),
    )
    hours = LineField(_("hours in words"), max_length=200, blank=True)
    order = models.PositiveIntegerField(_("order"), default=100)
    is_in_box = models.BooleanField(_("in the box beside every page"), default=True)
    is_emergency = models.BooleanField(
        _("emergency number"),
        default=False,
        db_default=False,
        help_text=_("Stands on top of the directory, beside 113, 114 and 115."),
    )
    is_switchboard = models.BooleanField(
        _("switchboard of the office"),
        default=False,
        db_default=False,
        help_text=_("Offered where another number may be out of date."),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
        help_text=_("Who sees to it that the number is right."),
    )
    checked_on = models.DateField(_("last checked on"), null=True, blank=True)
    next_check_on = models.DateField(
        _("next check on"), null=True, blank=True, help_text=_("Empty: counted from the last check.")
    )
    note = LineField(_("note"), max_length=300, blank=True, help_text=_("Citizens see it."))

    objects = HotlineQuerySet.as_manager()

    class Meta:
        verbose_name = _("hotline")
        verbose_name_plural = _("hotlines")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "purpose", "dialled", "extension"], name="hotline_once_per_office"
            ),
            models.UniqueConstraint(
                fields=["office"],
                condition=Q(is_switchboard=True),
                name="hotline_one_switchboard",
                violation_error_message=_("The office already has a switchboard."),
            ),
            models.CheckConstraint(
                condition=~Q(purpose="") & Q(dialled__regex=r"^\+?[0-9]{3,15}$") & Q(extension__regex=r"^[0-9]*$"),
                name="hotline_dials",
            ),
            models.CheckConstraint(condition=Q(next_check_on__gte=F("checked_on")), name="hotline_checked_again_later"),
        ]

    def __str__(self):
        return f"{self.purpose}: {self.shown}"

    def clean(self):
        if self.checked_on and self.checked_on > clock.local_day():
            raise ValidationError({"checked_on": _("This day is still to come.")})
        if self.checked_on and self.next_check_on and self.next_check_on < self.checked_on:
            raise ValidationError({"next_check_on": _("The next check comes after the last one.")})

    def prepare(self):
        """Sets what follows from the other fields: what is dialled, and when the next check is due."""
        self.dialled = phone.dial(self.number)
        if self.checked_on and not self.next_check_on:
            self.next_check_on = self.checked_on + timedelta(days=settings.HOTLINE_CHECK_DAYS)

    def save(self, **kwargs):
        self.prepare()
        super().save(**kwargs)
        self.office.save(update_fields=["title_words", "text_words"])  # search finds an office by its numbers

    def delete(self, **kwargs):
        deleted = super().delete(**kwargs)
        self.office.save(update_fields=["title_words", "text_words"])
        return deleted

    @property
    def shown(self):
        """The number as citizens read it: "024.62933647, máy lẻ 12"."""
        return f"{self.number}, {_('ext.')} {self.extension}" if self.extension else self.number

    @property
    def tel(self):
        """Address for a link: "tel:+842462933647"; telephones wait at the comma and then dial the extension."""
        return f"tel:{self.dialled},{self.extension}" if self.extension else f"tel:{self.dialled}"

    def is_overdue(self, at=None):
        """Whether nobody has confirmed the number in time, or ever."""
        return self.next_check_on is None or self.next_check_on < clock.local_day(at)
