"""Which pictures stand in the text of which page: kept by the trigger of news/migrations/0030."""

import django.db.models.deletion
from django.db import migrations, models

NOTE_PICTURES = """
CREATE TRIGGER note_pictures AFTER INSERT OR UPDATE OF body ON portal_page FOR EACH ROW
    EXECUTE FUNCTION news_note_pictures('portal_pagepicture', 'page_id');
UPDATE portal_page SET body = body WHERE body LIKE '%/media/images/%';
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("news", "0030_pictures"), ("portal", "0020_page_versions")]

    operations = [
        migrations.CreateModel(
            name="PagePicture",
            fields=[
                ("pk", models.CompositePrimaryKey("page_id", "picture_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("page", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name="body_pictures", to="portal.page")),
                ("picture", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="in_pages", to="news.picture", verbose_name="in the text")),
            ],
            options={"verbose_name": "picture in a page", "verbose_name_plural": "pictures in pages"},
        ),
        migrations.RunSQL(NOTE_PICTURES, "DROP TRIGGER note_pictures ON portal_page;"),
    ]
