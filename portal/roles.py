"""Rights of the groups that a migration makes: Phóng viên, Biên tập viên, Người duyệt, Quản trị.

A later migration that brings a new kind of thing says `give({"Biên tập viên": ["news.add_picture", …]})`. What an
administrator has changed since is left alone; tests/portal/test_roles.py holds the whole table.
"""

from django.contrib.auth.management import create_permissions
from django.db import migrations

WRITER, EDITOR, APPROVER, ADMINISTRATOR = "Phóng viên", "Biên tập viên", "Người duyệt", "Quản trị"


def over(app, *models, may="add change view"):
    """Names of the rights `may` over `models` of `app`: "news.add_article", …"""
    return [f"{app}.{verb}_{model}" for model in models for verb in may.split()]


def give(rights):
    """The operation of a migration that makes the groups in `rights` and adds to each the rights named."""

    def run(apps, schema_editor):
        group_model, permission_model = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
        _make_permissions(apps, {name.partition(".")[0] for names in rights.values() for name in names})
        known = {
            f"{app}.{code}": pk
            for pk, app, code in permission_model.objects.values_list("pk", "content_type__app_label", "codename")
        }
        for group, names in rights.items():
            group_model.objects.get_or_create(name=group)[0].permissions.add(*(known[name] for name in names))

    return migrations.RunPython(run, migrations.RunPython.noop, elidable=False)


def _make_permissions(apps, labels):
    """Django makes permissions when all migrations are done, which is too late for those who get them here."""
    for label in labels:
        app = apps.get_app_config(label)
        if not hasattr(app, "models_module"):
            app.models_module = True  # the app of a migration has none, and would be passed by
        create_permissions(app, apps=apps, verbosity=0)
