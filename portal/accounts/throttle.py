"""Wrong passwords are counted by name and network (django-axes); what is kept of them is little, and for minutes.

No address is stored: axes is given that of the network, and neither browser nor form. Nobody can shut out a
colleague by typing wrong passwords elsewhere, since another network has its own count.
"""

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Sum
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_noop

from portal.lib import audit, client, labels, text

LOGIN_FAILED = gettext_noop("Login failed")
NAME_LENGTH = 150  # of a user name; what is longer belongs to nobody
# Wrong passwords of all names together from one network within the time that a door stays closed: then somebody is trying
# names, and every one more costs a slow hash and a line in a log that nobody can shorten.
NETWORK_LIMIT = 100


class Handler(AxesDatabaseHandler):
    """Axes' own, but for what it would write down of the browser and of the form, which may hold a whole article."""

    def get_failures(self, request, credentials=None):
        failures = super().get_failures(request, credentials)
        return max(failures, settings.AXES_FAILURE_LIMIT if is_flooding(network(request)) else 0)

    def user_login_failed(self, sender, credentials, request=None, **kwargs):
        if request is None:
            return
        if not request.axes_locked_out:  # behind a closed door nothing is tried, and the log would grow without end
            audit.record(LOGIN_FAILED, _account(credentials), by=None)
        request.axes_user_agent = request.axes_http_accept = ""
        with transaction.atomic():
            super().user_login_failed(sender, credentials, request=request, **kwargs)
            counted = AccessAttempt.objects.filter(username=name(request, credentials), ip_address=network(request))
            counted.update(get_data="", post_data="")


def is_flooding(address):
    """Whether so many logins failed from the network `address` that none is tried any more."""
    lately = timezone.now() - settings.AXES_COOLOFF_TIME
    counted = AccessAttempt.objects.filter(ip_address=address, attempt_time__gt=lately)
    return (counted.aggregate(n=Sum("failures_since_start"))["n"] or 0) >= NETWORK_LIMIT


def _account(credentials):
    """The account that was named, if there is one: people type their password into the wrong box."""
    return User.objects.filter(username=text.line(credentials.get("username") or "")[:NAME_LENGTH]).first()


def is_password(request, account, given):
    """Whether `given` is the password of `account`; a wrong one is counted as at the door, with the same answer."""
    return authenticate(request, username=account.get_username(), password=given) is not None


def network(request):
    """What axes takes for the client's address."""
    return client.network_of(client.client_ip(request.META))


def name(request, credentials):
    """The user name as it is counted: one key however it is typed or how much follows."""
    return text.line((credentials or {}).get("username") or "").lower()[:NAME_LENGTH]


def told(username, ip_address, user_agent, path_info, request):
    """How the log names somebody: by the account, without an address."""
    return repr(username)


def locked_out(request, response, credentials):
    """The answer to the fifth wrong password and to every one after it; the same whether or not there is such an account."""
    page = render(request, "accounts/locked.html", {"minutes": minutes_left(request, credentials)}, status=429)
    return labels.uncached(page)


def minutes_left(request, credentials):
    """Whole minutes until this name may try again from this network."""
    counted = AccessAttempt.objects.filter(username=name(request, credentials), ip_address=network(request))
    last = counted.order_by("-attempt_time").values_list("attempt_time", flat=True).first() or timezone.now()
    left = last + settings.AXES_COOLOFF_TIME - timezone.now()
    return max(1, -(-int(left.total_seconds()) // 60))


def forget():
    """Deletes what has served: failures older than the time they close a door for, and sessions that are over."""
    now = timezone.now()
    AccessAttempt.objects.filter(attempt_time__lt=now - settings.AXES_COOLOFF_TIME).delete()
    Session.objects.filter(expire_date__lt=now).delete()
