"""The audit log for those who answer for the portal: who did what, when, from which state to which, why. Read only."""

from django.contrib import admin
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import CharField, F, Func, Value
from django.dispatch import receiver
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_safe

from portal.lib import audit
from portal.lib.desk import Desk
from portal.lib.sheet import csv_response

MOST_LINES = 50_000
OURS = '{"verb": "'  # how the message of a line begins that `audit.record` wrote
EXPORTED = gettext_noop("Exported")
LOGGED_IN = gettext_noop("Logged in")
LOGGED_OUT = gettext_noop("Logged out")
FORMS = {
    ADDITION: gettext_lazy("Form: added"),
    CHANGE: gettext_lazy("Form: changed"),
    DELETION: gettext_lazy("Form: deleted"),
}


# --- What is recorded of signing in; failures are in portal.accounts.throttle -------------------------------------------
@receiver(user_logged_in)
def logged_in(sender, request, user, **_kwargs):
    if request.path:  # a person at a browser; commands sign in without an address
        audit.record(LOGGED_IN, user, by=user)


@receiver(user_logged_out)
def logged_out(sender, request, user, **_kwargs):
    if request.path and user:
        audit.record(LOGGED_OUT, user, by=user)


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
        named = Func(
            F("change_message"), Value(r'^\{"verb": "([^"]+)"'), function="substring", output_field=CharField()
        )
        recorded = LogEntry.objects.filter(change_message__startswith=OURS).annotate(verb=named)
        verbs = recorded.order_by().values_list("verb", flat=True).distinct()
        return [*sorted(((verb, _(verb)) for verb in verbs), key=lambda pair: pair[1]), *FORMS.items()]

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        if self.value() in map(str, FORMS):
            return queryset.filter(action_flag=self.value()).exclude(change_message__startswith=OURS)
        return queryset.filter(change_message__startswith=f'{OURS}{self.value()}"')


class KindFilter(admin.SimpleListFilter):
    title = gettext_lazy("kind of thing")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        kinds = ContentType.objects.filter(pk__in=LogEntry.objects.values("content_type"))
        return sorted(((kind.pk, capfirst(kind.name)) for kind in kinds), key=lambda pair: pair[1])

    def queryset(self, request, queryset):
        return queryset.filter(content_type=self.value()) if (self.value() or "").isdecimal() else queryset


class AuditLineAdmin(Desk):
    """Nothing here is added, changed or deleted by hand; the database would not let it either."""

    list_display = ["at", "who", "done", "kind", "thing", "reason"]
    list_display_links = None
    list_filter = [WhoFilter, VerbFilter, KindFilter]
    list_select_related = ["user", "content_type"]
    list_per_page = 100
    search_fields = ["object_repr", "change_message", "user__username", "user__first_name", "user__last_name"]
    date_hierarchy = "action_time"
    actions = None
    show_full_result_count = False

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("admin.view_logentry")

    has_module_permission = has_view_permission

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    has_delete_permission = has_change_permission

    def get_urls(self):
        return [
            path("csv/", self.admin_site.admin_view(require_safe(self.export)), name="portal_auditline_csv"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """A line says everything in the list; its own address leads there."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return redirect("admin:portal_auditline_changelist")

    def export(self, request):
        """The lines that the list's own filters leave, newest first, as a file."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            lines = self.get_changelist_instance(request).queryset[:MOST_LINES]
        except IncorrectLookupParameters:
            return redirect(reverse("admin:portal_auditline_changelist") + "?e=1")  # as the list itself answers
        head = [_("Time"), _("Account"), _("What was done"), _("Kind of thing"), _("Number"), _("Thing"), _("Reason")]
        rows = [
            [self.at(line), line.user.get_username(), self.done(line), self.kind(line), line.object_id or "",
             line.object_repr, self.reason(line)]
            for line in lines
        ]  # fmt: skip
        audit.record(EXPORTED, None, by=request.user, what="audit", lines=len(rows), query=request.META["QUERY_STRING"])
        return csv_response(f"nhat-ky-{timezone.localdate()}", [head, *rows])

    @admin.display(description=gettext_lazy("time"), ordering="action_time")
    def at(self, line):
        return date_format(timezone.localtime(line.action_time), "d/m/Y H:i:s")

    @admin.display(description=gettext_lazy("who"), ordering="user__username")
    def who(self, line):
        return line.user.get_full_name() or line.user.get_username()

    @admin.display(description=gettext_lazy("what was done"))
    def done(self, line):
        return audit.spoken(line)

    @admin.display(description=gettext_lazy("kind of thing"))
    def kind(self, line):
        return capfirst(line.content_type.name) if line.content_type else "—"

    @admin.display(description=gettext_lazy("thing"))
    def thing(self, line):
        address = line.get_admin_url() if line.action_flag != DELETION else None
        return format_html('<a href="{}">{}</a>', address, line.object_repr) if address else line.object_repr

    @admin.display(description=gettext_lazy("reason"))
    def reason(self, line):
        return audit.details(line).get("reason", "")
