"""Versions on the editor's desk: the list of them, two beside each other as words, one put back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.lib import versions
from portal.lib.labels import uncached

NOW = "hien-tai"
SIDE_BY_SIDE = "hai-cot"
PER_PAGE = 20
OFFERED = 200  # newest versions in the two lists of the compare page


@dataclass(frozen=True)
class Side:
    """One of the two texts that are compared."""

    key: str
    label: str
    row: Any
    moment: datetime | None = None
    user: User | None = None
    version: Any = None


class Versioned:
    """Mixin of admin pages for models with `kept_versions`."""

    def get_urls(self):
        site, model = self.admin_site, f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("<int:pk>/so-sanh/", site.admin_view(self.compare_view), name=f"{model}_compare"),
            path("<int:pk>/khoi-phuc/", site.admin_view(self.restore_view), name=f"{model}_restore"),
            *super().get_urls(),
        ]

    # --- What a subclass may know better --------------------------------------------------------------------------
    def relatives(self, row: Model) -> list[tuple[str, str, Model]]:
        """(key, label, row) of other rows that `row` can be compared with, such as the article that it is to replace."""
        return []

    def draft_of(self, request: HttpRequest, row: Model) -> Model:
        """The row into which a version of `row` is put back; raises ValidationError with advice when there is none."""
        return row

    def may_see_versions(self, request: HttpRequest, row: Model) -> bool:
        """Whoever may change this row, or may change such rows and see this one: a published one, say, is locked."""
        may_work = request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")
        return self.has_change_permission(request, row) or (may_work and self.has_view_permission(request, row))

    # --- Pages ----------------------------------------------------------------------------------------------------
    def history_view(self, request, object_id, extra_context=None):
        row = self.get_object(request, object_id)
        context: dict[str, Any] = {}
        if row is not None and self.may_see_versions(request, row):
            context |= self._listed(request, row)
        return super().history_view(request, object_id, {**context, **(extra_context or {})})

    def _listed(self, request, row):
        page = Paginator(row.history.select_related("history_user"), PER_PAGE).get_page(request.GET.get("trang"))
        found = list(page)
        older = row.history.filter(pk__lt=found[-1].pk).order_by("-pk").first() if found else None
        for version, before in zip(found, [*found[1:], older], strict=True):
            version.changed = before and [field.verbose_name for field in versions.changed(before, version)]
        return {"versions": page, "may_restore": self.has_change_permission(request, row), "now": NOW}

    @method_decorator(require_safe)
    def compare_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        row = self._seen(request, pk)
        sides = self._sides(row)
        before = self._side(sides, request.GET.get("a") or self._before(sides))
        after = self._side(sides, request.GET.get("b") or NOW)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Compare versions"),
            "opts": self.opts,
            "original": row,
            "sides": sides,
            "before": before,
            "after": after,
            "is_side_by_side": request.GET.get("kieu") == SIDE_BY_SIDE,
            "differences": versions.compare(before.row, after.row),
            "may_restore": self.has_change_permission(request, row),
        }
        return uncached(TemplateResponse(request, "admin/compare.html", context))

    @method_decorator(require_POST)
    def restore_view(self, request: Any, pk: int) -> HttpResponse:
        row = self._seen(request, pk)
        version = self._side(self._sides(row), request.POST.get("version", "")).version
        if version is None:
            raise Http404
        try:
            draft = self.draft_of(request, row)
            if not self.has_change_permission(request, draft):
                raise PermissionDenied
            missing = versions.restore(draft, version, by=request.user)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return redirect(self._address("history", row))
        said = _("The earlier version stands in the form again; what was there before is in the list of versions.")
        messages.success(request, said)
        if missing:
            names = ", ".join(missing)
            messages.warning(
                request, _("Left as it is now, because it was deleted since: %(names)s.") % {"names": names}
            )
        return redirect(self._address("change", draft))

    # --- Finding --------------------------------------------------------------------------------------------------
    def _address(self, name: str, row: Model) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}", args=[row.pk])

    def _seen(self, request, pk):
        row = self.get_object(request, str(pk))
        if row is None:
            raise Http404
        if not self.may_see_versions(request, row):
            raise PermissionDenied
        return row

    def _sides(self, row) -> list[Side]:
        """All texts that can be chosen, the present one first."""
        listed = row.history.select_related("history_user").only(
            "history_id", "history_date", "history_type", "history_user", row._meta.pk.name
        )[:OFFERED]
        kept = [Side(str(v.pk), _("Version"), v, v.history_date, v.history_user, v) for v in listed]
        others = [Side(key, label, other) for key, label, other in self.relatives(row)]
        return [Side(NOW, _("Present text"), row), *others, *kept]

    @staticmethod
    def _before(sides):
        """What one wants to compare the present text with: the article to be replaced, or the version before."""
        others = [side.key for side in sides if side.version is None and side.key != NOW]
        kept = [side.key for side in sides if side.version is not None]
        return (others or kept[1:2] or kept[:1] or [NOW])[0]

    @staticmethod
    def _side(sides, key) -> Side:
        side = next((side for side in sides if side.key == key), None)
        if side is None:
            raise Http404
        if side.version is not None:  # only its name was read for the list
            side.version.refresh_from_db()
        return side
