"""Former addresses of categories, kept by the database itself; the list of words often confused.

Whoever renames a category (a form, a bulk update, psql), the trigger writes down the address it had. It runs after the
row is written, when the unique index has made two renames wait for each other, and refuses a slug that was another
category's: that has to be said first (`news.addressing.take_over`).
"""

import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import portal.lib.fields

KEEP = """
CREATE FUNCTION news_category_keeps_addresses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM news_oldaddress WHERE slug = NEW.slug AND category_id = NEW.id;
    IF EXISTS (SELECT FROM news_oldaddress WHERE slug = NEW.slug) THEN
        RAISE EXCEPTION 'The address % was that of another category', NEW.slug
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'category_takes_no_old_address';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.slug <> NEW.slug THEN
        INSERT INTO news_oldaddress (slug, category_id) VALUES (OLD.slug, NEW.id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER category_keeps_addresses AFTER INSERT OR UPDATE OF slug ON news_category
FOR EACH ROW EXECUTE FUNCTION news_category_keeps_addresses();
CREATE FUNCTION news_old_address_is_free() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM news_category WHERE slug = NEW.slug) THEN
        RAISE EXCEPTION 'A category has the address %', NEW.slug
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'old_address_is_free';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER old_address_is_free AFTER INSERT OR UPDATE OF slug ON news_oldaddress
FOR EACH ROW EXECUTE FUNCTION news_old_address_is_free();
"""
DROP = """
DROP TRIGGER category_keeps_addresses ON news_category;
DROP FUNCTION news_category_keeps_addresses();
DROP TRIGGER old_address_is_free ON news_oldaddress;
DROP FUNCTION news_old_address_is_free();
"""

MISTAKES = """
tam thần tâm thần
bổ xung bổ sung
sử lý xử lý
sử phạt xử phạt
sữ dụng sử dụng
chuẩn đoán chẩn đoán
thăm quan tham quan
đọc giả độc giả
năng xuất năng suất
suất sắc xuất sắc
sơ xuất sơ suất
xuất quà suất quà
xuất học bổng suất học bổng
xúc tích súc tích
sáng lạng xán lạn
sát nhập sáp nhập
nghành ngành
nghành nghề ngành nghề
kỹ luật kỷ luật
kỹ niệm kỷ niệm
kỹ lục kỷ lục
kỷ năng kỹ năng
kỷ thuật kỹ thuật
vô hình chung vô hình trung
tựu chung tựu trung
câu truyện câu chuyện
chia sẽ chia sẻ
sẳn sàng sẵn sàng
giành cho dành cho
để giành để dành
dành giải giành giải
dành thắng lợi giành thắng lợi
giữ dìn giữ gìn
chỉnh chu chỉn chu
hổ trợ hỗ trợ
bão hiểm bảo hiểm
bão vệ bảo vệ
đãm bảo đảm bảo
đảm bão đảm bảo
xả hội xã hội
nghĩ hưu nghỉ hưu
nghĩ lễ nghỉ lễ
liệt sỉ liệt sĩ
chiến sỉ chiến sĩ
chính xách chính sách
sổ xố xổ số
khắc phụ hậu quả khắc phục hậu quả
phòng chóng phòng chống
tuyên chuyền tuyên truyền
chuyền thống truyền thống
công trức công chức
giải quyêt giải quyết
đột suất đột xuất
sản suất sản xuất
xuất ăn suất ăn
trãi qua trải qua
"""


def write_mistakes(apps, schema_editor):
    """Each line: the wrong words, then as many right ones."""
    rows = (line.split() for line in MISTAKES.strip().splitlines())
    pairs = [(" ".join(row[: len(row) // 2]), " ".join(row[len(row) // 2 :])) for row in rows]
    apps.get_model("news", "Mistake").objects.bulk_create(
        apps.get_model("news", "Mistake")(wrong=wrong, right=right) for wrong, right in pairs
    )


class Migration(migrations.Migration):
    dependencies = [
        ("hotlines", "0001_initial"),
        ("news", "0030_pictures"),
    ]

    operations = [
        migrations.AlterField(
            model_name="article",
            name="office",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="articles",
                to="hotlines.office",
                verbose_name="signing office",
            ),
        ),
        migrations.CreateModel(
            name="Mistake",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "wrong",
                    portal.lib.fields.LineField(
                        help_text="A word or some words as they are often miswritten.",
                        max_length=80,
                        verbose_name="wrong",
                    ),
                ),
                ("right", portal.lib.fields.LineField(max_length=80, verbose_name="right")),
            ],
            options={
                "verbose_name": "common mistake",
                "verbose_name_plural": "common mistakes",
                "ordering": ["wrong"],
                "constraints": [
                    models.UniqueConstraint(django.db.models.functions.text.Lower("wrong"), name="mistake_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("wrong", ""), _negated=True), models.Q(("right", ""), _negated=True)
                        ),
                        name="mistake_named",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("wrong", models.F("right")), _negated=True), name="mistake_is_one"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OldAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=80, unique=True, verbose_name="former address")),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="old_addresses",
                        to="news.category",
                        verbose_name="category",
                    ),
                ),
            ],
            options={
                "verbose_name": "former address",
                "verbose_name_plural": "former addresses",
                "ordering": ["slug"],
            },
        ),
        migrations.RunSQL(KEEP, DROP),
        migrations.RunPython(write_mistakes, migrations.RunPython.noop),
    ]
