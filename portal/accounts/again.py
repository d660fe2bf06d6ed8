"""Signing in once more in the middle of a form, because the session has ended: the same steps as at the door.

What was posted is carried through them in hidden fields; every answer comes to the form's own address.
"""

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import login
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from portal.accounts import second_step, sessions
from portal.accounts.forms import CodeForm

AGAIN = "signed-in-again"
_NOT_CARRIED = {"username", "password", "code", AGAIN, "csrfmiddlewaretoken"}


class SetupFirst(forms.Form):
    """Asks nothing: a device is set up in another tab."""

    explained = _("Your account needs a second step. Set it up in another tab, then go on here.")


def asked(request):
    """The form of the step that whoever sent `request` still owes; None when they are through (`request.user`)."""
    answer = request.POST if AGAIN in request.POST else {}
    if not sessions.missing_step(request):
        form = AdminAuthenticationForm(request, data=request.POST if "password" in answer else None)
        if not form.is_valid():
            return form
        enter(request, form.get_user())
        answer = {}
    missing = sessions.missing_step(request)
    if missing == "code":
        return _code(request, answer)
    return SetupFirst() if missing else None


def enter(request, account):
    """`account` has given its password; it is `request.user` only if that is enough."""
    login(request, account)
    sessions.begin(request)
    request.account = account
    request.user = AnonymousUser() if sessions.missing_step(request) else account


def _code(request, answer):
    form = CodeForm(request.account, request.POST if "code" in answer else None)
    if form.is_valid():
        sessions.step_done(request)
        request.user = request.account
        return None
    if form.is_bound and sessions.is_one_too_many(request):
        request.account = AnonymousUser()
        return AdminAuthenticationForm(request)
    form.seconds = second_step.seconds_to_wait(request.account)
    return form


def carried(request):
    """(name, text) of what was posted with the form."""
    return [(name, text) for name, texts in request.POST.lists() if name not in _NOT_CARRIED for text in texts]
