"""Tables that leave the building: no cell is run by a spreadsheet, and feeds hold what XML may hold."""

import csv
import io
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from openpyxl import load_workbook

from portal.lib import sheet
from tests.factories import make_article, make_category, make_profile

ROOT = Path(__file__).resolve().parents[2]
RUN = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    "=cmd|' /C calc'!A0",
    " =1",
    "\u00a0=1",
    "\ufeff=1",
]


@pytest.mark.parametrize("text", RUN)
def test_no_cell_can_be_run(text):
    body = sheet.csv_response("a", [[text, 5, -5, None, "thường"]]).content.decode().removeprefix("\ufeff")
    row = next(csv.reader(io.StringIO(body, newline="")))
    assert row[0] == f"'{text}"
    assert row[1:] == ["5", "-5", "", "thường"]
    book = load_workbook(io.BytesIO(sheet.xlsx_response("a", "A", [["đầu"], [text, 5, -5]]).content))
    first, *numbers = book["A"][2]
    assert (first.data_type, first.value[0], [n.value for n in numbers]) == ("s", "'", [5, -5])


def test_only_one_module_writes_tables():
    writers = ("csv.writer", "csv.DictWriter", "Workbook(")
    found = {
        str(path.relative_to(ROOT))
        for app in ("portal", "news", "hotlines", "polls", "stats")
        for path in (ROOT / app).rglob("*.py")
        if any(writer in path.read_text() for writer in writers)
    }
    assert found == {"portal/lib/sheet.py"}


def test_a_package_that_exports_escapes_formulas():
    if apps.is_installed("import_export"):
        assert settings.IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT is True


@pytest.mark.django_db
def test_feeds_and_the_map_of_the_site_hold_no_control_characters_even_from_poisoned_rows(client):
    make_profile()
    article = make_article(category=make_category(name="Y tế"))
    bad = "a\x0b\x1b\x02]]>\ufffe</script><b>&amp;"
    with connection.cursor() as cursor:
        cursor.execute("UPDATE news_article SET title = %s, lead = %s", [bad, bad])
        cursor.execute("UPDATE news_category SET name = %s", [bad])
        cursor.execute("UPDATE portal_siteprofile SET name = %s", [bad])
    for address in ("/rss/", f"{article.category.get_absolute_url()}rss/", "/sitemap.xml", "/sitemap-articles-1.xml"):
        content = client.get(address).content
        ElementTree.fromstring(content)
        assert b"</script>" not in content
