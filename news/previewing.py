"""Showing an article to somebody outside before it is published, and keeping count of it."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from news.models import Article, Picture, PreviewLink
from news.models.previews import MAX_DAYS
from portal.lib import audit


def make_link(article: Article, *, days: int, by: User, at: datetime | None = None) -> PreviewLink:
    """A new link to `article` for `days`; what is public or was taken back is not shown in advance."""
    at = at or timezone.now()
    if not 1 <= days <= MAX_DAYS:
        raise ValidationError(_("A preview link is valid for one to seven days."))
    with transaction.atomic():
        article = Article.objects.select_for_update().get(pk=article.pk)
        if article.state in {Article.State.PUBLISHED, Article.State.WITHDRAWN}:
            raise ValidationError(_("A preview link leads to an article that is not published yet."))
        until = at + timedelta(days=days)
        link = PreviewLink.objects.create(article=article, created_at=at, created_by=by, expires_at=until)
        audit.record("Preview link made", article, by=by, link=link.pk, until=_told(until))
    return link


def revoke(link: PreviewLink, *, by: User, at: datetime | None = None) -> None:
    """From now on `link` leads nowhere."""
    with transaction.atomic():
        if PreviewLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=at or timezone.now()):
            audit.record("Preview link revoked", link.article, by=by, link=link.pk)


def open_link(token: str, *, at: datetime | None = None) -> Article | None:
    """The article that `token` leads to, the use written into the audit log; None: the link leads nowhere any more."""
    at = at or timezone.now()
    link = PreviewLink.objects.by_token(token)
    with transaction.atomic():
        # One statement looks and counts: of many who open the last use at once, one is let in.
        if not link or not PreviewLink.objects.open(at).filter(pk=link.pk).update(uses=F("uses") + 1):
            return None
        article = Article.objects.select_related("category", "office").get(pk=link.article_id)
        audit.record("Preview link opened", article, by=None, link=link.pk)
    return article


def shows(token: str, name: str, *, at: datetime | None = None) -> bool:
    """Whether the page that `token` leads to holds the picture `name`; to look at its pictures is no further use."""
    link = PreviewLink.objects.by_token(token)
    if not link or not PreviewLink.objects.valid(at).filter(pk=link.pk).exists():
        return False
    in_it = Q(covers=link.article_id) | Q(in_articles__article=link.article_id)
    return Picture.objects.filter(in_it, name=name).exists()


def _told(moment: datetime) -> str:
    return timezone.localtime(moment).isoformat(timespec="minutes")
