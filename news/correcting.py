"""Correcting what was published, openly."""

from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from news.models import Article, Correction
from portal.lib import audit, text


def correct(
    article: Article, *, earlier: Article, note: str, by: User | None = None, at: datetime | None = None
) -> Correction:
    """Prints `note` on the page of `article` and keeps title, lead and text of `earlier` readable beside it.

    Call it inside the transaction that changes the text, with the article or the version as it was before.
    """
    if not text.line(note):
        raise ValidationError(_("A correction says what was wrong."))
    with transaction.atomic():
        Article.objects.select_for_update(of=["self"]).only("pk").get(pk=article.pk)
        last = Correction.objects.filter(article=article).aggregate(n=Max("number"))["n"] or 0
        correction = Correction(article=article, number=last + 1, note=note, at=at or timezone.now(), by=by)
        correction.title, correction.lead, correction.body = earlier.title, earlier.lead, earlier.body
        correction.full_clean(exclude=["title", "lead", "body"])
        correction.save()
        audit.record("Corrected", article, by=by, correction=correction.number, reason=note)
    return correction
