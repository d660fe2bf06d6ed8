"""Addresses of the old portal: where they lead today, and how a table of them comes in.

Liferay wrote one article at many addresses: `/van-hoa-xa-hoi/-/asset_publisher/<box>/content/<slug>`, with the host's
name before it or a view behind it. The slug after `/content/` tells which article it was, whatever stands before.
"""

import logging
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from hotlines.tables import Table
from portal import standing, suggesting
from portal.lib import audit, pagecache, text
from portal.models import LostAddress, Redirect
from portal.standing import Standing

log = logging.getLogger(__name__)
_SLUG = re.compile(r"/-/asset_publisher/[^/]+/content/(?:id/)?([^/?;]+)", re.IGNORECASE)
_VIEWS = re.compile(r"(?:/(?:maximized|normal|pop_up|exclusive))+$|;jsessionid=[^/]*", re.IGNORECASE)
_GROUP = re.compile(r"^/(?:web|vi/web|vi)/[^/]+(?=/)|^/vi(?=/)", re.IGNORECASE)
LIBRARY = f"{settings.MEDIA_URL}images/"  # names of this portal, never of the old one: made-up ones cost no query
LONGEST = 500  # characters of an address that the table holds
_OLD_PATH = re.compile(r"/[^\s?#]+")
_OLD, _NEW = "Địa chỉ cũ", "Địa chỉ mới"  # the words of the file, not of a screen
_HEADS = {"dia chi cu": "old", "cu": "old", "old": "old", "dia chi moi": "new", "moi": "new", "new": "new"}


def old_path(address: str) -> str:
    """The path of an address of the old portal in one spelling: no host, no query, no view, no slash at its end."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return ""
    path = text.nfc(unquote(parts.path))
    path = _GROUP.sub("", _VIEWS.sub("", path)).rstrip("/")
    return re.sub(r"\s", "%20", path)[:LONGEST]


def slug_of(path: str) -> str:
    """What tells the article of an old address from others, or ""."""
    found = _SLUG.search(path)
    return found[1].lower()[:300] if found else ""


def target_of(path: str) -> str | None:
    """Where the old address `path` leads today; None when nobody knows, also while the database is away."""
    old = old_path(path)
    if len(old) < 2 or old.startswith(LIBRARY) or pagecache.is_stale():
        return None
    try:
        with transaction.atomic():
            known = dict(Redirect.objects.filter(old__in={old, old.lower()}).values_list("old", "target"))
            exact = known.get(old) or known.get(old.lower())  # Liferay did not mind capitals
            alike = (
                Redirect.objects.filter(slug=slug).values_list("target", flat=True) if (slug := slug_of(old)) else []
            )
            targets = {exact} if exact else set(alike[:3])
    except DatabaseError as error:
        log.warning("redirects: %s", type(error).__name__)
        return None
    target = targets.pop() if len(targets) == 1 else None
    return target if target != path else None


def new_path(address: str) -> str:
    """The path of this portal that a table names as the new address. ValidationError for what leads elsewhere."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        parts = urlsplit("//")
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or "\\" in address or parts.path.startswith("//"):
        raise ValidationError(_("The new address is a path of this portal, such as /tin-tuc/."))
    if parts.query or re.search(r"\s", parts.path):
        raise ValidationError(_("The new address has no blanks and no “?…”."))
    if len(parts.path) > LONGEST:
        raise ValidationError(_("No page of this portal has such an address."))
    return parts.path + (f"#{parts.fragment}" if re.fullmatch(r"[\w-]+", parts.fragment) else "")


def cleaned(old: str, new: str) -> tuple[str, str, list[str]]:
    """(old path, new path) as they are stored, and what is to be known before. ValidationError with the reason."""
    path, target = old_path(old), new_path(new)
    if not _OLD_PATH.fullmatch(path):  # the database would refuse it, and with it the whole table
        raise ValidationError(_("The old address is a path such as /van-hoa/-/asset_publisher/…, not the home page."))
    if path.rstrip("/") == target.partition("#")[0].rstrip("/"):
        raise ValidationError(_("Both addresses are the same."))
    if re.match("/(quan-tri|static|media)(/|$)", path) or target.startswith("/quan-tri/"):
        raise ValidationError(_("This address belongs to another part of the portal."))
    before, after = {standing.at(path), standing.at(f"{path}/")}, standing.at(target.partition("#")[0])
    if after is Standing.NOTHING:
        raise ValidationError(_("No page of this portal has such an address."))
    if before & {Standing.SHOWN, Standing.GONE}:
        raise ValidationError(
            _("At the old address “%(old)s” there is a page of this portal today; it would never lead elsewhere.")
            % {"old": path}
        )
    return path, target, list(_doubts(before, after))


def _doubts(before: set[Standing], after: Standing) -> Iterator[str]:
    if after is not Standing.SHOWN:
        yield _("The page at the new address is not public now; readers will not find it there.")
    if Standing.HIDDEN in before:
        yield _("At the old address there is a page that is not public; once it is, nothing leads elsewhere.")


def found_again(paths: list[str]) -> None:
    """These old addresses are lost no longer, in whatever spelling they were asked for."""
    wanted = set(paths)
    lost = LostAddress.objects.values_list("pk", "path")  # some thousands at most
    LostAddress.objects.filter(pk__in=[pk for pk, path in lost if old_path(path) in wanted]).delete()


def by_slug() -> dict[str, str]:
    """{slug of a title: its address}, as this portal writes slugs and as Liferay did, which left out every đ."""
    known: dict[str, str] = {}
    for one in reversed(suggesting.titles()):
        for title in (one.title, re.sub("[đĐ]", "", one.title)):
            known[text.slug(title, 300)] = one.url
    return known


def guess(path: str, known: dict[str, str]) -> str:
    """The address of today that the lost `path` seems to mean, by the words at its end; "" for none."""
    slug = re.sub(r"^\d+-|-\d+$|\.html?$", "", slug_of(old_path(path)) or old_path(path).rpartition("/")[2].lower())
    if len(slug) < 4:
        return ""
    alike = {
        url for title, url in known.items() if title.startswith(slug) or (len(title) > 30 and slug.startswith(title))
    }
    url = known.get(slug) or (alike.pop() if len(alike) == 1 else "")
    return url if url.partition("#")[0] != path else ""


@dataclass
class Row:
    """One row of a file and what becomes of it: "add", "change", "same" or "bad"."""

    number: int
    shown: str
    verb: str = "bad"
    reasons: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    redirect: Redirect | None = None


@dataclass
class Report:
    """What an import does, or would do."""

    rows: list[Row] = field(default_factory=list)

    def of(self, verb: str) -> list[Row]:
        return [row for row in self.rows if row.verb == verb]

    @property
    def doubtful(self) -> list[Row]:
        """Rows that come in all the same."""
        return [row for row in self.rows if row.doubts and row.verb in {"add", "change"}]

    @property
    def counts(self) -> dict[str, int]:
        verbs = Counter(row.verb for row in self.rows)
        return {verb: verbs[verb] for verb in ("add", "change", "same", "bad")}


def set_redirect(old: str, new: str) -> Redirect:
    """From now on `old` leads to `new`. ValidationError when it cannot."""
    path, target, _doubtful = cleaned(old, new)
    return Redirect.objects.update_or_create(old=path, defaults={"target": target, "slug": slug_of(path)})[0]


@transaction.atomic
def take(table: Table, *, by, is_trial: bool = False) -> Report:
    """Brings the rows of `table` (see `hotlines.tables`) in, or with `is_trial` only tells what would happen.

    Raises ValueError with a sentence when the first row names no columns.
    """
    report = Report(list(_read(table)))
    if not is_trial and (report.of("add") or report.of("change")):
        Redirect.objects.bulk_create([row.redirect for row in report.of("add")], batch_size=1000)
        Redirect.objects.bulk_update([row.redirect for row in report.of("change")], ["target"], batch_size=500)
        found_again([row.redirect.old for row in report.of("add")])
        audit.record("Imported redirects", None, by=by, **report.counts)
    return report


def _read(table: Table) -> Iterator[Row]:
    heads = [_HEADS.get(text.fold(cell)) for cell in table[0][1]]
    if missing := [label for name, label in (("old", _OLD), ("new", _NEW)) if name not in heads]:
        raise ValueError(
            _("The first row has to name the columns; missing: %(columns)s.") % {"columns": ", ".join(missing)}
        )
    known = {one.old: one for one in Redirect.objects.all()}
    seen: dict[str, int] = {}
    for number, cells in table[1:]:
        old, new = (cells[heads.index(name)] if heads.index(name) < len(cells) else "" for name in ("old", "new"))
        row = Row(number, f"{old} → {new}")
        try:
            path, target, row.doubts = cleaned(old, new)
        except ValidationError as refusal:
            row.reasons = refusal.messages
        else:
            _decide(row, path, target, known, seen)
        yield row


def _decide(row: Row, path: str, target: str, known: dict[str, Redirect], seen: dict[str, int]) -> None:
    if path in seen:
        row.reasons = [_("Row %(row)s is about the same old address.") % {"row": seen[path]}]
        return
    seen[path] = row.number
    row.redirect = known.get(path)
    if row.redirect is None:
        row.verb, row.redirect = "add", Redirect(old=path, target=target, slug=slug_of(path))
    elif row.redirect.target != target:
        row.verb, row.changes = "change", [f"{row.redirect.target} → {target}"]
        row.redirect.target = target
    else:
        row.verb = "same"


def table(redirects) -> list[list[str]]:
    """The rows of a file that `take` reads back, the head first."""
    return [[_OLD, _NEW], *([one.old, one.target] for one in redirects)]
