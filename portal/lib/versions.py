"""Versions of rows: every save is kept with who and when, any two can be compared, each can be put back."""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import models, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from simple_history.models import HistoricalRecords

from portal.lib import audit, differences
from portal.lib.fields import HTMLField
from portal.lib.search import Searchable


def kept_versions(name: str, *excluded: str) -> HistoricalRecords:
    """The manager of a model's versions, kept in a table of its own; what is derived from other columns is left out."""
    derived = [field.name for field in Searchable._meta.local_fields]
    return HistoricalRecords(
        custom_model_name=name, excluded_fields=[*derived, *excluded], get_user=_last_hand, user_related_name="+"
    )


def _last_hand(instance: models.Model, **_: Any) -> User | None:
    """Who stands behind a save that no form has signed (`_history_user`)."""
    return getattr(instance, "updated_by", None)


def compared(model: type[models.Model]) -> list[models.Field]:
    """What a person can see to differ: the fields that people set, and the state."""
    tracked = model.history.model.tracked_fields  # type: ignore[attr-defined]
    return [field for field in tracked if not field.primary_key and (field.editable or field.name == "state")]


def changed(before: Any, after: Any) -> list[models.Field]:
    """The fields in which two rows or versions of one model differ."""
    model = getattr(after, "instance_type", type(after))
    return [field for field in compared(model) if _value(before, field) != _value(after, field)]


def _value(row: Any, field: models.Field) -> Any:
    value = getattr(row, field.attname)
    return str(value) if isinstance(field, models.FileField) else value


@dataclass(frozen=True)
class Difference:
    """One field that differs: its paragraphs as passages."""

    field: models.Field
    passages: list[differences.Passage]

    @property
    def label(self) -> str:
        label = str(self.field.verbose_name)
        return label[:1].upper() + label[1:]

    @property
    def is_long(self) -> bool:
        return isinstance(self.field, models.TextField)

    @property
    def is_form_only(self) -> bool:
        """Not a word has changed: only bold letters, alignment and the like."""
        return all(passage.is_same for passage in self.passages)


def compare(before: Any, after: Any) -> list[Difference]:
    """How `before` and `after` (rows or versions of one model) differ, field by field."""
    found = changed(before, after)
    return [Difference(field, differences.compare(shown(before, field), shown(after, field))) for field in found]


def shown(row: Any, field: models.Field) -> list[str]:
    """The value of `field` in paragraphs of words."""
    value = _value(row, field)
    if value in (None, ""):
        return []
    if isinstance(field, HTMLField):
        return differences.read(value)
    if isinstance(field, models.ForeignKey):
        found = field.related_model._default_manager.filter(pk=value).first()
        return [str(found) if found else _("no. %(pk)s, deleted since") % {"pk": value}]
    if isinstance(field, models.BooleanField):
        return [_("Yes") if value else _("No")]
    if isinstance(field, models.DateTimeField):
        return [date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")]
    if field.choices:
        return [str(dict(field.flatchoices).get(value, value))]
    return [line for line in str(value).split("\n") if line.strip()]


def restore(row: models.Model, version: Any, *, by: User) -> list[str]:
    """Puts what people had set in `version` into `row`, as a new version; nothing is lost by it.

    What it pointed to and is deleted since stays as it is now: returns the names of these fields. Raises
    ValidationError when what it held is not allowed any more.
    """
    missing = []
    with transaction.atomic():
        row = type(row)._default_manager.select_for_update().get(pk=row.pk)
        before = copy(row)
        for field in _restored(type(row)):
            if _is_gone(field, value := getattr(version, field.attname)):
                missing.append(str(field.verbose_name))
            else:
                setattr(row, field.attname, value)
        row.full_clean(exclude=[field.name for field in row._meta.fields if not field.editable])
        fields = [field.name for field in changed(before, row)]
        if not fields:  # who puts back what stands there does not become its last editor
            return missing
        row._history_user = by  # type: ignore[attr-defined]
        if hasattr(row, "updated_by"):
            row.updated_by = by
        row.save()
        made = timezone.localtime(version.history_date).isoformat(timespec="seconds")
        audit.record("Version restored", row, by=by, version=version.pk, made=made, fields=fields)
    return missing


def _restored(model: type[models.Model]) -> Iterator[models.Field]:
    return (field for field in compared(model) if field.editable)


def _is_gone(field: models.Field, value: Any) -> bool:
    if value is None or not isinstance(field, models.ForeignKey):
        return False
    return not field.related_model._default_manager.filter(pk=value).exists()
