"""The directory in a real browser: filtered as one types, by keyboard, at 320 px; the sheet on one page."""

import re

import pytest


def visible(page):
    return page.locator("main .office:visible").count()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
@pytest.mark.parametrize(
    ("query", "number"), [("ha dinh", "024.62933647, máy lẻ 12"), ("0868 216 873", "0868216873"), ("BẢO VỆ TRẺ", "111")]
)
def test_a_number_is_found_without_accents(walk, script, query, number):
    window = walk(java_script_enabled=script, viewport={"width": 320, "height": 800})
    page = window.page
    page.goto("/duong-day-nong/")
    all_of_them = visible(page)
    page.locator("#finder-q").fill(query)
    if not script:
        page.locator("#finder-q").press("Enter")
    page.locator("[data-found]", has_text="số phù hợp").wait_for()
    assert 0 < visible(page) < all_of_them
    assert number in page.locator("main .office:visible .number:visible a").first.text_content()
    assert "số phù hợp" in page.locator("[data-found]").inner_text()
    assert page.url.endswith("/duong-day-nong/") is script


@pytest.mark.thorough
def test_script_and_server_find_the_same(walk):
    here = walk().page
    here.goto("/duong-day-nong/")
    ward = "Tiếp công dân của phường"
    for query, purpose in [
        ("phuong", ""),
        ("62933647", ""),
        ("y te", ""),
        ("viec lam", ""),
        ("xuan bac", ward),
        ("zzz", ""),
    ]:
        here.locator("#finder-q").fill(query)
        here.locator("#finder-muc").select_option(purpose)
        shown = here.locator("main .office:visible h2").all_inner_texts()
        said = here.locator("[data-found]").inner_text()
        there = walk(java_script_enabled=False).page
        there.goto(f"/duong-day-nong/tim/?q={query}&muc={purpose}")
        assert there.locator("main .office h2").all_inner_texts() == shown, query
        assert there.locator("[data-found]").inner_text().startswith(said)


def test_the_filter_passes_by_keyboard_and_axe(walk):
    window = walk(viewport={"width": 320, "height": 800})
    page = window.page
    page.goto("/duong-day-nong/")
    page.locator("#finder-q").focus()
    page.keyboard.type("kim giang")
    page.keyboard.press("Enter")  # stays here
    assert page.url.endswith("/duong-day-nong/")
    for _ in range(3):  # purpose, button, first number
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "tel:+842462933647"
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate("document.activeElement.getBoundingClientRect().height") >= 44
    assert window.axe() == []
    page.locator("#finder-q").fill("zzz")
    assert "Không có số nào phù hợp" in page.locator("[data-found]").inner_text()
    assert window.axe() == []
    page.goto("/duong-day-nong/tim/?q=phuong")
    assert (window.axe(), window.errors, window.foreign) == ([], [], [])


def test_the_sheet_is_one_page_of_a4(walk):
    window = walk()
    window.page.goto("/duong-day-nong/ban-in/")
    assert window.axe() == []
    assert len(re.findall(rb"/Type\s*/Page[^s]", window.page.pdf(format="A4"))) == 1
