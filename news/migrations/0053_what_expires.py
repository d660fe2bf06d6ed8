from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The front page of the desk and the beat look for the few articles that expire."""

    atomic = False
    dependencies = [("news", "0052_defaults_in_the_tables")]
    operations = [
        AddIndexConcurrently(
            "article",
            models.Index(
                fields=["expires_at"], name="article_expiring", condition=models.Q(("expires_at__isnull", False))
            ),
        ),
    ]
