"""Offices and their numbers for those who keep them right."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hotlines.models import Hotline, Office
from hotlines.points import PointInput
from portal.lib import phone
from portal.lib.desk import Desk, FoldedSearch, Rows, TitleSearch


def identity(cleaned):
    """What may stand once at an office: (purpose, dialled number)."""
    try:
        return cleaned.get("purpose"), phone.dial(cleaned["number"]) if cleaned.get("number") else None
    except ValueError:  # the field itself says so
        return cleaned.get("purpose"), None


class HotlineFormSet(BaseInlineFormSet):
    def clean(self):
        super().clean()
        kept = [form.cleaned_data for form in self.forms if form.is_valid() and not form.cleaned_data.get("DELETE")]
        numbers = [identity(cleaned) for cleaned in kept if cleaned]
        if len(numbers) > len(set(numbers)):
            raise ValidationError(_("The same number stands here twice for the same purpose."))


class HotlineForm(forms.ModelForm):
    def clean(self):
        cleaned = super().clean()
        if cleaned.get("office") and cleaned.get("number"):
            purpose, dialled = identity(cleaned)
            twins = Hotline.objects.filter(office=cleaned["office"], purpose=purpose, dialled=dialled)
            if twins.exclude(pk=self.instance.pk).exists():
                self.add_error("number", _("This office already has this number for this purpose."))
        return cleaned


class HotlineInline(Rows):
    model = Hotline
    formset = HotlineFormSet
    fields = ["purpose", "number", "hours", "is_in_box", "order", "checked_on"]
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
    inlines = [HotlineInline]
    list_display = ["name", "abbreviation", "kind", "is_listed", "order"]
    list_editable = ["order"]
    list_filter = ["kind", "is_listed"]
    autocomplete_fields = ["parent"]
    fieldsets = [
        (None, {"fields": ["name", "abbreviation", "kind", "parent", "is_listed", "order"]}),
        (gettext_lazy("Contact"), {"fields": ["address", "hours", "email"]}),
        (gettext_lazy("Point on the map"), {"fields": [("lat", "lng"), "is_point_exact"]}),
    ]


@admin.register(Hotline)
class HotlineAdmin(FoldedSearch, Desk):
    form = HotlineForm
    list_display = ["purpose", "number", "office", "hours", "is_in_box", "order", "checked_on"]
    list_editable = ["is_in_box", "order"]
    list_filter = ["is_in_box", "office"]
    list_select_related = ["office"]
    search_fields = ["purpose", "number", "dialled", "office__name", "office__abbreviation"]
    autocomplete_fields = ["office"]
    ordering = ["office__order", "order", "pk"]
    fields = ["office", "purpose", "number", "hours", "is_in_box", "order", "checked_on", "note"]

    def save_model(self, request, hotline, form, change):
        super().save_model(request, hotline, form, change)
        if change and "office" in form.changed_data:
            Office.objects.get(
                pk=form.initial["office"]
            ).save()  # the office that lost the number is searched without it

    def delete_queryset(self, request, queryset):
        for hotline in queryset:  # one by one: each tells its office's search words
            hotline.delete()
