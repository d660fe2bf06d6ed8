"""What is only read: trial calls and former numbers; and the tables of officials and holidays."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from hotlines.models import Check, FormerNumber, Holiday, Official
from portal.lib.desk import Desk, FoldedSearch


class ReadOnly:
    """Mixin: rows that nobody writes by hand."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    has_delete_permission = has_change_permission


@admin.register(Check)
class CheckAdmin(ReadOnly, FoldedSearch, Desk):
    list_display = ["at", "called", "result", "note", "by"]
    list_filter = ["result", "at"]
    list_select_related = ["by"]
    search_fields = ["called", "note"]


@admin.register(FormerNumber)
class FormerNumberAdmin(ReadOnly, FoldedSearch, Desk):
    list_display = ["number", "office_name", "purpose", "replaced_by", "ended_at"]
    search_fields = ["number", "dialled", "office_name", "purpose"]


@admin.register(Official)
class OfficialAdmin(FoldedSearch, Desk):
    list_display = ["name", "position", "office", "phone", "email", "is_public", "order"]
    list_editable = ["is_public", "order"]
    list_filter = ["is_public", "office"]
    list_select_related = ["office"]
    search_fields = ["name", "position", "position_en", "office__name", "phone", "email"]
    autocomplete_fields = ["office"]
    ordering = ["office__order", "order", "pk"]
    fieldsets = [
        (None, {"fields": ["office", "name", "position", "duties", "phone", "email", "order", "is_public"]}),
        (gettext_lazy("In English"), {"fields": ["position_en", "duties_en"]}),
    ]


@admin.register(Holiday)
class HolidayAdmin(FoldedSearch, Desk):
    list_display = ["day", "name"]
    search_fields = ["name"]
    date_hierarchy = "day"
    fields = ["day", "name"]
