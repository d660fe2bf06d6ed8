"""Saving a form of the desk: what lies outside of the form and keeps it from being saved is said in it, nothing typed is lost."""

from typing import Any

from django.db import IntegrityError, transaction

from portal.lib import uploads


class _Refused:
    """Mixin of a form that is shown again, for a reason that lies outside of it."""

    refusal = ""

    def clean(self):
        cleaned = super().clean()
        self.add_error(None, self.refusal)
        return cleaned


class Saves:
    """Mixin of admin pages; `request.refusal`, whoever sets it, says why the form is only shown again."""

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        refusal = getattr(request, "refusal", None)
        return type(form)(form.__name__, (_Refused, form), {"refusal": refusal}) if refusal else form

    def changeform_view(self, request, *args, **kwargs) -> Any:
        if request.method != "POST":
            return super().changeform_view(request, *args, **kwargs)
        if request.POST is not None and getattr(request, "disk_is_full", False):  # known once the files are read
            request.refusal = uploads.DISK_IS_FULL
        try:
            return self._all_or_nothing(request, *args, **kwargs)
        except IntegrityError:  # somebody took the name in this moment: asked again, the form sees that itself
            return self._all_or_nothing(request, *args, **kwargs)
        except OSError as error:
            if not uploads.is_full(error):
                raise
            request.refusal = uploads.DISK_IS_FULL
            return self._all_or_nothing(request, *args, **kwargs)

    def _all_or_nothing(self, request, *args, **kwargs) -> Any:
        with transaction.atomic():
            return super().changeform_view(request, *args, **kwargs)
