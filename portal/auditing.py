"""The audit log for those who answer for the portal: who did what, when, from which state to which, why. Read only."""

import json

from django.contrib import admin
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from portal.lib import audit
from portal.lib.desk import Desk
from portal.lib.sheet import csv_response
from portal.models import AuditLine

MOST_LINES = 50_000
EXPORTED, LOGGED_IN, LOGGED_OUT, LOGIN_FAILED = map(
    gettext_noop, ("Exported", "Logged in", "Logged out", "Login failed")
)
FORMS = {ADDITION: gettext_lazy("Form: added"), CHANGE: gettext_lazy("Form: changed"), DELETION: gettext_lazy("Form: deleted")}


# --- What is recorded of signing in: connected in `portal.apps` -----------------------------------------------------
def logged_in(sender, request, user, **_kwargs):
    if request.path:  # a person at a browser; commands sign in without an address
        audit.record(LOGGED_IN, user, by=user)


def logged_out(sender, request, user, **_kwargs):
    if request.path and user:
        audit.record(LOGGED_OUT, user, by=user)


def login_failed(sender, credentials, request=None, **_kwargs):
    """The account is named only if there is one: people type their password into the wrong box."""
    account = get_user_model().objects.filter(username=credentials.get("username") or "").first()
    audit.record(LOGIN_FAILED, account, by=None)


# --- The list -------------------------------------------------------------------------------------------------------
class WhoFilter(admin.SimpleListFilter):
    title = gettext_lazy("who")
    parameter_name = "who"

    def lookups(self, request, model_admin):
        users = get_user_model().objects.filter(pk__in=LogEntry.objects.values("user")).order_by("username")
        return [(user.pk, user.get_full_name() or user.get_username()) for user in users]

    def queryset(self, request, queryset):
        return queryset.filter(user=self.value()) if (self.value() or "").isdecimal() else queryset


class VerbFilter(admin.SimpleListFilter):
    """Our own verbs by their name, Django's three by their number."""

    title = gettext_lazy("what was done")
    parameter_name = "verb"

    def lookups(self, request, model_admin):
        recorded = LogEntry.objects.filter(change_message__startswith='{"verb": ')
        written = Cast("change_message", _Json())
        verbs = recorded.annotate(verb=KeyTextTransform("verb", written)).order_by().values_list("verb", flat=True)
        return sorted(((verb, _(verb)) for verb in verbs.distinct()), key=lambda pair: pair[1]) + [*FORMS.items()]

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        if self.value() in map(str, FORMS):
            return queryset.filter(action_flag=self.value()).exclude(change_message__startswith='{"verb": ')
        return queryset.filter(change_message__startswith=f'{{"verb": {json.dumps(self.value(), ensure_ascii=False)}')
