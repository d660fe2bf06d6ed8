"""What a run of the tests leaves behind: no rows, no folders."""

import os
import subprocess
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection

from news.models import Article
from portal.testrunner import forget_killed_runs
from tests import prepared
from tests.factories import make_article


@pytest.mark.django_db(transaction=True)
def test_emptied_tables_hold_nothing_but_types_and_rights_and_keep_their_rules():
    User.objects.create_user("a").groups.add(Group.objects.create(name="Nhóm"))
    article = make_article()
    kept = Permission.objects.count(), ContentType.objects.count()
    prepared.empty_tables(SimpleNamespace(_databases_names=lambda include_mirrors: ["default"]))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > 0 AND relnamespace = 'public'::regnamespace"
        )
        assert {name for (name,) in cursor.fetchall()} == {
            "django_migrations",
            "django_content_type",
            "auth_permission",
        }
    assert (Permission.objects.count(), ContentType.objects.count()) == kept
    with pytest.raises(IntegrityError):
        Article.objects.create(title="Bài", category_id=article.category_id)


def test_folders_of_processes_that_were_killed_are_taken_away_by_the_next_run(tmp_path):
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    names = [f"portal-test-{number}-x" for number in (gone.pid, os.getpid(), "mine")]
    for name in names:
        (tmp_path / name / "media").mkdir(parents=True)
    forget_killed_runs(tmp_path)
    assert sorted(folder.name for folder in tmp_path.iterdir()) == sorted(names[1:])
