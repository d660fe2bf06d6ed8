from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """What the home page and the length of a list read among a hundred thousand articles; built beside running traffic."""

    atomic = False
    dependencies = [("news", "0042_words_lie_in_one_table")]
    operations = [
        AddIndexConcurrently(
            "article",
            models.Index(
                fields=["-published_at", "-id"],
                include=["category", "expires_at"],
                name="article_newest_first",
                condition=models.Q(state="published"),
            ),
        ),
        AddIndexConcurrently(
            "article",
            models.Index(
                fields=["-is_featured", "-published_at", "-id"],
                name="article_featured",
                condition=models.Q(state="published"),
            ),
        ),
        RemoveIndexConcurrently("article", "article_newest"),
    ]
