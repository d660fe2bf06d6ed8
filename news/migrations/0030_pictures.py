"""The library of pictures. Covers and pictures in texts move into it, each once, under a random name.

A file that is lost or is no picture any more cannot move: the article then stands without a cover, its text without that
picture, and the migration says so.
"""

import re
import secrets
from html import unescape

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import migrations, models

import news.models.files
import portal.lib.documents
import portal.lib.fields
from portal.lib import images, lexemes, text

IN_TEXT = re.compile(r'<img\b[^>]*\ssrc="/media/(images/[^"]+)"[^>]*>')
ALT = re.compile(r'\salt="([^"]*)"')

# Kept by the database, so that no way of writing a text can forget it: see also portal/migrations/0030.
NOTE_PICTURES = r"""
CREATE FUNCTION news_note_pictures() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('DELETE FROM %I WHERE %I = $1', TG_ARGV[0], TG_ARGV[1]) USING NEW.id;
    EXECUTE format(
        'INSERT INTO %I (%I, picture_id) SELECT $1, id FROM news_picture WHERE name IN '
        '(SELECT found[1] FROM regexp_matches($2, ''/media/images/([0-9a-f]{32})'', ''g'') AS found)',
        TG_ARGV[0], TG_ARGV[1]
    ) USING NEW.id, NEW.body;
    RETURN NULL;
END $$;
CREATE TRIGGER note_pictures AFTER INSERT OR UPDATE OF body ON news_article FOR EACH ROW
    EXECUTE FUNCTION news_note_pictures('news_articlepicture', 'article_id');
CREATE CONSTRAINT TRIGGER content_changed AFTER INSERT OR UPDATE OR DELETE ON news_picture
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION portal_content_changed();
"""
FORGET_PICTURES = """
DROP TRIGGER content_changed ON news_picture;
DROP TRIGGER note_pictures ON news_article;
DROP FUNCTION news_note_pictures();
"""


def move(apps, editor):
    picture_model = apps.get_model("news", "Picture")
    for article in apps.get_model("news", "Article").objects.exclude(cover_file="").only("title", "cover_file", "cover_alt"):
        article.cover = adopted(picture_model, article.cover_file.name, article.cover_alt or article.title)
        article.save(update_fields=["cover"])
    for app, model in (("news", "Article"), ("portal", "Page")):
        rows = apps.get_model(app, model).objects
        for row in rows.filter(body__contains='src="/media/images/').only("body"):
            body = IN_TEXT.sub(lambda image: moved(picture_model, image), row.body)
            rows.filter(pk=row.pk).update(body=body)
    editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or the table could not be altered in this transaction


def moved(picture_model, image):
    """The tag of a picture in a text, leading to the library."""
    alt = ALT.search(image[0])
    picture = adopted(picture_model, image[1], unescape(alt[1]) if alt else "")
    return image[0].replace(image[1], f"images/{picture.name}.webp") if picture else ""


def adopted(picture_model, path, alt):
    """The library's picture with the pixels of the file `path`; None when there is no such picture."""
    try:
        with default_storage.open(path) as file:
            pixels = images.read(file)
    except (OSError, ValueError) as lost:
        print(f"\n  {path}: không chuyển được vào kho ảnh ({lost})", end="")
        return None
    sha256 = images.digest(pixels)
    if known := picture_model.objects.filter(sha256=sha256).first():
        return known
    picture = picture_model(name=secrets.token_hex(16), sha256=sha256, alt=text.line(alt)[:300])
    picture.is_decorative = not picture.alt
    picture.title_words = lexemes.vector(picture.alt)
    picture.width, picture.height = pixels.size
    for width in (None, *images.narrower(picture.width)):
        data = images.webp(pixels, width)
        default_storage.save(news.models.file_name(picture.name, width), ContentFile(data))
        picture.size = picture.size or len(data)
    picture.save()
    return picture


class Migration(migrations.Migration):
    dependencies = [
        ("news", "0020_versions_corrections_previews"),
        ("portal", "0004_audit_is_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Picture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title_words", models.TextField(default="", editable=False)),
                ("text_words", models.TextField(default="", editable=False)),
                ("words", models.GeneratedField(db_persist=True, expression=django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.SearchVector("title_words", config="simple", weight="A"), "||", django.contrib.postgres.search.SearchVector("text_words", config="simple", weight="D"), django.contrib.postgres.search.SearchConfig("simple")), output_field=django.contrib.postgres.search.SearchVectorField())),
                ("name", models.CharField(editable=False, max_length=32, unique=True)),
                ("width", models.PositiveIntegerField(editable=False, verbose_name="width")),
                ("height", models.PositiveIntegerField(editable=False, verbose_name="height")),
                ("size", models.PositiveBigIntegerField(editable=False, verbose_name="size")),
                ("sha256", models.CharField(editable=False, max_length=64, unique=True)),
                ("alt", portal.lib.fields.LineField(blank=True, help_text="Read aloud to those who cannot see it.", max_length=300, verbose_name="what the picture shows")),
                ("is_decorative", models.BooleanField(default=False, help_text="It says nothing; readers who do not see it miss nothing.", verbose_name="only decoration")),
                ("caption", portal.lib.fields.LineField(blank=True, help_text="Shown where no other caption is given.", max_length=300, verbose_name="caption")),
                ("credit", portal.lib.fields.LineField(blank=True, help_text="Who took or drew it.", max_length=200, verbose_name="credit")),
                ("focal_x", models.PositiveSmallIntegerField(default=50, validators=[django.core.validators.MaxValueValidator(100)], verbose_name="main point, from the left (%)")),
                ("focal_y", models.PositiveSmallIntegerField(default=50, validators=[django.core.validators.MaxValueValidator(100)], verbose_name="main point, from the top (%)")),
                ("uploaded_at", models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="uploaded at")),
                ("uploaded_by", models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="uploaded by")),
            ],
            options={"verbose_name": "picture", "verbose_name_plural": "pictures", "ordering": ["-pk"], "abstract": False},
        ),
        migrations.AddIndex(
            model_name="picture",
            index=django.contrib.postgres.indexes.GinIndex(fields=["words"], name="picture_words"),
        ),
        migrations.AddConstraint(
            model_name="picture",
            constraint=models.CheckConstraint(condition=models.Q(("name__regex", "^[0-9a-f]{32}$")), name="picture_named_by_chance"),
        ),
        migrations.AddConstraint(
            model_name="picture",
            constraint=models.CheckConstraint(condition=models.Q(models.Q(("alt", ""), ("is_decorative", True)), models.Q(("is_decorative", False), models.Q(("alt", ""), _negated=True)), _connector="OR"), name="picture_described_or_decorative"),
        ),
        migrations.AddConstraint(
            model_name="picture",
            constraint=models.CheckConstraint(condition=models.Q(("focal_x__lte", 100), ("focal_y__lte", 100), ("height__gt", 0), ("width__gt", 0)), name="picture_measures"),
        ),
        migrations.CreateModel(
            name="ArticlePicture",
            fields=[
                ("pk", models.CompositePrimaryKey("article_id", "picture_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("article", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name="body_pictures", to="news.article")),
                ("picture", models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="in_articles", to="news.picture", verbose_name="in the text")),
            ],
            options={"verbose_name": "picture in an article", "verbose_name_plural": "pictures in articles"},
        ),
        migrations.RunSQL(NOTE_PICTURES, FORGET_PICTURES),
        migrations.RenameField("article", "cover", "cover_file"),
        migrations.AddField(
            model_name="article",
            name="cover",
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="covers", to="news.picture", verbose_name="cover picture"),
        ),
        migrations.RunPython(move),
        migrations.RemoveField("article", "cover_file"),
        migrations.RemoveField("article", "cover_width"),
        migrations.RemoveField("article", "cover_height"),
        migrations.RemoveField("article", "cover_alt"),
        migrations.AlterField(
            model_name="article",
            name="cover_caption",
            field=portal.lib.fields.LineField(blank=True, help_text="Empty: the caption that the picture has in the library.", max_length=300, verbose_name="caption"),
        ),
        migrations.AlterField(
            model_name="attachment",
            name="title",
            field=portal.lib.fields.LineField(blank=True, help_text="Empty: the name of the file.", max_length=200, verbose_name="title"),
        ),
        migrations.AlterField(
            model_name="attachment",
            name="file",
            field=models.FileField(upload_to=news.models.files.attachment_path, validators=[portal.lib.documents.validate], verbose_name="file"),
        ),
    ]
