"""Files that hang on an article; as public as it is."""

import contextlib
from functools import partial
from pathlib import PurePath

from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from news.models.articles import Article
from news.models.files import attachment_path
from portal.lib import documents, text
from portal.lib.fields import LineField


def drop_file(name):
    """Removes a file that no attachment names any more: copies of an article may share one."""
    if not Attachment.objects.filter(file=name).exists():
        with contextlib.suppress(OSError):  # `tend_media` will find it
            default_storage.delete(name)


class Attachment(models.Model):
    article = models.ForeignKey(Article, models.CASCADE, related_name="attachments", verbose_name=_("article"))
    title = LineField(_("title"), max_length=200, blank=True, help_text=_("Empty: the name of the file."))
    file = models.FileField(
        _("file"),
        upload_to=attachment_path,
        validators=[documents.validate],
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
        if not self.file._committed:  # a new file: its name here is still the one that its owner gave it
            self.title = self.title or PurePath(text.line(self.file.name)).stem[:200] or self.kind
            self.size = self.file.size
            self._drop_replaced()
        super().save(**kwargs)

    def _drop_replaced(self):
        for name in type(self).objects.filter(pk=self.pk).values_list("file", flat=True):
            transaction.on_commit(partial(drop_file, name))

    @property
    def kind(self):
        """The ending in capitals: "PDF"."""
        return PurePath(self.file.name).suffix[1:].upper()

    def get_absolute_url(self):
        return reverse("news:attachment", args=[self.pk])


@receiver(post_delete, sender=Attachment)
def _drop_with_row(instance, **_kwargs):
    """However the row went: alone, with its article, or in a list."""
    transaction.on_commit(partial(drop_file, instance.file.name))
