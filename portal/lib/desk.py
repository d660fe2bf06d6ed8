"""The editor's desk: what the admin pages of all apps share."""

import re
from dataclasses import dataclass

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import (
    AdminFileWidget,
    AdminSplitDateTime,
    AdminURLFieldWidget,
    RelatedFieldWidgetWrapper,
)
from django.contrib.auth import get_permission_codename
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import BadRequest, ValidationError
from django.db import DataError, IntegrityError, models, transaction
from django.db.models import F, Func, ProtectedError, Value
from django.db.models.functions import Cast
from django.forms.models import ModelChoiceIterator, _get_foreign_key
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html, strip_tags
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.lib import images, lexemes, text
from portal.lib.refusing import Saves

# CKEditor 4 writes handlers and styles into the page; no nonce beside it, or browsers would ignore this. No eval.
EDITOR_CSP = {"script-src": UNSAFE_INLINE, "style-src": UNSAFE_INLINE}


class ZonedDateTime(AdminSplitDateTime):
    """Day and time in two boxes that say whose time it is."""

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs) | {"time_label": _("Vietnamese time (UTC+7):")}
        for part, label in zip(context["widget"]["subwidgets"], ("date_label", "time_label"), strict=True):
            part["attrs"]["aria-label"] = context[label].rstrip(":")  # the words beside the boxes are no <label>
        return context


class PictureField(forms.ImageField):
    """An upload of which only the pixels are kept: see `images.picture`."""

    kept = staticmethod(images.picture)

    def clean(self, data, initial=None):
        if not data and initial and not initial.storage.exists(initial.name):
            raise ValidationError(_("The stored file of this picture is lost. Please choose it again."))
        return super().clean(data, initial)

    def to_python(self, data):
        upload = forms.FileField.to_python(self, data)
        try:
            return upload and self.kept(upload)
        except ValueError as refusal:
            raise ValidationError(str(refusal)) from refusal


class EmblemField(PictureField):
    """See `images.emblem`."""

    kept = staticmethod(images.emblem)


def outline(model):
    """{pk: depth} of all rows of a model with a `parent`, in the order in which one reads the whole tree; one query."""
    below: dict[int | None, list[int]] = {}
    for pk, parent in model._default_manager.order_by(*model._meta.ordering).values_list("pk", "parent"):
        below.setdefault(parent, []).append(pk)
    depths = {}
    waiting = [(pk, 0) for pk in reversed(below.pop(None, []))]
    while waiting:
        pk, depth = waiting.pop()
        depths[pk] = depth
        waiting += [(child, depth + 1) for child in reversed(below.pop(pk, []))]
    # What hangs in a circle is still shown, so that somebody can repair it.
    return depths | {pk: 0 for circle in below.values() for pk in circle if pk not in depths}


class _OutlineIterator(ModelChoiceIterator):
    def __iter__(self):
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        rows = {row.pk: row for row in self.queryset}
        for pk, depth in outline(self.queryset.model).items():
            if pk in rows:
                value, label = self.choice(rows[pk])
                yield value, "\u2003" * depth + label


class OutlineChoiceField(forms.ModelChoiceField):
    """A choice of rows of a tree, indented as they stand below each other."""

    iterator = _OutlineIterator


@dataclass
class Use:
    """Where something is used that somebody wants to delete: the first of `count` rows, each with its address or ""."""

    name: str
    count: int
    first: list[tuple[str, str]]

    @property
    def more(self):
        return self.count - len(self.first)


def uses_of(objs, request, site, shown=10):
    """A `Use` for each kind of rows that protect one of `objs` from being deleted."""
    for relation in objs[0]._meta.related_objects if objs else ():
        if relation.on_delete not in {models.PROTECT, models.RESTRICT}:
            continue
        meta = relation.related_model._meta
        rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": list(objs)})
        if n := rows.count():
            address = f"admin:{meta.app_label}_{meta.model_name}_change"
            may_see = site.is_registered(relation.related_model) and request.user.has_perm(
                f"{meta.app_label}.{get_permission_codename('view', meta)}"
            )
            first = [
                (str(row), reverse(address, args=[row.pk]) if may_see else "") for row in rows.order_by("pk")[:shown]
            ]
            yield Use(str(meta.verbose_name if n == 1 else meta.verbose_name_plural), n, first)


def named(formset):
    """`formset`, each field of which bears its column's name for those who do not see the head of the table."""
    for field in formset.form.base_fields.values():
        widget = getattr(field.widget, "widget", field.widget)  # a choice stands in a frame with its buttons
        if field.label and not widget.is_hidden:
            widget.attrs.setdefault("aria-label", capfirst(field.label))
    return formset


class Rows(admin.TabularInline):
    """Base of our inlines: not so many new rows that reading them would keep a server busy; those there are all fit."""

    max_num = 50

    def get_formset(self, request, obj=None, **kwargs):
        key = _get_foreign_key(self.parent_model, self.model, self.fk_name)
        there = self.model._default_manager.filter(**{key.name: obj}).count() if obj and obj.pk else 0
        return named(super().get_formset(request, obj, **{"absolute_max": max(self.max_num, there) + 10, **kwargs}))


class Desk(Saves, admin.ModelAdmin):
    """Base of our admin pages: zoned times, safe pictures, "view on site" only for what citizens can see.

    Foreign keys named in `outlined` lead into a tree and are chosen from an indented list.
    """

    class Media:
        js = ["js/named-boxes.js"]

    outlined = ()
    instead_of_deleting = ""  # what the page of a refused deletion advises
    delete_confirmation_template = "admin/desk_delete.html"
    delete_selected_confirmation_template = "admin/desk_delete_selected.html"
    formfield_overrides = {
        models.DateTimeField: {"form_class": forms.SplitDateTimeField, "widget": ZonedDateTime},
        models.ImageField: {"form_class": PictureField, "widget": AdminFileWidget},
        models.URLField: {"assume_scheme": "https", "widget": AdminURLFieldWidget},
    }

    def view_on_site(self, row):
        """The public address of `row`; None while there is none, and then the page shows no link."""
        if not hasattr(row, "get_absolute_url"):
            return None
        rows = type(row)._default_manager.all()
        is_public = not hasattr(rows, "public") or rows.public().filter(pk=row.pk).exists()
        return row.get_absolute_url() if is_public else None

    def get_deleted_objects(self, objs, request):
        """As Django's, but what is in use is named and counted before anything is collected for deletion."""
        uses = list(uses_of(objs, request, self.admin_site))
        if uses:
            return [], {}, set(), uses
        *found, protected = super().get_deleted_objects(objs, request)
        below = [(strip_tags(str(one)), "") for one in protected]  # used further down, such as by votes for an option
        return *found, [Use(_("Records that have to stay"), len(below), below[:10])] if below else []

    def render_delete_form(self, request, context):
        return super().render_delete_form(request, context | {"instead": self.instead_of_deleting})

    def delete_view(self, request, object_id, extra_context=None):
        try:
            return super().delete_view(request, object_id, extra_context)
        except (ProtectedError, IntegrityError):  # used since the page was shown
            messages.error(request, _("This is in use and was not deleted."))
            return redirect(request.path)

    def get_changelist_instance(self, request):
        """The list; what its address asks beyond all calendars and numbers is answered as any other wrong question."""
        try:
            with transaction.atomic():
                return super().get_changelist_instance(request)
        except (ValueError, OverflowError, DataError) as nonsense:
            raise IncorrectLookupParameters from nonsense

    def get_changelist_formset(self, request, **kwargs):
        shown = min(max(self.list_per_page, self.list_max_show_all), self.model._default_manager.count())
        kwargs = {"max_num": shown, "absolute_max": shown + 50, **kwargs}
        return named(super().get_changelist_formset(request, **kwargs))

    def response_action(self, request, queryset, *args, **kwargs):
        if not all(re.fullmatch("[0-9]{1,18}", pk) for pk in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            raise BadRequest("What is selected are numbers of rows.")
        return super().response_action(request, queryset, *args, **kwargs)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Beside a choice stands only "add": who writes an article does not mean to rename or delete its category."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget.can_change_related = field.widget.can_delete_related = field.widget.can_view_related = False
        return field

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.outlined:
            kwargs["form_class"] = OutlineChoiceField
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class FoldedSearch:
    """Mixin: the search box reads `search_fields` without regard to accents, in Python: for some hundred rows."""

    def get_search_results(self, request, queryset, search_term):
        wanted = text.fold(search_term).split()
        rows = queryset.values_list("pk", *self.search_fields)
        found = [pk for pk, *texts in rows if all(word in text.fold(" ".join(map(str, texts))) for word in wanted)]
        return (queryset.filter(pk__in=found) if wanted else queryset), False


class TitleSearch:
    """Mixin for `Searchable` models: the box finds rows whose title holds every word or part of one, whatever accents."""

    search_fields = ["title_words"]

    def get_search_results(self, request, queryset, search_term):
        for word in lexemes.words(text.nfc(search_term)):
            queryset = queryset.filter(title_words__contains=word.folded)
        return queryset, False


class WithEditor:
    """Mixin of the forms that hold the editor: only these have a looser Content-Security-Policy."""

    class Media:
        js = ["js/pictures.js", "js/editor-pictures.js", "js/editor.js", "js/hotline-token.js"]

    @method_decorator(csp_update(EDITOR_CSP))
    def changeform_view(self, *args, **kwargs):
        return super().changeform_view(*args, **kwargs)


class TreeList(ChangeList):
    """A list in the order of the tree; each row knows its `.depth`."""

    def get_queryset(self, *args, **kwargs):
        self.depths = outline(self.model)
        numbers = ArrayField(models.BigIntegerField())
        order = Cast(Value(list(self.depths), numbers), numbers)  # without the cast an empty list has no type
        place = Func(order, F("pk"), function="array_position", output_field=models.IntegerField())
        return super().get_queryset(*args, **kwargs).order_by(place)

    def get_results(self, request):
        super().get_results(request)
        for row in self.result_list:
            row.depth = self.depths.get(row.pk, 0)


class Tree:
    """Mixin: the list shows the whole tree, indented, in its order."""

    outlined = ("parent",)
    sortable_by = ()
    list_per_page = 500

    def get_changelist(self, request, **kwargs):
        return TreeList

    @admin.display(description=gettext_lazy("Name"))
    def indented(self, row):
        return format_html('<span class="depth-{}">{}</span>', min(row.depth, 5), str(row))
