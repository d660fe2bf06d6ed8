from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The desk lists articles in every state by time, and its line of years reads the first and the last."""

    atomic = False
    dependencies = [("news", "0050_found_by_index")]
    operations = [
        AddIndexConcurrently(
            "article", models.Index(fields=["-published_at", "-id"], name="article_at_the_desk")
        ),
    ]
