"""What is done with a poll beside its form: schedule, open, close, open again, decide about ballots. Each step asks first."""

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from polls import results, rounds
from polls.forms import BallotForm
from polls.models import Poll
from portal.lib.desk import ZonedDateTime


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


class Steps:
    """The part of the poll's admin that holds the buttons and their pages."""

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
        is_batch = number.isascii() and number.isdigit() and len(number) < 9 and at and at.tzinfo
        counts = {"counts": True, "rejected": False}.get(request.POST.get("decision", ""))
        if not is_batch or counts is None:
            messages.error(request, _("Please choose a batch."))
            return False
        n = rounds.decide(poll, int(number), at, mark, counts=counts, by=request.user, reason=reason)
        said = ngettext("%(n)s ballot was decided.", "%(n)s ballots were decided.", n) % {"n": n}
        messages.success(request, said)
        return True
