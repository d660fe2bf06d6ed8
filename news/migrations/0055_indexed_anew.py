"""Rows are indexed anew whose words the search knows better now; the triggers carry it on.

They hold letters of an act glued to its number ("NĐ74/CP") or to each other ("74/NĐCP"), a fixed line in the spelling of a
province ("(0234) 3.822.789"), or a letter that looks like Đ. What people read is not touched: the letters look the same, and
the next to save the row makes them Đ.
"""

from django.db import migrations
from django.db.models import Q

from hotlines import tokens
from portal.lib import html, lexemes, phone

KINDS = "(nđ|nd|qđ|qd|ttlt|ttr|tt|ct|nq|kh|cv|tb|ctr|hđ|hd|bc)"
KNOWN_BETTER = "|".join(
    [
        "[ÐðƉɖ]",
        rf"\m{KINDS}\d{{1,5}}\s?[-‐‑–/]",
        rf"\d\s?[-‐‑–/]\s?{KINDS}[a-zđ]{{2,7}}(\M|\d)",
        r"(\((\+?84[ .-]?|0)[2-8]\d{0,2}\)|(\+\s?84\)?|\m0)(\s|&nbsp;|[.-])?2\d{1,2}(\s|&nbsp;|[.-]))(\s|&nbsp;|[.-])?\d",
    ]
)
SEARCHED = [  # the fields of the title, those of the rest
    ("news", "Article", ["title"], ["lead", "body", "byline"]),
    ("news", "Picture", ["alt", "caption"], ["credit"]),
    ("portal", "Page", ["title"], ["title_en", "body"]),
    ("hotlines", "Office", ["name", "abbreviation"], ["name_en", "address"]),
]


def told(row, field):
    text = getattr(row, field)
    return tokens.removed(html.plain(text)) if field == "body" else text


def called(row):
    """What an office is asked for, what its numbers are for, and their spellings."""
    if not hasattr(row, "hotlines"):
        return
    yield "số điện thoại, địa chỉ, đường dây nóng; telephone, address"
    for n in row.hotlines.all():
        national = n.dialled.replace("+84", "0", 1)
        yield f"{n.purpose} {n.purpose_en} {n.number} {n.dialled} {national} {phone.local(n.dialled)}"


def index_again(apps, schema_editor, known_better=KNOWN_BETTER, whole=()):
    """Rows that hold what is `known_better`, and all of the models in `whole`."""
    for app, name, head, rest in SEARCHED:
        model = apps.get_model(app, name)
        fields = [*head, *rest, *(["hotlines__purpose"] if name == "Office" else [])]
        holding = Q(*((f"{field}__iregex", known_better) for field in fields), _connector=Q.OR)
        holding = Q() if name in whole else holding
        rows = model.objects.filter(pk__in=model.objects.filter(holding).values("pk"))
        for row in rows.order_by("pk").iterator(chunk_size=100):
            title = lexemes.vector(*(told(row, field) for field in head))
            text = lexemes.vector(*(told(row, field) for field in rest), *called(row))
            model.objects.filter(pk=row.pk).update(title_words=title, text_words=text)


class Migration(migrations.Migration):
    dependencies = [
        ("news", "0054_former_names"),
        ("portal", "0092_numbers_without_area"),
    ]

    operations = [migrations.RunPython(index_again, migrations.RunPython.noop)]
