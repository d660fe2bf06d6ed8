"""Making an article public and taking it back."""

from django.db import transaction
from django.utils import timezone

from news.models import Article


def publish(article: Article, *, by=None, at=None) -> Article:
    """Makes `article` public from its publication time on (default: `at`, now). `by` is the user who answers for it.

    Raises ValidationError for an article that cannot stand before readers, such as one that expires before it appears.
    """
    with transaction.atomic():
        article = Article.objects.select_for_update().get(pk=article.pk)
        article.state = Article.State.PUBLISHED
        article.published_at = article.published_at or at or timezone.now()
        article.updated_by = by
        article.clean()
        article.save()
    return article


def withdraw(article: Article, *, by=None) -> Article:
    """Takes a public article back: its address answers 410 from now on."""
    with transaction.atomic():
        article = Article.objects.select_for_update().get(pk=article.pk)
        if article.state == Article.State.PUBLISHED:
            article.state = Article.State.WITHDRAWN
            article.updated_by = by
            article.save()
    return article
