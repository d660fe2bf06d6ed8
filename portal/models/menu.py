"""The menu: three levels that lead to categories, pages, polls and addresses."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from news.models import Category
from polls.models import Poll
from portal.lib.fields import LineField, LinkField
from portal.models.pages import Page


class MenuItem(models.Model):
    class Target(models.TextChoices):
        CATEGORY = "category", _("category")
        PAGE = "page", _("page")
        NEWS = "news", _("all news")
        HOTLINES = "hotlines", _("hotlines")
        MAP = "map", _("map")
        OFFICIALS = "officials", _("officials")
        POLL = "poll", _("poll")
        ADDRESS = "address", _("address")
        NONE = "none", _("only a heading")

    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="children", verbose_name=_("below")
    )
    label = LineField(_("label"), max_length=80)
    label_en = LineField(
        _("label in English"), max_length=80, blank=True, help_text=_("Empty: not in the menu of the English pages.")
    )
    target = models.CharField(_("leads to"), max_length=10, choices=Target, default=Target.CATEGORY)
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, verbose_name=_("category"))
    page = models.ForeignKey(Page, models.PROTECT, null=True, blank=True, verbose_name=_("page"))
    poll = models.ForeignKey(Poll, models.PROTECT, null=True, blank=True, verbose_name=_("poll"))
    address = LinkField(_("address"), max_length=300, blank=True, help_text=_("/path on this site or https://…"))
    order = models.PositiveIntegerField(_("order"), default=100)
    is_task = models.BooleanField(
        _("also a tile on the home page"),
        default=False,
        db_default=False,
        help_text=_("For what people come for most, four to six of them."),
    )

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
    def icon(self):
        """What stands before it as a tile: the name of an icon in templates/icons/."""
        return {
            "hotlines": "phone",
            "map": "pin",
            "poll": "poll",
            "news": "list",
            "category": "list",
            "page": "file",
        }.get(self.target, "next")

    @property
    def url(self):
        """Where the item leads; None for a heading."""
        fixed = {"news": "news:list", "hotlines": "hotlines:directory", "map": "hotlines:map"}
        fixed["officials"] = "hotlines:officials"
        if self.target in fixed:
            return reverse(fixed[self.target])
        target = {"category": self.category, "page": self.page, "poll": self.poll}.get(self.target)
        return target.get_absolute_url() if target else self.address or None
