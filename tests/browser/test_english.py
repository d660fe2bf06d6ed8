"""English in a real browser: there and back by keyboard, the filter, the map, nothing that axe would find."""

import pytest


def test_a_reader_goes_to_english_and_comes_back_to_the_same_page(walk):
    window = walk(viewport={"width": 320, "height": 800})
    page = window.page
    page.goto("/gioi-thieu/lien-he/")
    page.locator("a.language").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/gioi-thieu/lien-he/")
    assert page.locator("h1").inner_text() == "Contact"
    assert (window.axe(), page.evaluate("document.documentElement.scrollWidth") <= 320) == ([], True)
    page.locator("a.language").click()
    page.wait_for_url(lambda url: not url.endswith("/en/gioi-thieu/lien-he/"))
    assert page.url.endswith("/gioi-thieu/lien-he/")
    page.goto("/en/gioi-thieu/lich-su-hinh-thanh/")
    assert page.locator(".prose").get_attribute("lang") == "vi"
    assert (window.axe(), window.foreign, window.errors) == ([], [], [])


@pytest.mark.thorough
def test_script_and_server_find_the_same_in_english(walk):
    here, there = walk().page, walk(java_script_enabled=False).page
    here.goto("/en/hotlines/")
    for query, purpose in [
        ("ward", ""),
        ("health", ""),
        ("", "Food safety"),
        ("khuong", "Reception of citizens of the ward"),
    ]:
        here.locator("#finder-q").fill(query)
        here.locator("#finder-muc").select_option(purpose)
        there.goto(f"/en/hotlines/find/?q={query}&muc={purpose}")
        shown = here.locator("main .office:visible h2").all_inner_texts()
        assert shown == there.locator("main .office h2").all_inner_texts() != []
    assert "numbers found" in here.locator("[data-found]").inner_text()


@pytest.mark.thorough
def test_a_point_of_the_english_map_opens_in_english(walk):
    window = walk()
    window.page.goto("/en/map/")
    window.page.locator(".live-map .map-pin").nth(1).press("Enter")
    popup = window.page.locator(".leaflet-popup")
    assert "Ward People's Committee" in popup.get_attribute("aria-label")
    assert "Mon–Fri" in popup.inner_text() and "The way there" in popup.inner_text()
    assert (window.axe(), window.errors) == ([], [])
