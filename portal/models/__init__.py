"""What belongs to the whole site: the authority's profile, menu, pages, alert band, banners, links, the generation."""

from portal.models.accounts import RecoveryCode
from portal.models.menu import MenuItem
from portal.models.pages import CLAIMED, Page, PagePicture, PageQuerySet
from portal.models.shown import Alert, Banner, Timed, TimedQuerySet, banner_path
from portal.models.whole import AuditLine, DistrustedHost, Generation, RelatedLink, SiteProfile

__all__ = [
    "CLAIMED",
    "Alert",
    "AuditLine",
    "Banner",
    "DistrustedHost",
    "Generation",
    "MenuItem",
    "Page",
    "PagePicture",
    "PageQuerySet",
    "RecoveryCode",
    "RelatedLink",
    "SiteProfile",
    "Timed",
    "TimedQuerySet",
    "banner_path",
]
