"""Nothing that stands in a tree stands below itself, whoever moves it and however many do at once."""

from django.db import migrations

TREES = ("news_category", "hotlines_office", "portal_page", "portal_menuitem")
FUNCTION = """
CREATE FUNCTION portal_no_circle() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_circle boolean;
BEGIN
    -- Two who move at once, each one below the other, go one after the other: the second sees what the first has done.
    PERFORM pg_advisory_xact_lock(hashtext('portal_no_circle'), hashtext(TG_TABLE_NAME));
    EXECUTE format(
        'WITH RECURSIVE above(id, parent_id) AS (
             SELECT id, parent_id FROM %1$I WHERE id = $1
             UNION SELECT row.id, row.parent_id FROM %1$I AS row JOIN above ON row.id = above.parent_id)
         SELECT EXISTS (SELECT FROM above WHERE parent_id = $1)', TG_TABLE_NAME)
    INTO is_circle USING NEW.id;
    IF is_circle THEN
        RAISE EXCEPTION 'row % of % would stand below itself', NEW.id, TG_TABLE_NAME
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_no_circle';
    END IF;
    RETURN NULL;
END $$;
"""
TRIGGER = """
CREATE TRIGGER no_circle AFTER INSERT OR UPDATE OF parent_id ON {table}
FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION portal_no_circle();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0080_english"),
        ("news", "0042_words_lie_in_one_table"),
        ("hotlines", "0011_words_lie_in_one_table"),
    ]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION portal_no_circle();"),
        *[
            migrations.RunSQL(TRIGGER.format(table=table), f"DROP TRIGGER no_circle ON {table};")
            for table in TREES
        ],
    ]
