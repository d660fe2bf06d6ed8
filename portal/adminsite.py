"""The admin at /quan-tri/, its applications and models in the order in which an editor thinks of them."""

from django.contrib.admin import AdminSite, site
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.decorators import login_not_required
from django.contrib.contenttypes.views import shortcut
from django.core.exceptions import ValidationError
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path, resolve
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from portal import dashboard, old_numbers, reporting, styling
from portal.accounts import again, sessions, throttle, views
from portal.lib.labels import uncached
from portal.lib.unlost import KeepsText
from portal.views import error_403

AGAIN_SIGNED_IN = _(
    "You are signed in again. Nothing is saved yet: look at your text and save. Files have to be chosen again."
)

APP_ORDER = ["news", "hotlines", "polls", "portal", "stats", "auth"]
MODEL_ORDER = [
    *("Article", "Picture", "Correction", "Category", "Mistake"),
    *("Hotline", "Office", "Holiday", "Check", "FormerNumber", "Poll", "Wish"),
    *("Alert", "Page", "MenuItem", "Banner", "RelatedLink", "DistrustedHost", "SiteProfile"),
    *("PromotedResult", "MissedQuery", "Synonym", "Redirect", "LostAddress"),
    *("DailyCount", "Adjustment", "OpeningBalance", "User", "Group", "AuditLine"),
]


def _place(order, name):
    return order.index(name) if name in order else len(order)


class Choices(AutocompleteJsonView):
    """Who may edit a form may choose from its lists, without a right to the things listed (an office, to sign)."""

    def has_perm(self, request, obj=None):
        field = self.source_field
        if not self.admin_site.is_registered(field.model):
            return False
        form = self.admin_site.get_model_admin(field.model)
        may_edit = form.has_add_permission(request) or form.has_change_permission(request)
        return may_edit and field.name in form.autocomplete_fields


def holds_text(view):
    """Whether `view`, as an address leads to it, is a form whose text must not be lost."""
    return isinstance(getattr(view, "model_admin", None), KeepsText) and view.__name__ in {"add_view", "change_view"}


def csrf_failure(request, reason=""):
    """A form from before a login in another tab has an old token: it comes back as it was typed, with a new one.

    Only what the browser itself calls our own page; a form of another site is refused as ever.
    """
    is_ours = request.headers.get("Sec-Fetch-Site") == "same-origin" and site.has_permission(request)
    found = resolve(request.path_info) if is_ours and request.method == "POST" else None
    if found is None or not holds_text(found.func):
        return error_403(request, reason=reason)
    request.refusal = AGAIN_SIGNED_IN
    request._dont_enforce_csrf_checks = True  # nothing is saved: see `refusal`
    return found.func(request, *found.args, **found.kwargs)


def on_site(request, content_type_id, object_id):
    """Django's way to the public page of a row; rows whose key is no number (a day, a pair) have none."""
    try:
        return shortcut(request, content_type_id, object_id)
    except (TypeError, ValueError, ValidationError) as no_number:
        raise Http404 from no_number


class PortalAdminSite(AdminSite):
    site_title = site_header = _("Portal administration")
    index_title = _("What would you like to do?")
    index_template = "admin/desk.html"

    def autocomplete_view(self, request):
        return Choices.as_view(admin_site=self)(request)

    def admin_view(self, view, cacheable=False):
        """As Django's; but a form with text that arrives after the session has ended is not thrown away."""
        inner = super().admin_view(view, cacheable)
        is_form = getattr(view, "__name__", "") in {"add_view", "change_view"}
        if not is_form or not isinstance(getattr(view, "__self__", None), KeepsText):
            return inner

        def kept(request, *args, **kwargs):
            if request.method == "POST" and not self.has_permission(request):
                return self.resume(request, lambda: inner(request, *args, **kwargs))
            return inner(request, *args, **kwargs)

        return kept

    def resume(self, request, show_form):
        """Asks who it is and carries what was posted through it; then the form again, with the text, not saved."""
        form = again.asked(request)
        if form is None:
            request.refusal = AGAIN_SIGNED_IN
            return show_form()
        carried = again.carried(request)
        context = {**self.each_context(request), "form": form, "carried": carried, "again": again.AGAIN}
        request.current_app = self.name
        return uncached(TemplateResponse(request, "admin/login_again.html", context))

    def index(self, request, extra_context=None):
        return super().index(request, {**(extra_context or {}), "desk": dashboard.shown_to(request.user)})

    def get_urls(self):
        report, in_texts = self.admin_view(reporting.report), self.admin_view(old_numbers.page)
        return [
            path("r/<path:content_type_id>/<path:object_id>/", self.admin_view(on_site), name="view_on_site"),
            path("stats/bao-cao/", report, {"site": self}, name="stats_report"),
            path("hotlines/so-cu/", in_texts, {"site": self}, name="hotlines_in_texts"),
            path("kieu-dang/", self.admin_view(styling.page), {"site": self}, name="styles"),
            path("xac-thuc/", views.code, {"site": self}, name="second_step"),
            path("tai-khoan/", views.account, {"site": self}, name="account"),
            path("tai-khoan/hai-buoc/", views.setup, {"site": self}, name="second_step_setup"),
            path("tai-khoan/dang-xuat/", views.sign_out_everywhere, {"site": self}, name="sign_out_everywhere"),
            *super().get_urls(),
        ]

    @method_decorator([never_cache, login_not_required])
    def login(self, request, extra_context=None):
        """Password first; who has given it and still owes a code is asked for that."""
        if request.method == "GET" and sessions.missing_step(request):
            return views.to("admin:second_step", request)
        response = super().login(request, extra_context)
        if request.method == "POST" and response.status_code == 302:
            sessions.begin(request)
        return response

    def password_change(self, request, extra_context=None):
        """Whoever sits at somebody else's open browser has as many tries at the old password as at the door."""
        given = request.POST.get("old_password", "")
        is_wrong = request.method == "POST" and not throttle.is_password(request, request.user, given)
        if is_wrong and request.axes_locked_out:  # then not even the right one is taken
            return throttle.locked_out(request, None, {"username": request.user.get_username()})
        return super().password_change(request, extra_context)

    def get_app_list(self, request, app_label=None):
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=lambda model: _place(MODEL_ORDER, model["object_name"]))
        return sorted(apps, key=lambda app: _place(APP_ORDER, app["app_label"]))
