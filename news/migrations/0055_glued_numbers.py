"""Articles and pages with letters glued to the number of an act ("NĐ74/CP") are found by the number; the triggers carry it on."""

from django.db import migrations
from django.db.models import Q

from hotlines import tokens
from portal.lib import html, lexemes

GLUED = r"\m(nđ|nd|qđ|qd|ttlt|ttr|tt|ct|nq|kh|cv|tb|ctr|hđ|hd|bc)\d{1,5}\s?[-‐‑–/]"
SEARCHED = [("news", "Article", ["lead", "body", "byline"]), ("portal", "Page", ["title_en", "body"])]


def told(row, field):
    text = getattr(row, field)
    return tokens.removed(html.plain(text)) if field == "body" else text


def index_again(apps, schema_editor):
    for app, name, fields in SEARCHED:
        model = apps.get_model(app, name)
        holding = Q(*((f"{field}__iregex", GLUED) for field in ("title", *fields)), _connector=Q.OR)
        for row in model.objects.filter(holding).order_by("pk").iterator(chunk_size=100):
            title, rest = lexemes.vector(row.title), lexemes.vector(*(told(row, field) for field in fields))
            model.objects.filter(pk=row.pk).update(title_words=title, text_words=rest)


class Migration(migrations.Migration):
    dependencies = [
        ("news", "0054_former_names"),
        ("portal", "0092_numbers_without_area"),
    ]

    operations = [migrations.RunPython(index_again, migrations.RunPython.noop)]
