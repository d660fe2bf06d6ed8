"""The database itself keeps the history: a day's count never shrinks or goes, a correction is never rewritten."""

from django.db import migrations

GUARD = """
CREATE FUNCTION stats_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: add a correction (stats_adjustment) instead', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER counts_only_grow BEFORE UPDATE ON stats_dailycount FOR EACH ROW
    WHEN (NEW.n < OLD.n OR (NEW.day, NEW.key) IS DISTINCT FROM (OLD.day, OLD.key)) EXECUTE FUNCTION stats_refuse();
CREATE TRIGGER counts_stay BEFORE DELETE ON stats_dailycount FOR EACH ROW EXECUTE FUNCTION stats_refuse();
CREATE TRIGGER corrections_stay BEFORE UPDATE OR DELETE ON stats_adjustment FOR EACH ROW EXECUTE FUNCTION stats_refuse();
"""
UNGUARD = """
DROP TRIGGER corrections_stay ON stats_adjustment;
DROP TRIGGER counts_stay ON stats_dailycount;
DROP TRIGGER counts_only_grow ON stats_dailycount;
DROP FUNCTION stats_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("stats", "0002_adjustment")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
