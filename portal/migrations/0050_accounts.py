# Recovery codes of accounts; hosts that are not to be trusted any more.

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.lib.fields


class Migration(migrations.Migration):

    dependencies = [
        ('portal', '0040_what_is_in_the_menu_stays'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DistrustedHost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('host', portal.lib.fields.LineField(help_text='E.g. “quan-cu.gov.vn”; its subdomains count too.', max_length=200, unique=True, verbose_name='host')),
                ('reason', portal.lib.fields.LineField(blank=True, max_length=300, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'distrusted host',
                'verbose_name_plural': 'distrusted hosts',
                'ordering': ['host'],
                'constraints': [models.CheckConstraint(condition=models.Q(('host__regex', '^[a-z0-9.-]+$')), name='distrusted_host_is_plain')],
            },
        ),
        migrations.CreateModel(
            name='RecoveryCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='recovery_codes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'digest'), name='recovery_code_is_one')],
            },
        ),
    ]
