"""The table that a search reads is kept by the database: whatever writes an article, page or office is seen.

Rows of what citizens can never come to see (drafts, hidden pages) do not stand in it at all; the moments of the others do.
"""

from django.db import migrations

from portal.lib import html, lexemes
from portal.roles import ADMINISTRATOR, APPROVER, EDITOR, give, over

WRITE = """
CREATE FUNCTION portal_search_write(
    its_kind text, its_ref bigint, its_from timestamptz, its_until timestamptz, its_day timestamptz, its_category bigint,
    its_title text, its_text text
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    head tsvector := setweight(its_title::tsvector, 'A');
    whole tsvector := head || setweight(its_text::tsvector, 'D');
    heads int := (SELECT coalesce(max(p), 0) FROM unnest(head) AS t(lexeme, positions, weights), unnest(t.positions) AS p);
BEGIN
    INSERT INTO portal_searchrow AS s (kind, ref, from_at, until_at, shown_at, category, title_length, title, words)
    VALUES (its_kind, its_ref, its_from, its_until, its_day, its_category, least(heads, 1000), head, whole)
    ON CONFLICT (kind, ref) DO UPDATE SET from_at = excluded.from_at, until_at = excluded.until_at,
        shown_at = excluded.shown_at, category = excluded.category, title_length = excluded.title_length,
        title = excluded.title, words = excluded.words
    WHERE (s.from_at, s.until_at, s.shown_at, s.category, s.title, s.words)
        IS DISTINCT FROM (excluded.from_at, excluded.until_at, excluded.shown_at, excluded.category, excluded.title, excluded.words);
END $$;
"""
SOURCES = {  # table: (kind, whether it is to be found, from, until, day, category)
    "news_article": (
        "article", "NEW.state = 'published'", "NEW.published_at", "NEW.expires_at", "NEW.published_at", "NEW.category_id",
    ),
    "portal_page": ("page", "NEW.is_public", "'1900-01-01'", "NULL", "NEW.updated_at", "NULL"),
    "hotlines_office": (
        "office", "NEW.is_listed", "coalesce(NEW.valid_from::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh', '1900-01-01')",
        "NULL", "NULL", "NULL",
    ),
}


def trigger(table, kind, condition, *columns):
    function = f"portal_search_{kind}"
    return migrations.RunSQL(
        f"""
        CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP <> 'DELETE' AND {condition} THEN
                PERFORM portal_search_write('{kind}', NEW.id, {", ".join(columns)}, NEW.title_words, NEW.text_words);
            ELSE
                DELETE FROM portal_searchrow WHERE kind = '{kind}' AND ref = OLD.id;
            END IF;
            RETURN NULL;
        END $$;
        CREATE TRIGGER search_row AFTER INSERT OR UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION {function}();
        """,  # noqa: S608 - names from this file # nosec B608
        f"DROP TRIGGER search_row ON {table}; DROP FUNCTION {function}();",
    )


def content_trigger(table):
    return migrations.RunSQL(
        f"CREATE CONSTRAINT TRIGGER content_changed AFTER INSERT OR UPDATE OR DELETE ON {table} "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION portal_content_changed();",
        f"DROP TRIGGER content_changed ON {table};",
    )


def texts(row, numbers):
    """(texts of the title, texts of the rest) as the models of these days name them."""
    if hasattr(row, "lead"):
        return [row.title], [row.lead, html.plain(row.body), row.byline]
    if hasattr(row, "body"):
        return [row.title], [html.plain(row.body)]
    if hasattr(row, "alt"):
        return [row.alt, row.caption], [row.credit]
    shown = (f"{n.purpose} {n.number} {n.dialled} {n.dialled.replace('+84', '0', 1)}" for n in numbers.get(row.pk, []))
    return [row.name, row.abbreviation], [row.address, *shown]


def index(apps, schema_editor):
    """What was indexed by the rules of before is indexed by those of today; the triggers carry it on."""
    numbers = {}
    for line in apps.get_model("hotlines", "Hotline").objects.all():
        numbers.setdefault(line.office_id, []).append(line)
    for app, name in (("news", "Article"), ("news", "Picture"), ("portal", "Page"), ("hotlines", "Office")):
        model = apps.get_model(app, name)
        for row in model.objects.order_by("pk").iterator(chunk_size=500):
            title, rest = (lexemes.vector(*some) for some in texts(row, numbers))
            model.objects.filter(pk=row.pk).update(title_words=title, text_words=rest)


SYNONYMS = [
    ("UBND", "ủy ban nhân dân"), ("HĐND", "hội đồng nhân dân"), ("TTHC", "thủ tục hành chính"),
    ("MTTQ", "mặt trận tổ quốc"), ("BHYT", "bảo hiểm y tế"), ("BHXH", "bảo hiểm xã hội"), ("CCCD", "căn cước công dân"),
    ("CCHC", "cải cách hành chính"), ("PCCC", "phòng cháy chữa cháy"), ("GPLX", "giấy phép lái xe"),
    ("TTĐT", "thông tin điện tử"), ("ATTP", "an toàn thực phẩm"), ("THCS", "trung học cơ sở"),
    ("SĐT", "số điện thoại"), ("sổ đỏ", "giấy chứng nhận quyền sử dụng đất"), ("QLĐT", "quản lý đô thị"),
]  # fmt: skip


def tell_synonyms(apps, schema_editor):
    model = apps.get_model("portal", "Synonym")
    model.objects.bulk_create([model(short=short, long=long) for short, long in SYNONYMS], ignore_conflicts=True)


FINDING = [
    *over("portal", "synonym", "promotedresult", "redirect", may="add change view"),
    *over("portal", "missedquery", "lostaddress", may="view"),
]
HOUSE = [
    *over("portal", "synonym", "promotedresult", "redirect", may="delete"),
    *over("portal", "missedquery", "lostaddress", may="delete"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0070_search"),
        ("news", "0042_words_lie_in_one_table"),
        ("hotlines", "0011_words_lie_in_one_table"),
    ]
    operations = [
        # The words lie apart from the rows, titles too: a common word is then found by reading few pages.
        migrations.RunSQL("ALTER TABLE portal_searchrow SET (toast_tuple_target = 128)", migrations.RunSQL.noop),
        migrations.RunSQL(WRITE, "DROP FUNCTION portal_search_write;"),
        *(trigger(table, *source) for table, source in SOURCES.items()),
        content_trigger("portal_synonym"),
        content_trigger("portal_promotedresult"),
        migrations.RunPython(index, migrations.RunPython.noop),
        migrations.RunPython(tell_synonyms, migrations.RunPython.noop),
        give({EDITOR: FINDING, APPROVER: FINDING, ADMINISTRATOR: FINDING + HOUSE}),
    ]
