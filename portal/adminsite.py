"""The admin at /quan-tri/, its applications and models in the order in which an editor thinks of them."""

from django.contrib.admin import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from portal import reporting
from portal.accounts import sessions, views

APP_ORDER = ["news", "hotlines", "polls", "portal", "stats", "auth"]
MODEL_ORDER = [
    *("Article", "Category", "Hotline", "Office", "Poll"),
    *("Alert", "Page", "MenuItem", "Banner", "RelatedLink", "DistrustedHost", "SiteProfile"),
    *("DailyCount", "Adjustment", "OpeningBalance", "User", "Group"),
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


class PortalAdminSite(AdminSite):
    site_title = site_header = _("Portal administration")
    index_title = _("What would you like to do?")
    index_template = "admin/desk.html"

    def autocomplete_view(self, request):
        return Choices.as_view(admin_site=self)(request)

    def get_urls(self):
        report = self.admin_view(reporting.report)
        of_account = [
            path("xac-thuc/", views.code, {"site": self}, name="second_step"),
            path("tai-khoan/", views.account, {"site": self}, name="account"),
            path("tai-khoan/hai-buoc/", views.setup, {"site": self}, name="second_step_setup"),
            path("tai-khoan/dang-xuat/", views.sign_out_everywhere, {"site": self}, name="sign_out_everywhere"),
        ]
        return [path("stats/bao-cao/", report, {"site": self}, name="stats_report"), *of_account, *super().get_urls()]

    @method_decorator([never_cache, login_not_required])
    def login(self, request, extra_context=None):
        """Password first; who has given it and still owes a code is asked for that."""
        if request.method == "GET" and sessions.missing_step(request):
            return views.to("admin:second_step", request)
        response = super().login(request, extra_context)
        if request.method == "POST" and response.status_code == 302:
            sessions.begin(request)
        return response

    def get_app_list(self, request, app_label=None):
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=lambda model: _place(MODEL_ORDER, model["object_name"]))
        return sorted(apps, key=lambda app: _place(APP_ORDER, app["app_label"]))
