"""Every page type in a real browser: accessible, narrow, strict, on its own."""

import pytest

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


def address(page, name):
    """The address of a page type; those with a number are found as a reader finds them."""
    if PAGES[name]:
        return PAGES[name]
    page.goto("/")
    article = page.locator("main article a, main h2 a, main h3 a").first.get_attribute("href")
    ballot = page.locator("form[data-poll]").get_attribute("action")
    return {"article": article, "print": f"{article}ban-in/", "ballot": ballot, "results": f"{ballot}ket-qua/"}[name]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    ("width", "scheme"), [(360, "light"), (1280, "light"), (1280, "dark")], ids=["phone", "desk", "dark desk"]
)
def test_axe_finds_nothing_serious(walk, name, width, scheme):
    window = walk(viewport={"width": width, "height": 900}, color_scheme=scheme)
    window.page.goto(address(window.page, name))
    assert window.axe() == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_320_pixels_and_asks_nobody_else(walk, name):
    window = walk(viewport={"width": 320, "height": 700})
    path = address(window.page, name)
    window.errors.clear()
    window.page.goto(path, wait_until="networkidle")
    assert window.page.evaluate("document.documentElement.scrollWidth") <= 320
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
    page.locator("header input[name=q]").fill("an sinh xa hoi")
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
