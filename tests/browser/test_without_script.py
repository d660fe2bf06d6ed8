"""Everything but the voice works with script off. (Voting, the tools of an article and the map: see their own files.)"""

import re

import pytest

from tests.browser.conftest import Walk, follow

YESTERDAY = """
from datetime import timedelta
from portal.lib import clock
from stats.models import Adjustment
Adjustment.objects.create(day=clock.local_day() - timedelta(days=1), n=12, reason="thử")
"""


@pytest.fixture(scope="module")
def window(chromium, site):
    window = Walk(chromium, site, java_script_enabled=False, viewport={"width": 360, "height": 800})
    yield window
    window.context.close()


@pytest.fixture
def page(window):
    return window.page


def test_every_page_type_shows_its_content_and_no_button_that_needs_script(window, addresses):
    for name, address in addresses.items():
        if name in {"saved", "503"}:  # have no script at all
            continue
        window.page.goto(address, wait_until="domcontentloaded")
        assert window.page.locator("h1:visible").count() == 1, name
        assert len(window.page.locator("main").inner_text()) > 50, name
        dead = window.page.locator("[data-copy], [data-speak], [data-show], [data-map], [data-all], [role=listbox]")
        assert [one.evaluate("one => one.outerHTML") for one in dead.all() if one.is_visible()] == [], name


def test_the_whole_menu_is_reached(page):
    page.goto("/duong-day-nong/")
    page.locator(".menu-toggle summary").click()
    page.locator(".menu-more summary").first.click()
    follow(page.locator(".menu-below a:visible").first)
    assert page.locator("h1:visible").count() == 1
    assert not page.url.endswith("/duong-day-nong/")


def test_what_was_found_is_filtered_and_turned_over(page):
    page.goto("/tim-kiem/?q=quan")
    page.locator(".filters summary").click()
    page.locator("select[name=loai]").select_option("trang")
    follow(page.locator(".filters button"))
    tags = page.locator("ol.hits .tag").all_text_contents()  # the inner text of what is far below is not laid out yet
    assert {tag.strip() for tag in tags} == {"Trang"}
    page.goto("/tim-kiem/?q=quan")
    first = page.locator("ol.hits a").first.get_attribute("href")
    follow(page.locator(".paging a[rel=next]"))
    assert "q=quan" in page.url and "page=2" in page.url
    assert page.locator("ol.hits a").first.get_attribute("href") != first


def test_the_list_of_news_has_pages(page):
    page.goto("/tin-tuc/")
    title = page.locator("main h2 a").first
    first = title.text_content()
    for way, number in [("next", 2), ("prev", 1)]:
        link = page.locator(f".paging a[rel={way}]")
        link.scroll_into_view_if_needed()  # what is far below takes its true height as one comes near
        follow(link)
        assert page.url.endswith(f"/tin-tuc/?page={number}")
        assert (title.text_content() == first) == (number == 1)


def test_the_table_of_contents_leads_to_its_heading(page):
    page.goto("/gioi-thieu/huong-dan-su-dung/")
    entry = page.locator(".contents a").last
    entry.click()
    assert page.locator("h2:target").inner_text() == entry.inner_text()
    assert 0 <= page.locator("h2:target").bounding_box()["y"] < 800


def test_charts_are_tables_too(page, site):
    site.manage("shell", "-v0", "-c", YESTERDAY)
    table = page.locator("main table.count-table").first
    for address, n in [("/thong-ke/", "12"), ("/binh-chon/2/ket-qua/", None)]:
        # One process of the server may know it a beat before the other: whoever gives the page must have it.
        site.until(lambda address=address: page.goto(address).ok and table.count())
        assert not table.is_visible()
        page.locator("main details summary").last.click()
        assert re.fullmatch(r"\d\d/\d\d/\d{4}", table.locator("tbody th").first.inner_text())
        assert n is None or table.locator("tbody td").first.inner_text() == n


def test_english_is_one_link_away_and_its_directory_is_searched(page):
    page.goto("/duong-day-nong/")
    follow(page.locator("a.language"))
    assert page.url.endswith("/en/hotlines/")
    every = page.locator("main .office").count()
    page.locator("#finder-q").fill("khuong")
    follow(page.locator("#finder-q"), "Enter")
    assert 0 < page.locator("main .office").count() < every
    assert "found" in page.locator("[data-found]").inner_text()


def test_who_has_voted_says_what_is_missing(page):
    page.goto("/binh-chon/1/")
    page.locator("main label").last.click()
    follow(page.locator("main form[method=post] button").first)
    page.locator("textarea[name=text]").fill("Lịch tiếp dân")
    follow(page.locator("form.wish button"))
    assert "đã nhận được ý kiến" in page.locator("main").inner_text()
