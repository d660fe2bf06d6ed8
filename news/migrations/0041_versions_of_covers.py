import django.db.models.deletion
from django.db import migrations, models

import portal.lib.fields


class Migration(migrations.Migration):
    """Versions follow the article, whose cover is a picture of the library now."""

    dependencies = [("news", "0040_addresses_and_mistakes")]

    operations = [
        migrations.RemoveField(model_name="articleversion", name="cover_alt"),
        migrations.RemoveField(model_name="articleversion", name="cover"),
        migrations.AddField(
            model_name="articleversion",
            name="cover",
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="news.picture", verbose_name="cover picture"),
        ),
        migrations.AlterField(
            model_name="articleversion",
            name="cover_caption",
            field=portal.lib.fields.LineField(blank=True, help_text="Empty: the caption that the picture has in the library.", max_length=300, verbose_name="caption"),
        ),
    ]
