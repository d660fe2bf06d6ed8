"""What the four groups may do with pictures, corrections, mistakes, trial calls, holidays, wishes and lost hosts."""

from django.db import migrations

from portal.roles import ADMINISTRATOR, APPROVER, EDITOR, WRITER, give, over

PICTURES = over("news", "picture")
EDITING = [
    *PICTURES,
    *over("news", "correction", may="view"),
    *over("news", "mistake"),
    *over("hotlines", "check", may="add view"),
    *over("hotlines", "formernumber", may="view"),
    *over("hotlines", "holiday"),
    *over("hotlines", "succession", may="add change delete view"),
    *over("polls", "wish", may="change view"),
]
# Corrections stand in public as soon as they are saved.
APPROVAL = over("news", "correction", may="change")
HOUSE = [
    *over("news", "picture", "mistake", may="delete"),
    *over("hotlines", "holiday", may="delete"),
    *over("polls", "wish", may="delete"),
    *over("portal", "distrustedhost", may="add change delete view"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0050_accounts"),
        ("news", "0041_versions_of_covers"),
        ("hotlines", "0010_reliable_directory"),
        ("polls", "0011_rules"),
    ]
    operations = [
        give(
            {
                WRITER: PICTURES,
                EDITOR: EDITING,
                APPROVER: EDITING + APPROVAL,
                ADMINISTRATOR: EDITING + APPROVAL + HOUSE,
            }
        ),
    ]
