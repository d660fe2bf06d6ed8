"""The audit log: written beside the act, never changed afterwards."""

import json
import re
from pathlib import Path

import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError, ProgrammingError, connection, transaction

from portal.lib import audit
from tests import factories


def test_a_line_says_who_did_what_to_which_thing_and_why(db, admin_user):
    article = factories.make_article(title="Chi trả quà Tết")
    line = audit.record("Returned", article, by=admin_user, before="waiting", after="returned", reason="Thiếu số liệu")
    assert (line.user, line.object_id, line.object_repr) == (admin_user, str(article.pk), "Chi trả quà Tết")
    said = {"verb": "Returned", "before": "waiting", "after": "returned", "reason": "Thiếu số liệu"}
    assert json.loads(line.change_message) == said


def test_what_the_portal_did_by_itself_stands_under_an_account_nobody_can_use(db, client):
    line = audit.record("Secret destroyed", None, by=None)
    assert (line.user.is_active, line.user.has_usable_password(), line.object_id) == (False, False, None)


@pytest.mark.parametrize("change", [lambda lines: lines.update(object_repr="x"), lambda lines: lines.delete()])
def test_the_database_lets_nobody_change_or_delete_a_line(db, admin_user, change):
    audit.record("Published", None, by=admin_user)
    with pytest.raises(IntegrityError), transaction.atomic():
        change(LogEntry.objects.filter(user=admin_user))
    assert LogEntry.objects.get().object_repr == ""


def test_a_role_as_the_readme_makes_it_can_only_add(db, admin_user):
    readme = (Path(__file__).resolve().parents[2] / "README.md").read_text()
    commands = re.search(r"`(ALTER TABLE django_admin_log OWNER.*?)`", readme, re.DOTALL)[1]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE ROLE audit_owner; CREATE ROLE audit_portal; GRANT USAGE ON SCHEMA public TO audit_portal"
        )
        cursor.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO audit_portal")
        cursor.execute(commands.replace("<chủ>", "audit_owner").replace("<vai trò của cổng>", "audit_portal"))
        cursor.execute("SET LOCAL ROLE audit_portal")
        line = audit.record("Published", None, by=admin_user)
        for forbidden in (
            "UPDATE django_admin_log SET object_repr = 'x'",
            "DELETE FROM django_admin_log",
            "TRUNCATE django_admin_log",
            "ALTER TABLE django_admin_log DISABLE TRIGGER audit_stays",
        ):
            with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), transaction.atomic():
                cursor.execute(forbidden)
        assert list(LogEntry.objects.all()) == [line]
        cursor.execute("RESET ROLE")
