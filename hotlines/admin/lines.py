"""Hotlines for those who keep them right: the form with its history, the queue of trial calls, import and export."""

from django import forms
from django.contrib import admin
from django.template.loader import render_to_string
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hotlines import tokens
from hotlines.admin import queue, transfer
from hotlines.admin.offices import identity, warn_of_twins
from hotlines.models import FormerNumber, Hotline, Office
from portal.lib.desk import Desk, FoldedSearch

HISTORY = 20


class HotlineForm(forms.ModelForm):
    def clean(self):
        cleaned = super().clean()
        if cleaned.get("office") and cleaned.get("number"):
            purpose, dialled, extension = identity(cleaned)
            twins = Hotline.objects.filter(
                office=cleaned["office"], purpose=purpose, dialled=dialled, extension=extension
            )
            if twins.exclude(pk=self.instance.pk).exists():
                self.add_error("number", _("This office already has this number for this purpose."))
        return cleaned


class Dueness(admin.SimpleListFilter):
    title = gettext_lazy("trial call")
    parameter_name = "due"

    def lookups(self, request, model_admin):
        return [("yes", _("due"))]

    def queryset(self, request, queryset):
        return queryset.filter(pk__in=Hotline.objects.due()) if self.value() == "yes" else queryset


@admin.register(Hotline)
class HotlineAdmin(FoldedSearch, Desk):
    form = HotlineForm
    list_display = ["purpose", "shown", "office", "is_in_box", "order", "checked_on", "next_check_on", "owner"]
    list_editable = ["is_in_box", "order"]
    list_filter = [Dueness, "is_in_box", "is_emergency", "office"]
    list_select_related = ["office", "owner"]
    search_fields = ["purpose", "number", "dialled", "office__name", "office__abbreviation"]
    autocomplete_fields = ["office", "owner"]
    ordering = ["office__order", "order", "pk"]
    readonly_fields = ["token", "history"]
    fieldsets = [
        (None, {"fields": ["office", "purpose", "purpose_en", ("number", "extension"), "duty", "hours", "note"]}),
        (
            gettext_lazy("Where it stands"),
            {"fields": ["is_in_box", "is_emergency", "is_switchboard", "order", "token"]},
        ),
        (gettext_lazy("Trial calls"), {"fields": ["owner", ("checked_on", "next_check_on"), "history"]}),
    ]

    @admin.display(description=gettext_lazy("number"), ordering="number")
    def shown(self, hotline):
        return hotline.shown

    @admin.display(description=gettext_lazy("for articles and pages"))
    def token(self, hotline):
        return tokens.token(hotline) if hotline.pk else "—"

    @admin.display(description=gettext_lazy("what was heard"))
    def history(self, hotline):
        """The last trial calls and the numbers that it had before."""
        if not hotline.pk:
            return "—"
        checks = hotline.checks.select_related("by")[:HISTORY]
        former = FormerNumber.objects.filter(hotline_pk=hotline.pk)[:HISTORY]
        return render_to_string("admin/hotlines/_history.html", {"checks": checks, "former": former})

    def get_urls(self):
        def view(work):
            return self.admin_site.admin_view(lambda request: work(request, self))

        return [
            path("can-kiem-tra/", view(queue.page), name="hotlines_queue"),
            path("nhap/", view(transfer.import_page), name="hotlines_import"),
            path("xuat/", view(transfer.export), name="hotlines_export"),
            *super().get_urls(),
        ]

    def save_model(self, request, hotline, form, change):
        super().save_model(request, hotline, form, change)
        if change and "office" in form.changed_data:
            # the office that lost the number is searched without it
            Office.objects.get(pk=form.initial["office"]).save()
        warn_of_twins(request, hotline)

    def delete_queryset(self, request, queryset):
        for hotline in queryset:  # one by one: each tells its office's search words
            hotline.delete()
