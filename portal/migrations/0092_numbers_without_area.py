"""Offices that have fixed lines are found by what is dialled within their area, too; the triggers carry it on."""

from django.db import migrations
from django.db.models import F, Value
from django.db.models.functions import Concat

from portal.lib import phone


def add_local_numbers(apps, schema_editor):
    offices = apps.get_model("hotlines", "Office").objects
    for office, dialled in apps.get_model("hotlines", "Hotline").objects.values_list("office", "dialled"):
        if local := phone.local(dialled):
            offices.filter(pk=office).update(text_words=Concat(F("text_words"), Value(f" {local}")))


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0091_defaults_in_the_tables"),
        ("hotlines", "0021_defaults_in_the_tables"),
    ]

    operations = [migrations.RunPython(add_local_numbers, migrations.RunPython.noop)]
