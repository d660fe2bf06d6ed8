"""Addresses that categories had before: they lead to the category of today, in one step."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from news.models.categories import Category


class OldAddress(models.Model):
    """A slug that `category` or one that was merged into it had. A trigger writes these rows (`migrations/0040_…`)."""

    slug = models.SlugField(_("former address"), max_length=80, unique=True)
    category = models.ForeignKey(Category, models.CASCADE, related_name="old_addresses", verbose_name=_("category"))

    class Meta:
        verbose_name = _("former address")
        verbose_name_plural = _("former addresses")
        ordering = ["slug"]

    def __str__(self):
        return f"/tin-tuc/{self.slug}/"
