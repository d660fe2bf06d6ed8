"""Polls for those who ask: what has been voted about is frozen, results are read only, times only lie ahead."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.forms.models import BaseInlineFormSet
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polls import results, rounds
from polls.admin.steps import Steps
from polls.models import Ballot, Option, Poll, Seal
from polls.voting import gate
from portal.lib import audit
from portal.lib.desk import Desk, FoldedSearch, Rows

STATES = {
    "draft": gettext_lazy("draft"),
    "scheduled": gettext_lazy("scheduled"),
    "open": gettext_lazy("open"),
    "closed": gettext_lazy("closed"),
}
NEW_ROWS = 4
AUDITED = ["question", "note", "max_choices", "opens_at", "closes_at", "results_shown", "shows_days"]


def answers(poll):
    """What the audit log says about the answers of `poll`."""
    options = poll.options.order_by("order", "pk")
    return {"answers": [f"{option.text} ({_('low')})" if option.is_low else option.text for option in options]}


class PollForm(forms.ModelForm):
    """Opening and closing at once are steps that ask first: here only times to come are set."""

    def clean_opens_at(self):
        opens = self.cleaned_data["opens_at"]
        if "opens_at" in self.changed_data and self.instance.is_approved and opens <= timezone.now():
            raise ValidationError(_("This moment has passed. To open the poll at once, use the button “Open now”."))
        return opens

    def clean_closes_at(self):
        closes = self.cleaned_data["closes_at"]
        if closes and "closes_at" in self.changed_data and self.instance.is_approved and closes <= timezone.now():
            raise ValidationError(_("This moment has passed. To close the poll at once, use the button “Close now”."))
        return closes

    def clean_max_choices(self):
        if self.cleaned_data["max_choices"] < 1:
            raise ValidationError(_("At least one choice must be allowed."))
        return self.cleaned_data["max_choices"]


class OptionFormSet(BaseInlineFormSet):
    def clean(self):
        super().clean()
        if self.instance.is_frozen:
            return
        filled = [form for form in self.forms if form.is_valid() and form.cleaned_data.get("text")]
        kept = [form for form in filled if not form.cleaned_data.get("DELETE")]
        if self.instance.is_approved and len(kept) < 2:
            raise ValidationError(_("An approved poll needs at least two answers."))


class OptionInline(Rows):
    """Who may work on the poll may work on its answers, until somebody has voted."""

    model = Option
    formset = OptionFormSet
    template = "admin/polls/options.html"
    fields = ["text", "order", "is_low"]
    extra = 0

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("polls.view_poll") or self._may_edit(request, obj)

    def has_change_permission(self, request, obj=None):
        return self._may_edit(request, obj) and not (obj and obj.is_frozen)

    has_add_permission = has_delete_permission = has_change_permission

    def _may_edit(self, request, obj):
        return request.user.has_perm("polls.change_poll") or (obj is None and request.user.has_perm("polls.add_poll"))

    def get_extra(self, request, obj=None, **kwargs):
        return 0 if obj else NEW_ROWS


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return STATES.items()

    def queryset(self, request, polls):
        waiting = Q(is_approved=True, opens_at__gt=timezone.now())
        return {
            "draft": polls.filter(is_approved=False),
            "scheduled": polls.filter(waiting),
            "open": polls.open(),
            "closed": polls.closed(),
        }.get(self.value(), polls)


@admin.register(Poll)
class PollAdmin(Steps, FoldedSearch, Desk):
    form = PollForm
    inlines = [OptionInline]
    list_display = ["question", "state_now", "times", "ballots_now", "waiting_now"]
    list_filter = [StateFilter]
    search_fields = ["question"]
    readonly_fields = ["state_now", "results"]
    change_form_template = "admin/polls/poll.html"
    fieldsets = [
        (gettext_lazy("Question"), {"fields": ["question", "note", "max_choices"]}),
        (
            gettext_lazy("Times"),
            {
                "fields": ["state_now", "opens_at", "closes_at", "results_shown", "shows_days"],
                "description": gettext_lazy(
                    "A new poll is a draft. Buttons at the top of its page schedule, open and close it."
                ),
            },
        ),
        (gettext_lazy("Result"), {"fields": ["results"]}),
    ]

    def get_queryset(self, request):
        """With counts that only the rows shown ask for: a join would count a million ballots for the list's length, too."""

        def ballots(**which):
            found = Ballot.objects.filter(poll=OuterRef("pk"), **which).order_by().values("poll")
            return Coalesce(Subquery(found.annotate(n=Count("*")).values("n")), 0)

        here = {"round": OuterRef("round")}
        sealed = Seal.objects.filter(poll=OuterRef("pk"), **here).values("voters")[:1]
        # Those not counted are few and stand in an index of their own.
        now = ballots(**here) - ballots(**here, state__in=Ballot.NOT_COUNTED)
        counts = {"voters": Coalesce(Subquery(sealed), now), "waiting": ballots(state="aside")}
        return super().get_queryset(request).annotate(**counts)

    def get_readonly_fields(self, request, obj=None):
        """What a ballot was given for stays; times that are over stay."""
        fixed = list(self.readonly_fields)
        if obj and obj.is_frozen:
            fixed += ["question", "max_choices"]
        state = obj and rounds.state(obj)
        return fixed + {"open": ["opens_at"], "closed": ["opens_at", "closes_at"]}.get(state, [])

    def get_formset_kwargs(self, request, obj, inline, prefix):
        """The rows of a new poll are numbered by tens, so that an answer can be put between two others."""
        numbered = {} if obj.pk else {"initial": [{"order": 10 * n} for n in range(1, NEW_ROWS + 1)]}
        return super().get_formset_kwargs(request, obj, inline, prefix) | numbered

    def has_delete_permission(self, request, obj=None):
        """Votes are not thrown away: a poll that has ballots stays."""
        return super().has_delete_permission(request, obj) and not (obj and obj.is_frozen)

    def save_model(self, request, obj, form, change):
        before = Poll.objects.filter(pk=obj.pk).values(*AUDITED).first() if change else None
        if change:
            gate(obj, closes=True)
            obj.save(update_fields=[name for name in form.changed_data if name in AUDITED])  # the round may be newer
        else:
            super().save_model(request, obj, form, change)
        changed = [name for name in AUDITED if before and before[name] != getattr(obj, name)]
        if changed:
            old, new = ({name: str(row[name]) for name in changed} for row in (before, vars(obj)))
            audit.record("Poll changed", obj, by=request.user, before=old, after=new)

    def save_related(self, request, form, formsets, change):
        before = answers(form.instance)
        super().save_related(request, form, formsets, change)
        if change and (after := answers(form.instance)) != before:
            audit.record("Poll changed", form.instance, by=request.user, before=before, after=after)

    def changeform_view(self, request, object_id=None, *args, **kwargs):
        """The form; what the database refuses because the poll was closed or voted in meanwhile is said in words."""
        try:
            with transaction.atomic():
                return super().changeform_view(request, object_id, *args, **kwargs)
        except IntegrityError:
            messages.error(request, _("Nothing was saved: meanwhile somebody has voted or the poll has been closed."))
            return redirect(request.path)

    # --- What the list and the form show --------------------------------------------------------------------------
    @admin.display(description=gettext_lazy("state"))
    def state_now(self, poll):
        code = rounds.state(poll)
        return format_html('<span class="state state-{}">{}</span>', code, STATES[code])

    @admin.display(description=gettext_lazy("Times"), ordering="opens_at")
    def times(self, poll):
        opens, closes = (at and localize(timezone.localtime(at)) for at in (poll.opens_at, poll.closes_at))
        return format_html("{} –<br>{}", opens, closes or "…")

    @admin.display(description=gettext_lazy("ballots"), ordering="voters")
    def ballots_now(self, poll):
        return poll.voters

    @admin.display(description=gettext_lazy("kept aside"), ordering="waiting")
    def waiting_now(self, poll):
        address = reverse("admin:polls_poll_aside", args=[poll.pk])
        return format_html('<a href="{}">{}</a>', address, poll.waiting) if poll.waiting else "—"

    @admin.display(description=gettext_lazy("result"))
    def results(self, poll):
        if rounds.state(poll) in {"draft", "scheduled"}:
            return "—"
        tally = results.tally(poll)
        both = results.tally(poll, with_aside=True) if tally.aside else None
        context = {"poll": poll, "tally": tally, "both": both, "days": results.days(poll), "seals": poll.seals.all()}
        return render_to_string("admin/polls/result.html", context)
