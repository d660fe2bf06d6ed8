"""Who has which article open at this moment; a notice, not a lock."""

from django.conf import settings
from django.db import models

from news.models.articles import Article


class Presence(models.Model):
    """`user` had the form of `article` open at `seen_at`; the form's script says so as long as it is open."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "user"], name="presence_once")]

    def __str__(self):
        return f"{self.user} · {self.article_id}"
