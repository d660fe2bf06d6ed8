"""Static pages in a tree, and which pictures stand in them."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Max, Q
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from hotlines import tokens
from news.models import Picture
from portal.lib import html, languages, text
from portal.lib.fields import HTMLField, LineField
from portal.lib.languages import address
from portal.lib.search import Searchable
from portal.lib.versions import kept_versions

# First parts of addresses that `portal.urls` gives to others.
CLAIMED = {
    *("tin-tuc", "rss", "duong-day-nong", "ban-do", "binh-chon", "thong-ke", "tim-kiem", "so-do-trang"),
    *("quan-tri", "media", "static", "healthz", "readyz", "metrics", "dem"),
    *("can-bo", "en", "hotlines", "map", "officials", "search"),
}

# Last parts of addresses: the sheet for paper and the file of every page.
CLAIMED_BELOW = {"ban-in", "luu"}


class PageQuerySet(models.QuerySet):
    def public(self, at=None):
        """Pages that citizens may see."""
        return self.filter(is_public=True)

    def in_english(self):
        """Pages that have been translated."""
        return self.exclude(title_en="")


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
    title_en = LineField(_("title in English"), max_length=200, blank=True)
    body_en = HTMLField(
        _("text in English"), blank=True, help_text=_("A page is English when it has both, a title and a text.")
    )
    is_public = models.BooleanField(_("shown to citizens"), default=True)
    order = models.PositiveIntegerField(_("order"), default=100)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = PageQuerySet.as_manager()
    history = kept_versions("PageVersion")

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["order", "title"]
        constraints = [
            models.CheckConstraint(condition=~Q(title="") & ~Q(path=""), name="page_named"),
            models.CheckConstraint(condition=Q(path__regex=r"^[a-z0-9-]+(/[a-z0-9-]+)*$"), name="page_path_is_plain"),
            models.CheckConstraint(condition=~Q(parent=F("pk")), name="page_not_own_parent"),
            models.CheckConstraint(
                condition=Q(title_en="", body_en="") | ~Q(title_en="") & (~Q(body_en="") | Q(body="")),
                name="page_wholly_english",
            ),
        ]

    def __str__(self):
        return languages.said(self, "title")

    def clean(self):
        if self.pk and any(page.pk == self.pk for page in self._above()):
            raise ValidationError({"parent": _("A page cannot stand below itself.")})
        self.slug = text.slug(self.slug or self.title)
        if not self.slug:
            raise ValidationError({"title": _("A title needs letters or digits.")})
        if bool(self.title_en) != bool(self.body_en) and (self.body or self.body_en):
            missing = "body_en" if self.title_en else "title_en"
            raise ValidationError({missing: _("An English page needs both, a title and a text.")})
        if self._path() != self.path:
            self._clean_path(self._path())

    def _clean_path(self, path):
        if path in CLAIMED or path.rpartition("/")[2] in CLAIMED_BELOW:
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
        shown = html.library_images(self.body + self.body_en)
        return list(Picture.objects.filter(name__in=shown).shown()) if shown else []

    @property
    def english_beginning(self):
        """The first words of its English text."""
        return text.excerpt(tokens.spoken(html.plain(self.body_en)), 140)

    @property
    def trail(self):
        """The pages above this one, top first: for breadcrumbs."""
        return self._above()

    def searched_texts(self):
        # The search is Vietnamese; a text that counted twice, in two languages, would stand before those it repeats.
        return [self.title], [self.title_en, tokens.removed(html.plain(self.body))]

    def get_absolute_url(self):
        return address("page", self.path)

    def get_print_url(self):
        return address("page_print", self.path)

    def get_save_url(self):
        return address("page_save", self.path)


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
