"""Every page type in a real browser: accessible, narrow, strict, on its own."""

import pytest

from tests.browser.conftest import Walk

PAGES = {
    "home": "/",
    "news": "/tin-tuc/",
    "category": "/tin-tuc/van-hoa-xa-hoi/",
    "article": None,
    "print": None,
    "page": "/gioi-thieu/",
    "directory": "/duong-day-nong/",
    "map": "/ban-do/",
    "polls": "/binh-chon/",
    "ballot": None,
    "results": None,
    "statistics": "/thong-ke/",
    "search": "/tim-kiem/?q=an+sinh",
    "empty search": "/tim-kiem/?q=zzzzz",
    "site map": "/so-do-trang/",
    "404": "/khong-co/",
}


VIEWS = [(320, "light"), (360, "light"), (1280, "light"), (1280, "dark")]


@pytest.fixture(scope="module")
def addresses(chromium, site):
    """The address of each page type; those with a number are found as a reader finds them."""
    window = Walk(chromium, site)
    window.page.goto("/")
    article = window.page.locator("main h2 a, main h3 a").first.get_attribute("href")
    ballot = window.page.locator("form[data-poll]").get_attribute("action")
    window.context.close()
    numbered = {"article": article, "print": f"{article}ban-in/", "ballot": ballot, "results": f"{ballot}ket-qua/"}
    return {**PAGES, **numbered}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_narrow_and_on_its_own(walk, addresses, name):
    """axe finds nothing serious, on the phone and at the desk, by day and by night; 320 px are enough; nobody else is asked."""
    window = walk()
    window.page.goto(addresses[name])
    for width, scheme in VIEWS:
        window.page.set_viewport_size({"width": width, "height": 800})
        window.page.emulate_media(color_scheme=scheme)
        assert window.page.evaluate("document.documentElement.scrollWidth") <= width
        if width != 320:
            assert window.axe() == []
    assert window.foreign == []
    assert [error for error in window.errors if "404" not in error] == []
    cookies = {cookie["name"] for cookie in window.context.cookies()}
    assert cookies == ({"nguoi-binh-chon", "csrftoken"} if name == "ballot" else set())


def test_the_first_tab_leads_to_the_content(walk):
    page = walk().page
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_reader_finds_an_article_by_search(walk, script):
    page = walk(java_script_enabled=script, viewport={"width": 360, "height": 800}).page
    page.goto("/")
    page.locator("header input[name=q]").fill("hoa giai o co so")
    page.locator("header input[name=q]").press("Enter")
    page.locator("main ol.hits a").first.click()
    assert page.locator("h1").count() == 1
    assert "/tin-tuc/" in page.url


def test_the_menu_opens_without_script(walk):
    page = walk(java_script_enabled=False, viewport={"width": 360, "height": 800}).page
    page.goto("/")
    page.locator("header summary").first.click()
    assert page.locator("header nav a[href='/duong-day-nong/']").first.is_visible()


def test_a_number_is_dialled_from_the_box(walk):
    page = walk(viewport={"width": 360, "height": 800}).page
    page.goto("/")
    assert page.locator("aside a[href^='tel:']").first.get_attribute("href") == "tel:+842462933647"
