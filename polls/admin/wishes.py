"""The queue of what citizens looked for and did not find."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Case, When
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polls.models import Wish
from portal.lib import audit, clock
from portal.lib.desk import Desk


class WishForm(forms.ModelForm):
    def clean(self):
        cleaned = super().clean()
        if cleaned.get("state") == Wish.State.ANSWERED:
            for name in ("question", "answer"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, ValidationError(_("An answer is published with its question and its text.")))
        if cleaned.get("state") == Wish.State.IN_WORK and not cleaned.get("office"):
            self.add_error("office", ValidationError(_("Say which office works on it.")))
        return cleaned


@admin.register(Wish)
class WishAdmin(Desk):
    form = WishForm
    list_display = ["__str__", "state_now", "office", "due", "came_on"]
    list_filter = ["state", ("office", admin.RelatedOnlyFieldListFilter), "poll"]
    ordering = [
        Case(When(state__in=["new", "in_work"], then=0), default=1).asc(),
        "due_on",
        "pk",
    ]  # what waits comes first
    list_select_related = ["office"]
    list_per_page = 50
    search_fields = ["text", "question"]
    date_hierarchy = "came_on"
    autocomplete_fields = ["office"]
    readonly_fields = ["poll", "text", "came_on", "answered_on"]
    fieldsets = [
        (gettext_lazy("What came"), {"fields": ["poll", "text", "came_on"]}),
        (gettext_lazy("Work"), {"fields": ["state", "office", "due_on"]}),
        (gettext_lazy("Answer"), {"fields": ["question", "answer", "link", "answered_on"]}),
    ]

    def has_add_permission(self, request):
        """Only citizens write them."""
        return False

    def view_on_site(self, wish):
        return None

    def save_model(self, request, obj, form, change):
        before = Wish.objects.values_list("state", flat=True).get(pk=obj.pk)
        if obj.state == Wish.State.ANSWERED:
            obj.answered_on = obj.answered_on or clock.local_day()
        super().save_model(request, obj, form, change)
        if before != obj.state:
            audit.record("Wish dealt with", obj, by=request.user, before=before, after=obj.state)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_now(self, wish):
        code = {"new": "draft", "in_work": "scheduled", "answered": "published"}.get(wish.state, "withdrawn")
        return format_html('<span class="state state-{}">{}</span>', code, wish.get_state_display())

    @admin.display(description=gettext_lazy("due on"), ordering="due_on")
    def due(self, wish):
        day = f"{wish.due_on:%d/%m/%Y}"
        return format_html("<strong>{} – {}</strong>", day, _("late")) if wish.is_late else day
