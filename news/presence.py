"""Who is writing on an article at this moment."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from news.models import Article, Presence

FRESH = timedelta(minutes=2)


def arrive(article: Article, user: User, *, at: datetime | None = None) -> None:
    """`user` has the form of `article` open; whoever was not heard of for a day is forgotten."""
    at = at or timezone.now()
    Presence.objects.filter(seen_at__lt=at - timedelta(days=1)).delete()
    Presence.objects.update_or_create(article=article, user=user, defaults={"seen_at": at})


def leave(article: Article, user: User) -> None:
    """`user` has closed the form."""
    Presence.objects.filter(article=article, user=user).delete()


def others(article: Article, user: User, *, at: datetime | None = None) -> list[User]:
    """Who else has the form of `article` open, longest known first."""
    at = at or timezone.now()
    seen = Presence.objects.filter(article=article, seen_at__gt=at - FRESH).exclude(user=user)
    return [presence.user for presence in seen.select_related("user").order_by("pk")]
