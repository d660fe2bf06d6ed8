"""What stands in the audit log stays: the database refuses to change or delete its rows, whoever asks."""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION portal_audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit log is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE ON django_admin_log
FOR EACH ROW EXECUTE FUNCTION portal_audit_stays();
"""
EDITABLE = "DROP TRIGGER audit_stays ON django_admin_log; DROP FUNCTION portal_audit_stays();"


class Migration(migrations.Migration):
    dependencies = [("portal", "0003_moments_and_plain_paths"), ("admin", "0003_logentry_add_action_flag_choices")]
    operations = [migrations.RunSQL(APPEND_ONLY, EDITABLE)]
