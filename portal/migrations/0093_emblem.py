"""An authority's own emblem."""

from django.db import migrations, models

import portal.models.whole


class Migration(migrations.Migration):

    dependencies = [
        ('portal', '0092_numbers_without_area'),
    ]

    operations = [
        migrations.AddField(
            model_name='siteprofile',
            name='emblem',
            field=models.ImageField(blank=True, db_default='', help_text="A square picture (PNG, WebP, JPEG or GIF) with a clear background, best of 256 pixels and more. It stands in the head and foot of every page, in the browser's tab and in shared links. Empty: the lotus of this portal.", upload_to=portal.models.whole.emblem_path, verbose_name='emblem'),
        ),
    ]
