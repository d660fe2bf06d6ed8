"""Receipts stand in the order of their bytes, whatever the order of the database: the list of them is sealed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("polls", "0013_defaults_in_the_tables")]
    operations = [
        migrations.AlterField("receipt", "code", models.CharField(db_collation="C", max_length=19, verbose_name="receipt")),
    ]
