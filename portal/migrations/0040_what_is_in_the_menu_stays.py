"""Deleting a category, page or poll never takes its menu items with it: it is refused."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("news", "0002_moments_within_time"),
        ("polls", "0003_moments_within_time"),
        ("portal", "0030_pictures_in_pages"),
    ]

    operations = [
        migrations.AlterField(
            model_name="menuitem",
            name="category",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="news.category",
                verbose_name="category",
            ),
        ),
        migrations.AlterField(
            model_name="menuitem",
            name="page",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="portal.page",
                verbose_name="page",
            ),
        ),
        migrations.AlterField(
            model_name="menuitem",
            name="poll",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="polls.poll", verbose_name="poll"
            ),
        ),
    ]
