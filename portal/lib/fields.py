"""Model fields that keep Vietnamese text in one form and HTML clean on every path to the database.

`get_prep_value` is the one gate that forms, `save()`, `bulk_create`, `update()`, `loaddata` and filters share;
`pre_save` shows the stored value on the instance too.
"""

from datetime import UTC, datetime

from ckeditor.fields import RichTextField, RichTextFormField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.lib import html, phone, text

# The Vietnamese years 1900 to 2100 (an hour of grace: local mean time); further away no moment can be told everywhere.
EARLIEST = datetime(1899, 12, 31, 16, tzinfo=UTC)
LATEST = datetime(2100, 12, 31, 16, 59, 59, 999999, tzinfo=UTC)


def within_time(name, *moments):
    """The database's side of `MomentField`: a check constraint over the fields `moments`."""
    return models.CheckConstraint(
        condition=Q(**{f"{moment}__range": (EARLIEST, LATEST) for moment in moments}), name=name
    )


def _validate_moment(value):
    if not EARLIEST <= value <= LATEST:
        raise ValidationError(_("The year lies between 1900 and 2100."))


class MomentField(models.DateTimeField):
    """A moment that people set, of the years 1900 to 2100; `within_time` holds the database to it too."""

    default_validators = [_validate_moment]


class _Normal:
    """Mixin: `normal(value)` is applied to every value on its way to the database and out of forms."""

    normal = staticmethod(text.nfc)

    def __init__(self, *args, **kwargs):
        # A text that may be empty is empty for the database too: processes of the version before insert without it.
        if kwargs.get("blank") and not kwargs.get("null"):
            kwargs.setdefault("default", "")
        if isinstance(kwargs.get("default"), str):
            kwargs.setdefault("db_default", kwargs["default"])
        super().__init__(*args, **kwargs)

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return self.normal(value) if isinstance(value, str) else value

    def to_python(self, value):
        value = super().to_python(value)
        return self.normal(value) if isinstance(value, str) else value

    def pre_save(self, instance, add):
        value = super().pre_save(instance, add)
        if isinstance(value, str):
            value = self.normal(value)
            setattr(instance, self.attname, value)
        return value


class LineField(_Normal, models.CharField):
    """One line of text in NFC: titles, names, captions."""

    normal = staticmethod(text.line)


class ProseField(_Normal, models.TextField):
    """Several lines of plain text in NFC: leads, notes, addresses."""


class _CleanEditor(RichTextFormField):
    """What was written past the field is cleaned before the editor gets it: its page is the one that lets scripts in."""

    def prepare_value(self, value):
        try:
            return html.clean(value) if isinstance(value, str) else value
        except ValueError:
            return html.paragraphs(html.plain(value)[: html.MAX_INPUT // 2])


class HTMLField(_Normal, RichTextField):
    """HTML from the editor, reduced to the allow-list of `html.clean`."""

    normal = staticmethod(html.clean)

    def to_python(self, value):
        try:
            return super().to_python(value)
        except ValueError as too_long:
            raise ValidationError(str(too_long)) from too_long

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": _CleanEditor, **kwargs})


class PhoneField(LineField):
    """A number as it is to be shown; refuses what `phone.dial` cannot turn into something dialable."""

    def validate(self, value, instance):
        super().validate(value, instance)
        if value:
            try:
                phone.dial(value)
            except ValueError as nonsense:
                raise ValidationError(str(nonsense)) from nonsense


class LinkField(LineField):
    """A path on this site ("/tin-tuc/") or a whole http(s) address; nothing that runs and no "//host"."""

    default_validators = [
        RegexValidator(
            r"^(https?://[^/\s\\]|/(?!/))[^\s\\]*$",
            _("Give a path on this site such as /tin-tuc/ or an address with https://."),
        )
    ]
