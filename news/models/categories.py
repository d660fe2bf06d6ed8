"""The tree of categories."""

import secrets

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.lib import pagecache, text
from portal.lib.fields import LineField
from portal.lib.languages import address


class Category(models.Model):
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent category")
    )
    name = LineField(_("name"), max_length=120, unique=True)
    slug = models.SlugField(
        _("address"), max_length=80, unique=True, blank=True, help_text=_("Empty: made from the name.")
    )
    description = LineField(_("description"), max_length=300, blank=True)
    is_on_home = models.BooleanField(_("section on the home page"), default=True)
    groups = models.ManyToManyField(
        Group,
        blank=True,
        related_name="+",
        verbose_name=_("only for the groups"),
        help_text=_("Who may write and approve here and below. Empty: as the category above; nowhere any: everybody."),
    )
    order = models.PositiveIntegerField(_("order"), default=100, db_index=True)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["order", "name"]
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(slug=""), name="category_named"),
            models.CheckConstraint(condition=~Q(parent=F("pk")), name="category_not_own_parent"),
        ]

    def __str__(self):
        return self.name

    def save(self, **kwargs):
        self.slug = self.slug or text.slug(self.name) or f"chuyen-muc-{secrets.token_hex(4)}"
        super().save(**kwargs)

    def clean(self):
        self.slug = self.slug or text.slug(self.name)
        if not self.slug:
            raise ValidationError({"name": _("A name needs letters or digits.")})
        if self.pk and self in self.path_from(self.parent):
            raise ValidationError({"parent": _("A category cannot stand below itself.")})

    @classmethod
    def tree(cls):
        """{pk: category}, parents linked, remembered until the content changes: categories are few and on every page."""

        def read():
            found = cls.objects.in_bulk()
            for category in found.values():
                category.parent = found.get(category.parent_id)
            return found

        return pagecache.shared("categories", read)

    @classmethod
    def closed_to(cls, user):
        """Keys of the categories in which `user` may neither write nor approve; asked once for each `user` object."""
        if not hasattr(user, "_closed_categories"):
            user._closed_categories = set() if user.is_superuser else cls._closed_to(user)
        return user._closed_categories

    @classmethod
    def _closed_to(cls, user):
        reserved = {}
        for category, group in cls.groups.through.objects.values_list("category_id", "group_id"):
            reserved.setdefault(category, set()).add(group)
        if not reserved:
            return set()
        above = dict(cls.objects.order_by().values_list("pk", "parent"))
        own = set(user.groups.values_list("pk", flat=True))
        closed = set()
        for pk in above:
            place, seen = pk, set()
            while place and place not in reserved and place not in seen:
                seen.add(place)
                place = above[place]
            if place in reserved and not own & reserved[place]:
                closed.add(pk)
        return closed

    @staticmethod
    def path_from(category):
        """`category` and all above it, top first; stops at a circle instead of running forever."""
        path = []
        while category is not None and category not in path:
            path.insert(0, category)
            category = category.parent
        return path

    @property
    def path(self):
        """This category with all above it, top first: for breadcrumbs."""
        return self.path_from(self)

    def get_absolute_url(self):
        return address("news:category", self.slug)
