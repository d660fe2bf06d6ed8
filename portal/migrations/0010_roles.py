"""The audit log as a list, and the four groups of a newsroom with what each may do."""

import django.contrib.admin.models
from django.db import migrations

from portal.roles import ADMINISTRATOR, APPROVER, EDITOR, WRITER, give, over

ALL = "add change delete view"
ARTICLES = over("news", "article", may=ALL)
OWN_ARTICLES = over("news", "article", may="add delete view")
CONTENT = [
    *ARTICLES,
    *over("news", "category", may="view"),
    *over("hotlines", "office", "hotline"),
    *over("polls", "poll", "option", may="view"),
    *over("portal", "alert", "banner", "page", "relatedlink"),
    *over("portal", "menuitem", may="view"),
    *over("stats", "dailycount", may="view"),
]
APPROVAL = ["news.publish_article", *over("polls", "poll", "option", may="add change"), *over("portal", "menuitem", may="add change")]
HOUSE = [
    *over("news", "category", may="add change delete"),
    *over("hotlines", "office", "hotline", may="delete"),
    *over("polls", "poll", "option", may="delete"),
    *over("portal", "alert", "banner", "page", "relatedlink", "menuitem", may="delete"),
    *over("portal", "siteprofile"),
    *over("stats", "adjustment", may="add view"),
    *over("stats", "openingbalance"),
    *over("auth", "user", may=ALL),
    *over("auth", "group", may="view"),
    *over("admin", "logentry", may="view"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0004_audit_is_append_only"),
        ("news", "0010_workflow"),
        ("hotlines", "0001_initial"),
        ("polls", "0003_moments_within_time"),
        ("stats", "0003_counts_only_grow"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [
        migrations.CreateModel(
            name="AuditLine",
            fields=[],
            options={
                "verbose_name": "audit line",
                "verbose_name_plural": "audit log",
                "ordering": ["-action_time", "-pk"],
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("admin.logentry",),
            managers=[("objects", django.contrib.admin.models.LogEntryManager())],
        ),
        give(
            {
                WRITER: OWN_ARTICLES,
                EDITOR: CONTENT,
                APPROVER: CONTENT + APPROVAL,
                ADMINISTRATOR: CONTENT + APPROVAL + HOUSE,
            }
        ),
    ]
