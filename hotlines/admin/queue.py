"""The queue of numbers to be called on trial, each with its form in place."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from hotlines import checking
from hotlines.models import Check, Hotline

PAGE = 30


class CallForm(forms.Form):
    """What was heard at one number."""

    use_required_attribute = False
    hotline = forms.ModelChoiceField(Hotline.objects.all(), widget=forms.HiddenInput)
    called = forms.CharField(widget=forms.HiddenInput, max_length=20)
    result = forms.ChoiceField(label=gettext_lazy("Result"), choices=Check.Result)
    new_number = forms.CharField(label=gettext_lazy("New number, if it has changed"), required=False, max_length=40)
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=300)


@require_http_methods(["GET", "HEAD", "POST"])
def page(request, desk):
    """The numbers due, the longest waiting first; with ?mine=1 only those of whom it asks. POST: one call."""
    if not desk.has_view_permission(request):
        raise PermissionDenied
    may_call = request.user.has_perm("hotlines.add_check")
    failed = None
    if request.method == "POST":
        if not may_call:
            raise PermissionDenied
        failed = _take(request)
        if failed is None:
            return redirect(request.get_full_path())
    due = Hotline.objects.due().select_related("office", "owner")
    due = due.filter(owner=request.user) if request.GET.get("mine") == "1" else due
    shown = Paginator(due, PAGE).get_page(request.GET.get("page"))
    for line in shown:
        line.said = Check.Result(line.heard).label if line.heard else ""
    forms_of = [(line, _form(line, failed)) for line in shown]
    context = {"title": _("Numbers to be called on trial"), "opts": desk.opts, "rows": forms_of, "page": shown}
    context |= {"may_call": may_call, "is_mine": request.GET.get("mine") == "1"}
    return render(request, "admin/hotlines/queue.html", desk.admin_site.each_context(request) | context)


def _form(line, failed):
    if failed is not None and failed.data.get("hotline") == str(line.pk):
        return failed
    return CallForm(initial={"hotline": line.pk, "called": line.dialled}, auto_id=f"id_{line.pk}_%s")


def _take(request):
    """Records the call that was sent; the form with its errors if that is refused."""
    form = CallForm(request.POST, auto_id=f"id_{request.POST.get('hotline', '')}_%s")
    if not form.is_valid():
        messages.error(request, _("The call was not recorded. Please look at the fields marked below."))
        return form
    sent = form.cleaned_data
    line = sent["hotline"]
    try:
        check = checking.record(
            line,
            sent["result"],
            by=request.user,
            note=sent["note"],
            called=sent["called"],
            new_number=sent["new_number"],
        )
    except ValidationError as refusal:
        form.add_error(None, refusal.messages)
        messages.error(request, f"{line}: {' '.join(refusal.messages)}")
        return form
    messages.success(request, _("Recorded: %(call)s.") % {"call": check})
    return None
