"""Public corrections: printed as they were approved with a working copy; the text before is hidden if it does harm."""

from django.contrib import admin

from news.models import Correction
from portal.lib.desk import Desk


@admin.register(Correction)
class CorrectionAdmin(Desk):
    list_display = ["article", "at", "note", "is_earlier_shown"]
    list_filter = ["is_earlier_shown"]
    list_select_related = ["article"]
    search_fields = ["article__title", "note"]
    readonly_fields = ["article", "number", "at", "by", "note"]
    fieldsets = [(None, {"fields": ["article", "number", "at", "by", "note", "is_earlier_shown"]})]
    view_on_site = False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("article__category")

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        """What was corrected stays corrected in public."""
        return False
