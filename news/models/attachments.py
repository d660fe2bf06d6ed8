"""Files that hang on an article; as public as it is."""

from pathlib import PurePath

from django.core.validators import FileExtensionValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from news.models.articles import Article
from news.models.files import attachment_path
from portal.lib.fields import LineField


class Attachment(models.Model):
    article = models.ForeignKey(Article, models.CASCADE, related_name="attachments", verbose_name=_("article"))
    title = LineField(_("title"), max_length=200)
    file = models.FileField(
        _("file"),
        upload_to=attachment_path,
        validators=[FileExtensionValidator(["pdf", "docx", "xlsx", "pptx", "odt", "ods", "txt", "csv", "zip"])],
    )
    size = models.PositiveBigIntegerField(_("size"), editable=False, default=0)
    order = models.PositiveIntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["order", "pk"]

    def __str__(self):
        return self.title

    def save(self, **kwargs):
        self.size = self.file.size
        super().save(**kwargs)

    @property
    def kind(self):
        """The ending in capitals: "PDF"."""
        return PurePath(self.file.name).suffix[1:].upper()

    def get_absolute_url(self):
        return reverse("news:attachment", args=[self.pk])
