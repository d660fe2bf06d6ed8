"""The generation: one number that the database itself raises whenever public content changes.

Triggers see every way of writing (admin, commands, bulk updates, psql), so no Python can forget one. They are deferred
to the commit, when all row locks are already held: two editors can wait for each other, never deadlock. A setting that
is local to the transaction lets the first row raise the number and the other ten thousand pass by.
"""

from django.db import migrations

TABLES = [
    *("news_category", "news_article", "news_attachment"),
    *("hotlines_office", "hotlines_hotline"),
    *("polls_poll", "polls_option"),
    *("portal_siteprofile", "portal_page", "portal_menuitem", "portal_alert", "portal_banner", "portal_relatedlink"),
    *("stats_openingbalance", "stats_adjustment"),
]

FUNCTION = """
INSERT INTO portal_generation (id, n) VALUES (1, 1);
CREATE FUNCTION portal_content_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('portal.changed_in', true) IS DISTINCT FROM pg_current_xact_id()::text THEN
        PERFORM set_config('portal.changed_in', pg_current_xact_id()::text, true);
        UPDATE portal_generation SET n = n + 1;
    END IF;
    RETURN NULL;
END $$;
"""
DROP_FUNCTION = "DROP FUNCTION portal_content_changed(); DELETE FROM portal_generation;"


def trigger(table):
    return migrations.RunSQL(
        f"CREATE CONSTRAINT TRIGGER content_changed AFTER INSERT OR UPDATE OR DELETE ON {table} "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION portal_content_changed();",
        f"DROP TRIGGER content_changed ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0001_initial"),
        ("news", "0001_initial"),
        ("hotlines", "0001_initial"),
        ("polls", "0002_choices_belong_to_the_poll"),
        ("stats", "0002_adjustment"),
    ]
    operations = [migrations.RunSQL(FUNCTION, DROP_FUNCTION), *(trigger(table) for table in TABLES)]
