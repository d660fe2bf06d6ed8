"""Nothing that somebody typed is lost: not to another editor, not to a session that ended, not to a row that is gone."""

import secrets
from collections.abc import Iterator
from copy import copy
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Func
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.lib import differences, versions
from portal.lib.fields import HTMLField

OPENED = "opened_at_version"  # the hidden field of the form; the name of the context variable too
ARRIVED = "saved"  # the cookie in which autosave.js reads what it need not keep any longer: the OPENED of saved forms


class _RowVersion(Func):
    """The transaction that wrote the row and where it lies: every way of writing changes them."""

    template = "xmin::text || translate(ctid::text, ',()', '-')"
    output_field = models.TextField()


def stamp(model: type[models.Model], pk: Any, *, lock: bool = False) -> str:
    """The state of the row `pk`, as the form carries it: its write and its newest version. "" when there is no row."""
    rows = model._default_manager.filter(pk=pk).order_by()
    rows = rows.select_for_update() if lock else rows
    written = rows.values_list(_RowVersion(), flat=True).first()
    if written is None:
        return ""
    newest = model.history.filter(**{model._meta.pk.name: pk}).order_by("-history_id")
    return f"{written}:{newest.values_list('pk', flat=True).first() or ''}"


class KeepsText:
    """Mixin of admin pages with long texts and `kept_versions`: a form that cannot be saved comes back as it was typed.

    `request.refusal` says why (`refusing.Saves`); `resume` in `portal.adminsite` sets it after a new login.
    """

    change_form_template = "admin/kept_form.html"

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        # The state is read before the row is: what is saved in between counts as saved after.
        context = {"user_pk": request.user.pk, OPENED: self._stamp(object_id)}
        is_number = object_id and object_id.isdecimal()
        context |= {**self.form_context(request, object_id if is_number else None), **(extra_context or {})}
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, context)
        posted = request.POST.get(OPENED, "")
        with transaction.atomic():
            if object_id and not hasattr(request, "refusal"):
                context[OPENED] = self._stamp(object_id, lock=True)
                if context[OPENED] != posted:  # a form that does not say what it was opened with, too
                    return self._conflict(request, object_id, form_url, context)
            context[OPENED] = posted or context[OPENED]
            response = super().changeform_view(request, object_id, form_url, context)
        if response.status_code == 302 and posted:
            arrived = [*request.COOKIES.get(ARRIVED, "")[-400:].split(".")[-9:], posted[:40]]
            response.set_cookie(ARRIVED, ".".join(arrived), max_age=604800, path="/quan-tri/", samesite="Lax")
        return response

    def form_context(self, request, object_id):
        """What a subclass wants its form to show besides."""
        return {}

    def _stamp(self, object_id, **options):
        if not object_id:
            return f"new:{secrets.token_hex(8)}"
        return stamp(self.model, object_id, **options) if object_id.isdecimal() else ""

    # --- Two at once ----------------------------------------------------------------------------------------------
    def _conflict(self, request, object_id, form_url, context):
        """The form as it was typed, beside what somebody else has saved meanwhile."""
        theirs = self.get_object(request, object_id)
        if theirs is None and OPENED in request.POST:
            return self._gone(request, context)
        if theirs is None or (OPENED not in request.POST and not self.has_change_permission(request, theirs)):
            return super().changeform_view(request, object_id, form_url, context)  # no form of ours: refused as ever
        newest = theirs.history.select_related("history_user").first()
        context |= {"newest": newest, "was": _("Saved meanwhile"), "is_now": _("Yours")}
        if not self.has_change_permission(request, theirs):
            return self._locked(request, theirs, context)
        base = self._base(request, theirs)
        adopted = self._adopt(request, base, theirs) if base is not None else []
        request.refusal = _("Nothing was saved: somebody else has saved this meanwhile. Compare, then save again.")
        response: Any = super().changeform_view(request, object_id, form_url, context)
        if hasattr(response, "context_data"):
            mine = response.context_data["adminform"].form.instance
            differing = [found for found in versions.compare(theirs, mine) if not _is_only_mine(found, base, theirs)]
            response.context_data |= {"conflict": differing, "adopted": adopted}
            response.status_code = 409
        return response

    def _gone(self, request, context):
        """Somebody has deleted the row: what was typed can become a new one."""
        request.refusal = _(
            "Somebody has deleted this meanwhile. Your text is kept below; saving makes a new one of it."
        )
        add = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_add")
        return super().changeform_view(request, None, add, context | {OPENED: self._stamp(None)})

    def _locked(self, request, theirs, context):
        """Nobody may change the row as it is now; what was typed is shown to be copied."""
        if not self.has_view_permission(request, theirs):
            return super().changeform_view(request, str(theirs.pk), "", context)
        mine = copy(theirs)
        for field in versions.compared(self.model):
            if isinstance(field, models.CharField | models.TextField) and field.editable and field.name in request.POST:
                setattr(mine, field.name, _typed(field, request.POST[field.name]))
        differing = versions.compare(theirs, mine)
        context |= {
            **self.admin_site.each_context(request),
            "title": _("Your text was not saved"),
            "opts": self.opts,
            "original": theirs,
            "conflict": differing,
            "typed": [(found.label, getattr(mine, found.field.name)) for found in differing],
        }
        return TemplateResponse(request, "admin/conflict.html", context, status=409)

    def _base(self, request, row):
        """The row as it was when the form was opened, or None."""
        number = request.POST.get(OPENED, "").rpartition(":")[2]
        version = row.history.filter(pk=number).first() if number.isdecimal() and len(number) < 10 else None
        return version and version.instance

    def _adopt(self, request, base, theirs) -> list[str]:
        """Takes into what was posted the fields that only the other one has changed; their names."""
        form_class = self.get_form(request, theirs, change=True)
        mine = form_class(request.POST, request.FILES, instance=copy(theirs))
        before, now = form_class(instance=base), form_class(instance=theirs)
        posted, adopted = request.POST.copy(), []
        for name, field in mine.fields.items():
            was, is_now = before[name].initial, now[name].initial
            if was != is_now and not isinstance(field, forms.FileField) and self._untouched(mine, name, was):
                for key, value in _as_posted(now[name]):
                    posted.setlist(key, [value] if value is not None else [])
                adopted.append(str(field.label))
        request.POST = posted
        return adopted

    def _untouched(self, form, name, was) -> bool:
        """Whether what was posted for the field `name` still says what stood there: the editor only rewrites the markup."""
        posted = form[name].data
        if isinstance(self.model._meta.get_field(name), HTMLField):
            return differences.read(_typed(HTMLField(), posted or "")) == differences.read(was or "")
        return not form.fields[name].has_changed(was, posted)


def _is_only_mine(found: versions.Difference, base: Any, theirs: Any) -> bool:
    """A change of markup alone where the other one changed nothing: the editor in the browser writes it anew each time."""
    field = found.field.attname
    return found.is_form_only and base is not None and getattr(base, field) == getattr(theirs, field)


def _typed(field: models.Field, words: str) -> str:
    try:
        return field.to_python(words)
    except ValidationError:  # too long to be cleaned: shown as text all the same, never as HTML
        return words


def _as_posted(bound: forms.BoundField) -> Iterator[tuple[str, str | None]]:
    """What a browser would send for the present value of a field: (name, value), None for a box without a tick."""
    widget: Any = getattr(bound.field.widget, "widget", bound.field.widget)
    value = bound.value()
    if hasattr(widget, "decompress"):
        parts = zip(widget.widgets_names, widget.widgets, widget.decompress(value), strict=True)
        for ending, part, piece in parts:
            yield bound.html_name + ending, str(part.format_value(piece) or "")
    elif isinstance(widget, forms.CheckboxInput):
        yield bound.html_name, "on" if value else None
    else:
        yield bound.html_name, "" if value is None else str(value)
