"""Whose session this is, for how long, and whether its second step is done.

Django keeps the account; here stands when the password was given (`began`), when the browser was last seen (`seen`)
and whether a code was asked and given (`step`). To all other code somebody who is not through is nobody.
"""

import time

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from portal.accounts import second_step

BEGAN, SEEN, STEP, WRONG = "began", "seen", "step", "wrong_codes"
DONE, NOT_ASKED = "done", "not asked"
WRONG_CODES = 5  # and the password is asked again
NOTED_EVERY = 60  # seconds: one write a minute, not one a request
# What a page asks by itself while nobody types in it does not keep the session alive: static/js/presence.js.
UNATTENDED = "HTTP_X_UNATTENDED"


class SignedIn(AuthenticationMiddleware):
    """`request.user` is who is fully signed in. `request.account` is whose password was given."""

    def process_request(self, request):
        super().process_request(request)
        request.account = SimpleLazyObject(lambda: _account(request))
        request.user = SimpleLazyObject(lambda: _user(request))


def _account(request):
    account = get_user(request)
    if account.is_authenticated and _is_over(request.session, is_attended=UNATTENDED not in request.META):
        request.session.flush()
        return AnonymousUser()
    return account


def _user(request):
    return AnonymousUser() if missing_step(request) else request.account


def _is_over(session, *, is_attended):
    """Whether its day is over; a session that goes on is noted as seen, if somebody is there."""
    now = time.time()
    began = session.setdefault(BEGAN, now)
    if now - began >= settings.SESSION_HOURS * 3600 or now - session.get(SEEN, now) >= settings.SESSION_COOKIE_AGE:
        return True
    if is_attended and now - session.get(SEEN, 0) >= NOTED_EVERY:
        session[SEEN] = now  # saves it, which renews the half hour of cookie and row
    return False


def begin(request):
    """The password was right: the session's clock starts, and so does the question for the second step."""
    request.session[BEGAN] = request.session[SEEN] = time.time()
    request.session.pop(STEP, None)
    request.session.pop(WRONG, None)


def is_young(request, minutes=10):
    """Whether the password was given so lately that it need not be asked again."""
    return time.time() - request.session.get(BEGAN, 0) < minutes * 60


def missing_step(request):
    """What this session lacks: "code", "setup", or nothing (""), also when nobody has signed in."""
    if not request.account.is_authenticated or request.session.get(STEP) in {DONE, NOT_ASKED}:
        return ""
    missing = second_step.asked_of(request.account)
    if not missing:
        request.session[STEP] = NOT_ASKED
    return missing


def step_done(request):
    """The second step was right: a new key for the session, so that the old one opens nothing."""
    request.session.cycle_key()
    request.session[STEP] = DONE
    request.session.pop(WRONG, None)


def is_one_too_many(request):
    """Counts a wrong code; after so many the session ends and the password is asked again."""
    request.session[WRONG] = request.session.get(WRONG, 0) + 1
    if request.session[WRONG] < WRONG_CODES:
        return False
    request.session.flush()
    return True


def of(user):
    """The running sessions of `user`. Only staff have sessions, so reading all of them is quick."""
    running = Session.objects.filter(expire_date__gt=timezone.now())
    return [row for row in running if row.get_decoded().get("_auth_user_id") == str(user.pk)]


def end_all(user, but=None):
    """Ends the sessions of `user`, except the one with the key `but`; how many were ended."""
    ended = [row.session_key for row in of(user) if row.session_key != but]
    return Session.objects.filter(session_key__in=ended).delete()[0]
