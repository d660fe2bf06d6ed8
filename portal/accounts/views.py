"""The pages of one's own account: the second step, its set-up, recovery codes, signing out everywhere.

`site` is the admin whose frame they stand in.
"""

from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_otp.util import random_hex

from portal.accounts import second_step, sessions
from portal.accounts.forms import CodeForm, SetupForm
from portal.lib import audit
from portal.lib.labels import uncached
from portal.models import SiteProfile

OFFERED = "offered_key"  # in the session: the secret that is shown until a first code proves that it was taken over


def next_of(request):
    """Where the reader wanted to go, if that is on this site; else the front page of the admin."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours and wanted.startswith("/") else reverse("admin:index")


def to(name, request):
    """A redirect to one of these pages that remembers where the reader wanted to go."""
    return uncached(redirect(f"{reverse(name)}?{urlencode({'next': next_of(request)})}"))


def for_account(view):
    """Decorator: the view is for those who have given their password, and never kept."""

    @wraps(view)
    def guarded(request, site):
        if not request.account.is_authenticated or not request.account.is_staff:
            return to("admin:login", request)
        return uncached(view(request, site))

    return guarded


def for_user(view):
    """Decorator: the view is for those who are through both steps."""

    @for_account
    @wraps(view)
    def guarded(request, site):
        return view(request, site) if request.user.is_authenticated else to("admin:second_step", request)

    return guarded


@require_http_methods(["GET", "POST"])
@for_account
def code(request, site):
    """The second step of signing in."""
    missing = sessions.missing_step(request)
    if missing != "code":
        return to("admin:second_step_setup", request) if missing else redirect(next_of(request))
    form = CodeForm(request.account, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if form.is_valid():
            sessions.step_done(request)
            return redirect(next_of(request))
        if sessions.is_one_too_many(request):
            messages.error(request, _("Too many wrong codes: please sign in again."))
            return to("admin:login", request)
    seconds = second_step.seconds_to_wait(request.account)
    return render(request, "accounts/code.html", {"form": form, "next": next_of(request), "seconds": seconds})


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@for_account
def setup(request, site):
    """A new application: its secret as picture and letters, then the first code."""
    account = request.account
    if second_step.is_on(account):
        return to("admin:account", request)
    key = request.session.setdefault(OFFERED, random_hex(20))
    posted = request.POST if request.method == "POST" else None
    form = SetupForm(request, posted, asks_password=not sessions.is_young(request))
    if posted is not None and form.is_valid():
        codes = second_step.switch_on(account, key, form.cleaned_data["token"])
        if codes:
            del request.session[OFFERED]
            sessions.step_done(request)
            sessions.end_all(account, but=request.session.session_key)
            return render(request, "accounts/codes.html", {"codes": codes, "next": next_of(request)})
        form.add_error(
            "token", _("This is not the code of now. Please check the clock of your telephone and try the next one.")
        )
    device = second_step.offered(account, key)
    context = {
        "form": form,
        "next": next_of(request),
        "picture": second_step.picture(device, issuer()),
        "secret": second_step.secret(device),
        "is_required": second_step.is_required(account),
    }
    return render(request, "accounts/setup.html", context)


def issuer():
    """What the application calls this portal."""
    profile = SiteProfile.objects.first()
    return profile.name if profile else "Portal"


@require_http_methods(["GET", "POST"])
@for_user
def account(request, site):
    """What protects the account; with a code, new recovery codes or no second step any more."""
    user = request.user
    form = CodeForm(user, request.POST if request.method == "POST" else None)
    del form.fields["code"].widget.attrs["autofocus"]
    if request.method == "POST" and second_step.is_on(user) and form.is_valid():
        if "renew" in request.POST:
            return render(
                request, "accounts/codes.html", {"codes": second_step.renew_codes(user), "next": next_of(request)}
            )
        if "off" in request.POST and not second_step.is_required(user):
            second_step.switch_off(user, by=user)
            messages.success(request, _("Signing in now asks for the password alone."))
        return redirect("admin:account")
    context = {
        "title": _("Security of your account"),
        "form": form,
        "is_on": second_step.is_on(user),
        "is_required": second_step.is_required(user),
        "codes_left": second_step.codes_left(user),
        "sessions": len(sessions.of(user)),
        "idle_minutes": settings.SESSION_COOKIE_AGE // 60,
        "hours": settings.SESSION_HOURS,
    }
    return render(request, "accounts/account.html", site.each_context(request) | context)


@require_POST
@for_account
def sign_out_everywhere(request, site):
    """Ends all sessions of the account, this one too."""
    ended = sessions.end_all(request.account, but=request.session.session_key)
    audit.record("Signed out everywhere", request.account, by=request.account, sessions=ended + 1)
    request.session.flush()
    said = ngettext(
        "You are signed out; %(n)d other session was ended.",
        "You are signed out; %(n)d other sessions were ended.",
        ended,
    )
    messages.success(request, said % {"n": ended})
    return redirect("admin:login")
