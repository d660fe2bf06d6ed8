"""Every way on which HTML gets into the database. Each is given texts, stores one row for each, or refuses it.

`stored()` reads the rows as they stand in the tables, not as a field gives them back.
"""

import json
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from news.models import Article
from portal.legacy.boxes import Boxes
from portal.legacy.page import Page as LegacyPage
from portal.legacy.page import Story
from portal.legacy.storing import store
from portal.lib import versions
from tests.desk import inline
from tests.factories import make_article, make_category


def by_save(texts):
    for text in texts:
        make_article(body=text)


def by_bulk_create(texts):
    Article.objects.bulk_create(Article(title="Bài", category=make_category(), body=text) for text in texts)


def by_update(texts):
    for text in texts:
        Article.objects.filter(pk=make_article().pk).update(body=text)


def by_bulk_update(texts):
    articles = [make_article() for _ in texts]
    for article, text in zip(articles, texts, strict=True):
        article.body = text
    Article.objects.bulk_update(articles, ["body"])


def by_update_or_create(texts):
    for text in texts:
        Article.objects.update_or_create(title="Bài", category=make_category(), defaults={"body": text})


def by_loaddata(texts):
    pk, at = make_category().pk, "2025-01-01T00:00:00Z"
    same = {"title": "Bài", "category": pk, "created_at": at, "updated_at": at}
    rows = [{"model": "news.article", "pk": 10**6 + n, "fields": same | {"body": text}} for n, text in enumerate(texts)]
    with TemporaryDirectory() as folder:
        file = Path(folder, "rows.json")
        file.write_text(json.dumps(rows))
        call_command("loaddata", str(file), verbosity=0)


def by_form(texts):
    client, sent = desk(), {"title": "Bài", "category": make_category().pk, "lead": "a", **inline("attachments")}
    for text in texts:
        assert client.post("/quan-tri/news/article/add/", sent | {"body": text}).status_code in {200, 302}


def by_form_of_a_page(texts):
    """Both languages have an editor of their own."""
    client = desk()
    for n, text in enumerate(texts):
        sent = {
            "title": f"Trang {n}",
            "slug": f"trang-{n}",
            "order": 0,
            "title_en": "Page",
            "body": text,
            "body_en": text,
        }
        assert client.post("/quan-tri/portal/page/add/", sent).status_code in {200, 302}


def by_restoring(texts):
    """An old version that was poisoned in its table is put back."""
    user = desk_user()
    table = Article.history.model._meta.db_table
    for text in texts:
        article = make_article()
        version = article.history.first()
        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET body = %s WHERE history_id = %s", [text, version.pk])  # noqa: S608 - our own name
        article.body = "<p>Bản sau</p>"
        article.save()
        version.refresh_from_db()
        versions.restore(article, version, by=user)


def by_import(texts):
    """The importer of the old portal's pages: its texts are plain words."""
    for n, text in enumerate(texts):
        at = timezone.now() - timedelta(days=400, minutes=n)
        story = Story("Bài", at, True, None, "Tin", "Tóm tắt", text.split("\n"), "", "", [])
        store(LegacyPage(story, Boxes(), [], []), source="a.txt")


WAYS = {
    way.__name__: way
    for way in (
        by_save, by_bulk_create, by_update, by_bulk_update, by_update_or_create, by_loaddata, by_form, by_form_of_a_page,
        by_restoring, by_import,
    )
}  # fmt: skip


def stored():
    """All HTML of articles and pages, read past their fields."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT body FROM news_article UNION ALL SELECT body FROM portal_page UNION ALL SELECT body_en FROM portal_page"
        )
        return [text for (text,) in cursor.fetchall()]


def desk_user():
    return User.objects.filter(username="ban-bien-tap").first() or User.objects.create_superuser("ban-bien-tap")


def desk():
    client = Client()
    client.force_login(desk_user())
    return client


def fits(text):
    """Whether PostgreSQL can hold it at all."""
    return "\x00" not in text
