"""Polls for those who ask: answers are frozen after the first ballot, results are read only."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, F, Q
from django.forms.models import BaseInlineFormSet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polls import voting
from polls.models import Option, Poll
from portal.lib.desk import Desk, FoldedSearch, Rows


class PollForm(forms.ModelForm):
    def clean_max_choices(self):
        if self.cleaned_data["max_choices"] < 1:
            raise ValidationError(_("At least one choice must be allowed."))
        return self.cleaned_data["max_choices"]


class OptionFormSet(BaseInlineFormSet):
    def clean(self):
        super().clean()
        filled = [form for form in self.forms if form.is_valid() and form.cleaned_data.get("text")]
        kept = [form for form in filled if not form.cleaned_data.get("DELETE")]
        if self.instance.is_approved and len(kept) < 2:
            raise ValidationError(_("An approved poll needs at least two answers."))


def is_frozen(poll):
    return poll is not None and poll.pk is not None and poll.ballots.exists()


class OptionInline(Rows):
    """Who may work on the poll may work on its answers, until somebody has voted."""

    model = Option
    formset = OptionFormSet
    template = "admin/polls/options.html"
    fields = ["text", "order"]
    extra = 0

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("polls.view_poll") or self._may_edit(request, obj)

    def has_change_permission(self, request, obj=None):
        return self._may_edit(request, obj) and not is_frozen(obj)

    has_add_permission = has_delete_permission = has_change_permission

    def _may_edit(self, request, obj):
        return request.user.has_perm("polls.change_poll") or (obj is None and request.user.has_perm("polls.add_poll"))

    def get_extra(self, request, obj=None, **kwargs):
        return 0 if obj else 4


def state_at(poll, at=None):
    """(code, words) of the poll at this moment."""
    at = at or timezone.now()
    if not poll.is_approved:
        return "draft", _("draft")
    if poll.is_open(at):
        return "open", _("open")
    return ("closed", _("closed")) if poll.is_closed(at) else ("scheduled", _("scheduled"))


@admin.register(Poll)
class PollAdmin(FoldedSearch, Desk):
    form = PollForm
    inlines = [OptionInline]
    list_display = ["question", "state_now", "opens_at", "closes_at", "ballots_now"]
    list_filter = ["is_approved"]
    search_fields = ["question"]
    readonly_fields = ["state_now", "results"]
    fieldsets = [
        (gettext_lazy("Question"), {"fields": ["question", "note", "max_choices"]}),
        (gettext_lazy("Times"), {"fields": ["is_approved", "opens_at", "closes_at", "results_shown"]}),
        (gettext_lazy("Result"), {"fields": ["state_now", "results"]}),
    ]

    def get_queryset(self, request):
        present = Q(ballots__round=F("round"))
        return super().get_queryset(request).defer("secret").annotate(voters=Count("ballots", filter=present))

    def has_delete_permission(self, request, obj=None):
        """Votes are not thrown away: a poll that has ballots stays."""
        return super().has_delete_permission(request, obj) and not is_frozen(obj)

    @admin.display(description=gettext_lazy("state"))
    def state_now(self, poll):
        return format_html('<span class="state state-{}">{}</span>', *state_at(poll)) if poll.pk else "—"

    @admin.display(description=gettext_lazy("ballots"), ordering="voters")
    def ballots_now(self, poll):
        return poll.voters

    @admin.display(description=gettext_lazy("result"))
    def results(self, poll):
        return render_to_string("admin/polls/result.html", {"tally": voting.tally(poll)}) if poll.pk else "—"
