"""What belongs to the whole site: the authority's profile, menu, pages, alert band, banners, links, the generation."""

from portal.models.accounts import RecoveryCode
from portal.models.menu import MenuItem
from portal.models.pages import CLAIMED, Page, PagePicture, PageQuerySet
from portal.models.search import LostAddress, MissedQuery, PromotedResult, Redirect, SearchRow, Synonym
from portal.models.shown import Alert, Banner, Timed, TimedQuerySet, banner_path
from portal.models.whole import AuditLine, DistrustedHost, Generation, RelatedLink, SiteProfile

__all__ = [
    "CLAIMED",
    "Alert",
    "AuditLine",
    "Banner",
    "DistrustedHost",
    "Generation",
    "LostAddress",
    "MenuItem",
    "MissedQuery",
    "Page",
    "PagePicture",
    "PageQuerySet",
    "PromotedResult",
    "RecoveryCode",
    "Redirect",
    "RelatedLink",
    "SearchRow",
    "SiteProfile",
    "Synonym",
    "Timed",
    "TimedQuerySet",
    "banner_path",
]
