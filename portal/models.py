"""What belongs to the whole site: the authority's profile, menu, pages, alert band, banners, links, the generation."""

import re

from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Max, Q
from django.db.models.functions import Length
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hotlines import tokens
from news.models import Category, Picture, random_name
from polls.models import Poll
from portal.lib import html, text
from portal.lib.fields import HTMLField, LineField, LinkField, MomentField, PhoneField, within_time
from portal.lib.search import Searchable, SearchableQuerySet
from portal.lib.versions import kept_versions


def banner_path(banner, filename):
    return random_name("banners", filename)


class Generation(models.Model):
    """The number of the content's state. Triggers on the content tables raise it at commit: see migration 0002."""

    n = models.BigIntegerField(default=1)

    class Meta:
        db_table = "portal_generation"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="generation_is_one_row")]

    def __str__(self):
        return str(self.n)


class SiteProfile(models.Model):
    """Who runs this portal. One row."""

    name = LineField(_("authority"), max_length=200, help_text=_("E.g. “Quận Thanh Xuân”."))
    superior = LineField(_("superior body"), max_length=200, blank=True)
    title = LineField(_("title of the portal"), max_length=200, default="Cổng thông tin điện tử")
    description = LineField(_("description for search engines"), max_length=300, blank=True)
    address = LineField(_("address"), max_length=300, blank=True)
    phone = PhoneField(_("telephone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    responsible_editor = LineField(_("responsible editor"), max_length=200, blank=True)
    licence = LineField(_("licence line"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("authority's profile")
        verbose_name_plural = _("authority's profile")
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="profile_is_one_row"),
            models.CheckConstraint(condition=~Q(name=""), name="profile_has_name"),
        ]

    def __str__(self):
        return f"{self.title} {self.name}"


# First parts of addresses that `portal.urls` gives to others.
CLAIMED = {
    *("tin-tuc", "rss", "duong-day-nong", "ban-do", "binh-chon", "thong-ke", "tim-kiem", "so-do-trang"),
    *("quan-tri", "media", "static", "healthz", "readyz"),
}


class PageQuerySet(SearchableQuerySet):
    def public(self, at=None):
        """Pages that citizens may see."""
        return self.filter(is_public=True)


class Page(Searchable):
    """A static page in a tree; its address is that of its parent and its own slug."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("below")
    )
    title = LineField(_("title"), max_length=200)
    slug = models.SlugField(
        _("last part of the address"), max_length=80, blank=True, help_text=_("Empty: made from the title.")
    )
    path = models.CharField(_("address"), max_length=300, unique=True, editable=False)
    body = HTMLField(_("text"), blank=True)
    is_public = models.BooleanField(_("shown to citizens"), default=True)
    order = models.PositiveIntegerField(_("order"), default=100)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = PageQuerySet.as_manager()
    history = kept_versions("PageVersion")

    class Meta(Searchable.Meta):
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["order", "title"]
        constraints = [
            models.CheckConstraint(condition=~Q(title="") & ~Q(path=""), name="page_named"),
            models.CheckConstraint(condition=Q(path__regex=r"^[a-z0-9-]+(/[a-z0-9-]+)*$"), name="page_path_is_plain"),
            models.CheckConstraint(condition=~Q(parent=F("pk")), name="page_not_own_parent"),
        ]

    def __str__(self):
        return self.title

    def clean(self):
        if self.pk and any(page.pk == self.pk for page in self._above()):
            raise ValidationError({"parent": _("A page cannot stand below itself.")})
        self.slug = text.slug(self.slug or self.title)
        if not self.slug:
            raise ValidationError({"title": _("A title needs letters or digits.")})
        if self._path() != self.path:
            self._clean_path(self._path())

    def _clean_path(self, path):
        if path in CLAIMED:
            raise ValidationError({"slug": _("This address belongs to another part of the portal.")})
        if Page.objects.filter(path=path).exclude(pk=self.pk).exists():
            raise ValidationError({"slug": _("Another page has this address.")})
        below = Page.objects.filter(path__startswith=f"{self.path}/") if self.pk else Page.objects.none()
        deepest = below.aggregate(n=Max(Length("path")))["n"] or len(self.path)
        if len(path) + deepest - len(self.path) > Page._meta.get_field("path").max_length:
            raise ValidationError({"slug": _("The address of this page or of one below it becomes too long.")})

    def save(self, **kwargs):
        self.slug = text.slug(self.slug or self.title)
        self.path = self._path()
        super().save(**kwargs)
        for child in self.children.all():  # their addresses begin with this one
            child.save()

    def _path(self):
        return f"{self.parent.path}/{self.slug}" if self.parent else self.slug

    def _above(self):
        above = []
        page = self.parent
        while page is not None and page not in above:
            above.insert(0, page)
            page = page.parent
        return above

    @property
    def pictures(self):
        """The pictures in the text; no query where there are none."""
        shown = html.library_images(self.body)
        return list(Picture.objects.filter(name__in=shown).shown()) if shown else []

    @property
    def trail(self):
        """The pages above this one, top first: for breadcrumbs."""
        return self._above()

    def searched_texts(self):
        return [self.title], [tokens.removed(html.plain(self.body))]

    def get_absolute_url(self):
        return reverse("page", args=[self.path])


class PagePicture(models.Model):
    """A picture in the text of a page. A trigger keeps these rows: see migration 0030."""

    pk = models.CompositePrimaryKey("page_id", "picture_id")
    page = models.ForeignKey(Page, models.CASCADE, related_name="body_pictures", editable=False)
    picture = models.ForeignKey(
        Picture, models.PROTECT, related_name="in_pages", verbose_name=_("in the text"), editable=False
    )

    class Meta:
        verbose_name = _("picture in a page")
        verbose_name_plural = _("pictures in pages")

    def __str__(self):
        return str(self.page)

    @property
    def holder(self):
        return self.page

    @classmethod
    def public_names(cls):
        """Names of the pictures in public pages."""
        return cls.objects.filter(page__in=Page.objects.public()).values_list("picture__name", flat=True)


class MenuItem(models.Model):
    class Target(models.TextChoices):
        CATEGORY = "category", _("category")
        PAGE = "page", _("page")
        NEWS = "news", _("all news")
        HOTLINES = "hotlines", _("hotlines")
        MAP = "map", _("map")
        POLL = "poll", _("poll")
        ADDRESS = "address", _("address")
        NONE = "none", _("only a heading")

    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="children", verbose_name=_("below")
    )
    label = LineField(_("label"), max_length=80)
    target = models.CharField(_("leads to"), max_length=10, choices=Target, default=Target.CATEGORY)
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, verbose_name=_("category"))
    page = models.ForeignKey(Page, models.PROTECT, null=True, blank=True, verbose_name=_("page"))
    poll = models.ForeignKey(Poll, models.PROTECT, null=True, blank=True, verbose_name=_("poll"))
    address = LinkField(_("address"), max_length=300, blank=True, help_text=_("/path on this site or https://…"))
    order = models.PositiveIntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("menu item")
        verbose_name_plural = _("menu items")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(label=""), name="menu_has_label"),
            models.CheckConstraint(condition=~Q(parent=F("pk")), name="menu_not_own_parent"),
            models.CheckConstraint(
                condition=(
                    Q(target="category", category__isnull=False) | ~Q(target="category") & Q(category__isnull=True)
                )
                & (Q(target="page", page__isnull=False) | ~Q(target="page") & Q(page__isnull=True))
                & (Q(target="poll", poll__isnull=False) | ~Q(target="poll") & Q(poll__isnull=True))
                & (Q(target="address") & ~Q(address="") | ~Q(target="address") & Q(address="")),
                name="menu_leads_where_it_says",
            ),
            models.CheckConstraint(
                condition=Q(address="") | Q(address__regex=r"^(https?://|/)[^\s\\]*$") & ~Q(address__startswith="//"),
                name="menu_address_is_safe",
            ),
        ]

    def __str__(self):
        return self.label

    def clean(self):
        for kind in ("category", "page", "poll"):
            if self.target != kind:
                setattr(self, kind, None)
            elif getattr(self, kind) is None:
                raise ValidationError({kind: _("Choose where this item leads.")})
        if self.target != self.Target.ADDRESS:
            self.address = ""
        elif not self.address:
            raise ValidationError({"address": _("Choose where this item leads.")})
        self._clean_place()

    def _clean_place(self):
        depth, above = 1, self.parent
        while above is not None:
            depth += 1
            if above.pk == self.pk or depth > 3:
                raise ValidationError({"parent": _("The menu has three levels, and no item stands below itself.")})
            above = above.parent

    @property
    def url(self):
        """Where the item leads; None for a heading."""
        fixed = {"news": "news:list", "hotlines": "hotlines:directory", "map": "hotlines:map"}
        if self.target in fixed:
            return reverse(fixed[self.target])
        target = {"category": self.category, "page": self.page, "poll": self.poll}.get(self.target)
        return target.get_absolute_url() if target else self.address or None


class TimedQuerySet(models.QuerySet):
    def public(self, at=None):
        """What is shown at this moment: [starts_at, ends_at)."""
        at = at or timezone.now()
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), starts_at__lte=at)

    def next_change(self, after):
        """The next moment later than `after` at which one appears or ends, or None."""
        moments = self.aggregate(
            starts=models.Min("starts_at", filter=Q(starts_at__gt=after)),
            ends=models.Min("ends_at", filter=Q(ends_at__gt=after)),
        )
        return min(filter(None, moments.values()), default=None)


class Timed(models.Model):
    """Something shown from one moment to another."""

    starts_at = MomentField(_("shown from"), default=timezone.now)
    ends_at = MomentField(_("shown until"), null=True, blank=True)

    objects = TimedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="%(class)s_ends_after_start"),
            within_time("%(class)s_within_time", "starts_at", "ends_at"),
        ]

    def clean(self):
        if self.ends_at and self.starts_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _("The end comes after the beginning.")})


class Alert(Timed):
    """The band above everything: storms, closed roads, changed office hours."""

    class Level(models.TextChoices):
        NOTICE = "notice", _("notice")
        WARNING = "warning", _("warning")
        EMERGENCY = "emergency", _("emergency")

    level = models.CharField(_("level"), max_length=10, choices=Level, default=Level.NOTICE)
    text = LineField(_("text"), max_length=300)
    link = LinkField(_("link"), max_length=300, blank=True, help_text=_("/path on this site or https://…"))

    class Meta(Timed.Meta):
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["-starts_at"]

    def __str__(self):
        return self.text


class Banner(Timed):
    """A picture with a link in the column of boxes."""

    title = LineField(_("title"), max_length=200)
    image = models.ImageField(_("picture"), upload_to=banner_path, width_field="width", height_field="height")
    width = models.PositiveIntegerField(null=True, editable=False)
    height = models.PositiveIntegerField(null=True, editable=False)
    alt = LineField(_("what the picture shows"), max_length=300)
    link = LinkField(_("link"), max_length=300, blank=True, help_text=_("/path on this site or https://…"))
    order = models.PositiveIntegerField(_("order"), default=100)

    class Meta(Timed.Meta):
        verbose_name = _("banner")
        verbose_name_plural = _("banners")
        ordering = ["order", "pk"]

    def __str__(self):
        return self.title


class RecoveryCode(models.Model):
    """One of the codes that open an account whose telephone is lost; only its hash is kept, and no longer than unused."""

    user = models.ForeignKey("auth.User", models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_is_one")]

    def __str__(self):
        return self.digest[:8]


class DistrustedHost(models.Model):
    """A host that is not ours to trust any more: its domain has expired or was taken over."""

    host = LineField(
        _("host"), max_length=200, unique=True, help_text=_("E.g. “quan-cu.gov.vn”; its subdomains count too.")
    )
    reason = LineField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("distrusted host")
        verbose_name_plural = _("distrusted hosts")
        ordering = ["host"]
        constraints = [
            models.CheckConstraint(condition=Q(host__regex=r"^[a-z0-9.-]+$"), name="distrusted_host_is_plain"),
        ]

    def __str__(self):
        return self.host

    def clean(self):
        self.host = re.sub(r"^https?://|/.*", "", self.host.lower())
        if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", self.host):
            raise ValidationError({"host": _("Give the host alone, such as quan-cu.gov.vn.")})


class RelatedLink(models.Model):
    """A related agency in the footer."""

    title = LineField(_("title"), max_length=200)
    url = models.URLField(_("address"))
    order = models.PositiveIntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("related agency")
        verbose_name_plural = _("related agencies")
        ordering = ["order", "title"]

    def __str__(self):
        return self.title


class AuditLine(LogEntry):
    """A line of the audit log as the list of them shows it; `portal.lib.audit` writes them."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("audit line")
        verbose_name_plural = _("audit log")
        ordering = ["-action_time", "-pk"]
