from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.utils.translation import gettext_lazy as _

from portal import checks  # noqa: F401 - registered by being imported


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("Site")


class PortalAdminConfig(AdminConfig):
    default_site = "portal.adminsite.PortalAdminSite"


class PortalStaticFilesConfig(StaticFilesConfig):
    """The editor's package brings test pages along; a page among the static files would run from our origin."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "*.html", "*.htm"]
