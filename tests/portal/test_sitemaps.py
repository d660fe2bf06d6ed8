"""What search engines find, what feeds and files answer to, and what a page says of the pages above it."""

import re

import pytest

from portal import sitemaps
from tests.factories import make_article, make_category, make_page

pytestmark = pytest.mark.django_db


def locations(reader, address):
    response = reader.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "application/xml")
    return [loc.removeprefix("http://testserver") for loc in re.findall("<loc>(.*?)</loc>", response.content.decode())]


def test_every_public_thing_is_listed_once_in_some_file(reader, beat, monkeypatch):
    monkeypatch.setattr(sitemaps.Articles, "limit", 2)
    category = make_category()
    articles = [make_article(category=category) for _ in range(5)]
    page, hidden = make_page(), make_page(is_public=False)
    beat()  # from here on pages are remembered
    files = locations(reader, "/sitemap.xml")
    found = [place for file in files for place in locations(reader, file)]
    assert len([file for file in files if file.startswith("/sitemap-articles-")]) == 3
    assert len(found) == len(set(found))
    assert {thing.get_absolute_url() for thing in (*articles, category, page)} <= set(found)
    assert hidden.get_absolute_url() not in found


@pytest.mark.parametrize("name", ["articles-2", "articles-0", "articles-01", "articles-999999", "users-1", "articles"])
def test_a_file_that_the_index_does_not_list_is_not_there(reader, name):
    assert reader.get(f"/sitemap-{name}.xml").status_code == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE", "OPTIONS", "POST"])
@pytest.mark.parametrize(
    "address", ["/rss/", "/tin-tuc/y-te/rss/", "/sitemap.xml", "/sitemap-articles-1.xml", "/media/images/a.jpg"]
)
def test_files_are_only_read(reader, method, address):
    make_category(name="Y tế")
    assert reader.generic(method, address).status_code == 405


def test_a_hidden_page_is_not_named_above_a_public_one(reader):
    top = make_page(title="Giới thiệu")
    child = make_page(title="Lịch sử", parent=make_page(title="Chưa công bố", parent=top, is_public=False))
    content = reader.get(child.get_absolute_url()).content.decode()
    assert "Chưa công bố" not in content
    assert f'href="{top.get_absolute_url()}"' in content
