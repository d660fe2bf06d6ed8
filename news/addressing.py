"""Moving and merging categories so that every address that ever led to one goes on working."""

from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from news.models import Category, OldAddress
from portal.lib import audit


def taken_from(slug: str, category: Category) -> OldAddress | None:
    """The former address of another category that `category` would take with `slug`."""
    return OldAddress.objects.select_related("category").filter(slug=slug).exclude(category=category.pk).first()


def take_over(slug: str, *, by) -> None:
    """Frees the former address `slug`: from now on it is not led to the category that once had it."""
    with transaction.atomic():
        for old in OldAddress.objects.select_related("category").select_for_update(of=["self"]).filter(slug=slug):
            audit.record("Former address given up", old.category, by=by, before=slug)
            old.delete()


def move(categories: list[Category], under: Category | None, *, by) -> None:
    """Puts `categories` below `under` (None: on the top level). ValidationError when one would stand below itself."""
    with transaction.atomic():
        rows = Category.objects.select_for_update().in_bulk()
        for row in rows.values():
            row.parent = rows.get(row.parent_id)
        for category in (rows[category.pk] for category in categories):
            if under and category in rows[under.pk].path:
                raise ValidationError(_("“%(name)s” cannot stand below itself.") % {"name": category})
            before, category.parent = category.parent, rows.get(under and under.pk)
            if before != category.parent:
                category.save(update_fields=["parent"])
                audit.record("Moved", category, by=by, before=str(before or ""), after=str(under or ""))


def merge(category: Category, into: Category, *, by) -> None:
    """Gives all that belongs to `category` to `into` and deletes it; its addresses lead to `into` from now on.

    ValidationError when `into` is `category` or stands below it.
    """
    with transaction.atomic():
        rows = Category.objects.select_for_update().in_bulk()
        for row in rows.values():
            row.parent = rows.get(row.parent_id)
        category, into = rows[category.pk], rows[into.pk]
        if category in into.path:
            raise ValidationError(_("“%(into)s” is “%(name)s” or stands below it.") % {"into": into, "name": category})
        moved = {model._meta.label: n for model, n in used_by(category)}
        for relation in relations():
            _hand_over(relation, category, into)
        audit.record("Merged", category, by=by, after=str(into), slug=category.slug, moved=moved)
        slug = category.slug
        category.delete()
        OldAddress.objects.create(slug=slug, category=into)


def used_by(category: Category) -> Iterator[tuple[type[models.Model], int]]:
    """(model, how many) of everything that `merge` would hand over."""
    for relation in relations():
        if relation.related_model is not OldAddress and (n := _rows(relation, category).count()):
            yield relation.related_model, n


def relations() -> list[models.ManyToOneRel]:
    """What points to categories: articles, menu items, children, …; not what only remembers them, such as versions."""
    fields = Category._meta.get_fields(include_hidden=True)
    return [f for f in fields if isinstance(f, models.ManyToOneRel) and f.on_delete is not models.DO_NOTHING]


def _rows(relation: models.ManyToOneRel, category: Category) -> models.QuerySet:
    return relation.related_model._base_manager.filter(**{relation.field.name: category})


def _hand_over(relation: models.ManyToOneRel, category: Category, into: Category) -> None:
    """Points the rows of `relation` to `into`; what `into` has already (the same right of the same person) is dropped."""
    name = relation.field.name
    try:
        with transaction.atomic():
            _rows(relation, category).update(**{name: into})
    except IntegrityError:
        for row in _rows(relation, category):
            try:
                with transaction.atomic():
                    relation.related_model._base_manager.filter(pk=row.pk).update(**{name: into})
            except IntegrityError:
                row.delete()
