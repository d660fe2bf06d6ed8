"""The colours of the portal, by name."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('portal', '0093_emblem'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='siteprofile',
            constraint=models.CheckConstraint(condition=models.Q(('accent__in', ['', 'blue', 'green', 'indigo'])), name='profile_accent_is_known'),
        ),
    ]
