"""While the processes are replaced, the code before still writes to the tables of the new version (docs/operate.md)."""

from django.db import connection
from django.db.migrations import AddField, CreateModel, DeleteModel, RemoveField, RenameField, RenameModel
from django.db.migrations.loader import MigrationLoader

OURS = {"portal", "news", "hotlines", "polls", "stats"}
LEAVING = (DeleteModel, RemoveField, RenameField, RenameModel)
# Nobody had installed the portal before these.
BEFORE_THE_FIRST_RELEASE = {
    "hotlines": "0021_defaults_in_the_tables",
    "news": "0052_defaults_in_the_tables",
    "polls": "0013_defaults_in_the_tables",
    "portal": "0091_defaults_in_the_tables",
    "stats": "0003_counts_only_grow",
}


def migrations():
    found = MigrationLoader(None).disk_migrations.items()
    return [(app, name, migration.operations) for (app, name), migration in sorted(found) if app in OURS]


def columns_without_default():
    """(table, column) that an insert has to name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
            "AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO' AND is_generated = 'NEVER'"
        )
        return set(cursor.fetchall())


def added_later():
    """(table, column) of each field that came to a table of an earlier migration."""
    made_by = {
        (app, operation.name_lower): name
        for app, name, operations in migrations()
        for operation in operations
        if isinstance(operation, CreateModel)
    }
    return {
        (f"{app}_{operation.model_name_lower}", operation.field.db_column or column(operation))
        for app, name, operations in migrations()
        for operation in operations
        if isinstance(operation, AddField) and made_by[app, operation.model_name_lower] != name
    }


def column(operation):
    return f"{operation.name}_id" if operation.field.many_to_one or operation.field.one_to_one else operation.name


def test_a_column_that_came_later_has_a_default_in_the_database_or_may_be_empty(db):
    later = added_later()
    assert ("portal_page", "title_en") in later
    assert later & columns_without_default() == set()


def test_nothing_is_renamed_or_removed_in_one_step_after_the_first_release():
    late = [
        f"{app}.{name}: {operation.describe()}"
        for app, name, operations in migrations()
        for operation in operations
        if name > BEFORE_THE_FIRST_RELEASE[app] and isinstance(operation, LEAVING)
    ]
    assert late == [], "first let the code forget it (SeparateDatabaseAndState), drop it one version later by RunSQL"
