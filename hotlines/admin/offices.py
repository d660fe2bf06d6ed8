"""Offices with their numbers and successors, for those who keep them right."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hotlines.models import Hotline, Office, Succession
from hotlines.points import PointInput
from portal.lib import phone
from portal.lib.desk import Desk, Rows, TitleSearch


def identity(cleaned):
    """What may stand once at an office: (purpose, dialled number, extension)."""
    extension = cleaned.get("extension") or ""
    try:
        return cleaned.get("purpose"), phone.dial(cleaned["number"]) if cleaned.get("number") else None, extension
    except ValueError:  # the field itself says so
        return cleaned.get("purpose"), None, extension


def warn_of_twins(request, hotline):
    """Says where the number of `hotline` also stands; one number may serve several offices."""
    others = Hotline.objects.filter(dialled=hotline.dialled, extension=hotline.extension).exclude(pk=hotline.pk)
    places = "; ".join(f"{other.office} – {other.purpose}" for other in others.select_related("office")[:5])
    if places:
        messages.warning(request, _("The same number also stands at: %(places)s.") % {"places": places})


class HotlineFormSet(BaseInlineFormSet):
    def clean(self):
        super().clean()
        kept = [form.cleaned_data for form in self.forms if form.is_valid() and not form.cleaned_data.get("DELETE")]
        numbers = [identity(cleaned) for cleaned in kept if cleaned]
        if len(numbers) > len(set(numbers)):
            raise ValidationError(_("The same number stands here twice for the same purpose."))
        if sum(bool(cleaned.get("is_switchboard")) for cleaned in kept) > 1:
            raise ValidationError(_("An office has one switchboard at most."))


class HotlineInline(Rows):
    model = Hotline
    formset = HotlineFormSet
    fields = ["purpose", "number", "extension", "duty", "is_switchboard", "is_in_box", "order"]
    extra = 0
    show_change_link = True


class SuccessionInline(Rows):
    """Where the work of an office went; the list of what ended offices left to this one is not edited here."""

    model = Succession
    fk_name = "former"
    fields = ["successor", "legal_basis"]
    autocomplete_fields = ["successor"]
    extra = 0


class OfficeForm(forms.ModelForm):
    class Meta:
        widgets = {"lng": PointInput}

    def clean(self):
        cleaned = super().clean()
        lat, lng = cleaned.get("lat"), cleaned.get("lng")
        if (lat is None) != (lng is None):
            self.add_error("lng" if lng is None else "lat", _("A point on the map needs latitude and longitude."))
        if lat is not None and not -90 <= lat <= 90:
            self.add_error("lat", _("A latitude lies between -90 and 90; in Vietnam between 8 and 24."))
        if lng is not None and not -180 <= lng <= 180:
            self.add_error("lng", _("A longitude lies between -180 and 180; in Vietnam between 102 and 118."))
        if self.instance.pk and self.instance.pk in {office.pk for office in above(cleaned.get("parent"))}:
            self.add_error("parent", _("An office cannot belong to itself."))
        return cleaned


def above(office):
    """`office` and all that it belongs to; stops at a circle."""
    chain = []
    while office is not None and office not in chain:
        chain.append(office)
        office = office.parent
    return chain


@admin.register(Office)
class OfficeAdmin(TitleSearch, Desk):
    form = OfficeForm
    inlines = [HotlineInline, SuccessionInline]
    list_display = ["name", "abbreviation", "kind", "is_listed", "valid_to", "order"]
    list_editable = ["order"]
    list_filter = ["kind", "is_listed", ("valid_to", admin.EmptyFieldListFilter)]
    autocomplete_fields = ["parent"]
    fieldsets = [
        (None, {"fields": ["name", "name_en", "abbreviation", "kind", "parent", "is_listed", "order"]}),
        (gettext_lazy("Contact"), {"fields": ["address", "duty", "hours", "email", "page"]}),
        (gettext_lazy("Existence"), {"fields": [("valid_from", "valid_to")]}),
        (gettext_lazy("Point on the map"), {"fields": [("lat", "lng"), "is_point_exact"]}),
    ]

    def save_formset(self, request, form, formset, change):
        super().save_formset(request, form, formset, change)
        if formset.model is Hotline:
            changed = [hotline for hotline, fields in formset.changed_objects if {"number", "extension"} & {*fields}]
            for hotline in [*formset.new_objects, *changed]:
                warn_of_twins(request, hotline)

    def get_inlines(self, request, office):
        """An office that is just being made has no successors yet."""
        return self.inlines if office else [HotlineInline]
