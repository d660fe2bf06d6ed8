"""Public corrections: what was wrong, said openly, and the text as it stood before."""

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from news.models.articles import Article
from news.models.pictures import Picture
from portal.lib.fields import HTMLField, LineField, MomentField, ProseField, within_time


class CorrectionManager(models.Manager):
    """Reads without the long texts, which only the page of the earlier text shows."""

    def get_queryset(self):
        return super().get_queryset().defer("title", "lead", "body")


class Correction(models.Model):
    """The `number`-th correction of an article; made by `news.correcting`."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="corrections", verbose_name=_("article"))
    number = models.PositiveSmallIntegerField(_("correction number"), editable=False)
    note = ProseField(
        _("words of the correction"),
        validators=[MaxLengthValidator(2000)],
        help_text=_("What was wrong and what is right. Citizens read it above the text."),
    )
    at = MomentField(_("corrected at"), editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("corrected by"),
    )
    title = LineField(_("title"), max_length=300, editable=False)
    lead = ProseField(_("lead"), blank=True, editable=False)
    body = HTMLField(_("text"), blank=True, editable=False)
    is_earlier_shown = models.BooleanField(
        _("citizens can read the earlier text"),
        default=True,
        help_text=_(
            "Untick it when the earlier text itself does harm, such as personal data that were printed by mistake."
        ),
    )

    objects = CorrectionManager()

    class Meta:
        verbose_name = _("public correction")
        verbose_name_plural = _("public corrections")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="correction_numbered"),
            models.CheckConstraint(condition=~Q(note="") & Q(number__gt=0), name="correction_says_something"),
            within_time("correction_within_time", "at"),
        ]

    def __str__(self):
        return _("Correction no. %(number)d of “%(title)s”") % {"number": self.number, "title": self.article.title}

    @property
    def pictures(self):
        """The pictures in the earlier text; no query where there are none."""
        return Picture.objects.in_text(self.body)

    def get_absolute_url(self):
        """Where the earlier text can be read, as long as the article is public."""
        article = self.article
        return reverse("news:earlier", args=[article.category.slug, article.pk, article.slug, self.number])
