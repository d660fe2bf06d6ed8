from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The few ballots that do not count are found without reading those that do."""

    atomic = False
    dependencies = [("polls", "0014_receipts_in_one_order")]
    operations = [
        AddIndexConcurrently(
            "ballot",
            models.Index(
                fields=["poll", "round"],
                name="ballot_not_counted",
                condition=models.Q(("state__in", ["aside", "rejected"])),
            ),
        ),
    ]
