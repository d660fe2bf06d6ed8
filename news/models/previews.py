"""Signed links by which somebody without an account reads an article before it is published."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from news.models.articles import Article

MAX_DAYS = 7
MAX_USES = 300
SALT = "news.preview"


class PreviewLinkQuerySet(models.QuerySet):
    def valid(self, at=None):
        """Not expired or revoked, and the article was not published since they were made."""
        at = at or timezone.now()
        published = Article.history.filter(
            id=models.OuterRef("article_id"),
            state=Article.State.PUBLISHED,
            history_date__gte=models.OuterRef("created_at"),
        )
        unseen = self.exclude(article__state__in=[Article.State.PUBLISHED, Article.State.WITHDRAWN])
        return unseen.filter(~models.Exists(published), revoked_at=None, expires_at__gt=at)

    def open(self, at=None):
        """Valid and not used up."""
        return self.valid(at).filter(uses__lt=MAX_USES)

    def by_token(self, token):
        """The link that `token` names, in whatever state, or None: nobody can make a token up."""
        try:
            pk = signing.Signer(salt=SALT).unsign_object(token)
        except (signing.BadSignature, ValueError):
            return None
        return self.filter(pk=pk).first()


class PreviewLink(models.Model):
    article = models.ForeignKey(Article, models.CASCADE, related_name="preview_links", verbose_name=_("article"))
    created_at = models.DateTimeField(_("made at"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    expires_at = models.DateTimeField(_("valid until"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True)
    uses = models.PositiveSmallIntegerField(_("times opened"), default=0)

    objects = PreviewLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("preview link")
        verbose_name_plural = _("preview links")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__lte=F("created_at") + timedelta(days=MAX_DAYS)),
                name="preview_link_ends_in_a_week",
            ),
            models.CheckConstraint(condition=Q(uses__lte=MAX_USES), name="preview_link_is_used_up"),
        ]

    def __str__(self):
        return f"{self.article} · {self.pk}"

    @property
    def token(self):
        return signing.Signer(salt=SALT).sign_object(self.pk)

    def get_absolute_url(self):
        return reverse("news:preview", args=[self.token])
