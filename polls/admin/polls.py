"""Polls for those who ask: what has been voted about is frozen, results are read only, every step is confirmed."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q
from django.forms.models import BaseInlineFormSet
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from polls import results, rounds
from polls.forms import BallotForm
from polls.models import Option, Poll
from polls.voting import gate
from portal.lib import audit
from portal.lib.desk import Desk, FoldedSearch, Rows, ZonedDateTime

STATES = {
    "draft": gettext_lazy("draft"),
    "scheduled": gettext_lazy("scheduled"),
    "open": gettext_lazy("open"),
    "closed": gettext_lazy("closed"),
}
NEW_ROWS = 4
AUDITED = ["question", "note", "max_choices", "opens_at", "closes_at", "results_shown", "shows_days"]


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


class ReasonForm(forms.Form):
    """What stands in the audit log beside an act."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, widget=AdminTextInputWidget)


class StepForm(ReasonForm):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, required=False, widget=AdminTextInputWidget)


class ReopenForm(StepForm):
    closes_at = forms.SplitDateTimeField(
        label=gettext_lazy("closes at"),
        required=False,
        widget=ZonedDateTime,
        help_text=gettext_lazy("Empty: until it is closed by hand."),
    )


# code: (verb, form, from which states, name, what it means)
STEPS = {
    "hen": (rounds.schedule, StepForm, {"draft"}, gettext_lazy("Approve and schedule"),
            gettext_lazy("The poll opens by itself at its opening time. Until then it can be changed or taken back.")),
    "rut": (rounds.take_back, StepForm, {"scheduled"}, gettext_lazy("Back to draft"),
            gettext_lazy("The poll becomes a draft again and does not open by itself.")),
    "mo": (rounds.open_now, StepForm, {"draft", "scheduled"}, gettext_lazy("Open now"),
           gettext_lazy("Citizens can vote at once. After the first ballot neither question nor answers can be changed.")),
    "dong": (rounds.close_now, StepForm, {"open"}, gettext_lazy("Close now"),
             gettext_lazy("No ballot is accepted any more; result, receipts and digest are published. This cannot be undone.")),
    "mo-lai": (rounds.reopen, ReopenForm, {"closed"}, gettext_lazy("Open again"),
               gettext_lazy("A new round begins at zero and everybody may vote again. The old result stays public.")),
}  # fmt: skip


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
class PollAdmin(FoldedSearch, Desk):
    form = PollForm
    inlines = [OptionInline]
    list_display = ["question", "state_now", "opens_at", "closes_at", "ballots_now", "waiting_now"]
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
        present = Q(ballots__round=F("round"), ballots__state="counted")
        waiting = Q(ballots__state="aside")
        counts = {"voters": Count("ballots", filter=present), "waiting": Count("ballots", filter=waiting)}
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

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj and self.has_change_permission(request, obj):
            state = rounds.state(obj)
            context["steps"] = [
                (reverse("admin:polls_poll_step", args=[obj.pk, code]), name)
                for code, (_verb, _form, states, name, _means) in STEPS.items()
                if state in states
            ]
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    # --- Pages of a poll ------------------------------------------------------------------------------------------
    def get_urls(self):
        own = [("<int:pk>/xem-truoc/", self.preview, "preview"), ("<int:pk>/de-rieng/", self.aside, "aside")]
        own.append(("<int:pk>/buoc/<slug:code>/", self.step, "step"))
        pages = [path(route, self.admin_site.admin_view(view), name=f"polls_poll_{name}") for route, view, name in own]
        return pages + super().get_urls()

    def _poll(self, request, pk, *, changes):
        poll = get_object_or_404(Poll, pk=pk)
        may = self.has_change_permission if changes else self.has_view_permission
        if not may(request, poll):
            raise PermissionDenied
        return poll

    def preview(self, request, pk):
        """The ballot as citizens will see it, also of a draft."""
        poll = self._poll(request, pk, changes=False)
        return render(request, "polls/ballot.html", {"poll": poll, "form": BallotForm(poll=poll), "is_preview": True})

    def step(self, request, pk, code):
        """Asks before a poll is opened, closed or opened again, and does it."""
        poll = self._poll(request, pk, changes=True)
        verb, form_class, states, name, means = STEPS.get(code, (None, None, (), "", ""))
        back = reverse("admin:polls_poll_change", args=[pk])
        if verb is None or rounds.state(poll) not in states:
            messages.error(request, _("This step is not possible: the poll has changed meanwhile."))
            return redirect(back)
        form = form_class(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                verb(poll, by=request.user, **form.cleaned_data)
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                messages.success(request, _("Done: %(step)s.") % {"step": name})
                return redirect(back)
        context = {"title": name, "poll": poll, "means": means, "form": form, "opts": self.opts, "back": back}
        return render(request, "admin/polls/step.html", self.admin_site.each_context(request) | context)

    def aside(self, request, pk):
        """Ballots kept aside, in batches; both results; who decides says why."""
        poll = self._poll(request, pk, changes=True)
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid() and self._decide(request, poll, form.cleaned_data["reason"]):
            return redirect("admin:polls_poll_aside", pk)
        context = {
            "title": _("Ballots kept aside"),
            "poll": poll,
            "opts": self.opts,
            "form": form,
            "batches": rounds.batches(poll),
            "tally": results.tally(poll),
            "both": results.tally(poll, with_aside=True),
        }
        return render(request, "admin/polls/aside.html", self.admin_site.each_context(request) | context)

    def _decide(self, request, poll, reason):
        number, _sep, rest = request.POST.get("batch", "").partition("|")
        mark, _sep, hour = rest.partition("|")
        try:
            at = parse_datetime(hour)
        except ValueError:
            at = None
        if not (number.isascii() and number.isdigit() and len(number) < 9 and at and at.tzinfo):
            messages.error(request, _("Please choose a batch."))
            return False
        counts = request.POST.get("decision") == "counts"
        n = rounds.decide(poll, int(number), at, mark, counts=counts, by=request.user, reason=reason)
        said = ngettext("%(n)s ballot was decided.", "%(n)s ballots were decided.", n) % {"n": n}
        messages.success(request, said)
        return True
