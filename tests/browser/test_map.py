"""The map in a real browser: with script and without, by keyboard, light and small, strict and on its own."""

import pytest

from portal.lib import text
from tests.browser.conftest import follow

ADMINISTRATOR = """
from django.contrib.auth.models import User
User.objects.filter(username="map").delete()
User.objects.create_superuser("map", "", "a-map-is-drawn")
"""
PINS = ".live-map .map-pin"
POPUP = ".leaflet-popup"
# The points that another one hides although they have the focus; all are pushed onto one spot first.
COVERED = """() => [...document.querySelectorAll(".live-map .map-pin")].map((pin, _, all) => {
  all.forEach(one => { one.style.transform = all[2].style.transform });
  pin.focus({focusVisible: true});
  const box = pin.getBoundingClientRect();
  const seen = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return pin.contains(seen) ? null : pin.ariaLabel;
}).filter(Boolean)"""


@pytest.fixture
def window(walk):
    window = walk(viewport={"width": 1280, "height": 900})
    window.sizes = []
    window.page.on("requestfinished", lambda request: window.sizes.append(request.sizes()["responseBodySize"]))
    window.page.goto("/ban-do/")
    window.page.locator(PINS).first.wait_for()
    return window


@pytest.fixture
def page(window):
    return window.page


def names(page):
    return page.locator("[data-place]:visible h2").all_text_contents()


def focused(page, expression="textContent"):
    return page.evaluate(f"document.activeElement.{expression}")


def test_the_page_with_its_map_weighs_less_than_200_kb_and_asks_nobody_else(window):
    window.page.wait_for_load_state("networkidle")
    assert len(window.sizes) > 10
    assert sum(window.sizes) < 200_000
    assert window.foreign == []
    assert window.errors == []  # the strict policy refuses nothing that Leaflet does


@pytest.mark.thorough
def test_axe_finds_nothing_with_an_open_popup_by_day_and_by_night(window):
    window.page.locator(PINS).first.press("Enter")
    window.page.locator(POPUP).wait_for()
    for width, scheme in ((1280, "light"), (1280, "dark"), (320, "light")):
        window.page.set_viewport_size({"width": width, "height": 800})
        window.page.emulate_media(color_scheme=scheme)
        assert window.page.evaluate("document.documentElement.scrollWidth") <= width
        assert window.axe() == []


@pytest.mark.parametrize("key", ["Enter", pytest.param(" ", marks=pytest.mark.thorough)])
def test_a_point_opens_by_key_closes_with_escape_and_the_focus_comes_back(page, key):
    pin = page.locator(PINS).nth(2)
    label = pin.get_attribute("aria-label")
    pin.press(key)
    assert page.locator(POPUP).get_attribute("aria-label") == label
    assert focused(page, "getAttribute('role')") == "dialog"
    assert page.locator(f"{POPUP} a[href^='tel:']").count() >= 1
    assert "vị trí gần đúng" in page.locator(POPUP).text_content()
    assert page.locator(f"{POPUP} a[href*='directions?to=']").count() == 1
    assert page.locator(f"{POPUP} .leaflet-popup-close-button").get_attribute("aria-label") == "Đóng"
    page.keyboard.press("Escape")
    page.locator(POPUP).wait_for(state="detached")
    assert focused(page, "getAttribute('aria-label')") == label
    assert page.evaluate(COVERED) == []


@pytest.mark.thorough
def test_the_list_leads_to_the_map_and_the_map_to_the_list(page):
    place = page.locator("[data-place]").nth(3)
    name = place.locator("h2").text_content()
    button = place.locator("[data-show]")
    button.press("Enter")
    assert page.locator(f"{POPUP} h2").text_content() == name
    page.keyboard.press("Escape")
    page.locator(POPUP).wait_for(state="detached")
    assert focused(page) == button.text_content()
    button.click()
    page.locator(POPUP).get_by_text("Xem trong danh sách").click()
    assert page.evaluate("document.querySelector(':target h2').textContent") == name


def test_typing_filters_the_list_and_the_map_alike_and_says_how_many_there_are(page):
    page.locator("#map-q").press_sequentially("khuong")
    found = names(page)
    assert len(found) >= 2
    assert all("khuong" in text.fold(name) for name in found)
    assert page.locator(PINS).count() == len(found)
    assert (
        page.locator("[data-found]").text_content()
        == f"{len(found)} trong {page.locator('[data-place]').count()} cơ quan"
    )
    assert page.url.endswith("/ban-do/?q=khuong")
    page.locator("#map-kind").select_option("authority")
    assert (names(page), page.locator(PINS).count()) == ([], 0)
    page.locator("[data-all]").click()
    page.locator(PINS).first.wait_for()
    assert len(names(page)) == page.locator(PINS).count() == page.locator("[data-place]").count()


@pytest.mark.thorough
def test_the_script_finds_what_the_server_finds(page, walk):
    plain = walk(java_script_enabled=False).page
    plain.goto("/ban-do/")
    for query in ("Đình", "thanh xuan", "024 6293 3647", "phường 999", "hoà", "tiep cong dan"):
        for window in (page, plain):
            window.locator("#map-q").fill(query)
        follow(plain.locator("#map-q"), "Enter")
        assert names(page) == names(plain)


def test_without_script_the_drawing_and_the_list_stand(walk):
    page = walk(java_script_enabled=False, viewport={"width": 320, "height": 800}).page
    page.goto("/ban-do/?loai=ward")
    assert page.locator("svg.map").is_visible()
    assert page.locator("svg.map a:visible").count() == len(names(page)) == 11
    assert page.locator("[data-map]").is_hidden()
    assert page.locator("[data-show]:visible").count() == 0
    assert page.locator("[data-place]:visible a[href^='tel:']").count() >= 11


def test_when_the_points_do_not_come_the_drawing_stays(walk):
    window = walk()
    window.page.route("**/ban-do.geojson", lambda route: route.fulfill(status=503))
    with window.page.expect_response("**/ban-do.geojson"):
        window.page.goto("/ban-do/")
    assert window.page.locator("svg.map").is_visible()
    assert window.page.locator("[data-map]").is_hidden()


@pytest.mark.thorough
def test_paper_gets_the_list_and_the_drawing(page):
    page.locator("#map-q").fill("khuong")
    page.emulate_media(media="print")
    assert page.locator("svg.map").is_visible()
    assert page.locator("[data-map]").is_hidden()
    assert page.locator("[data-map-form]").is_hidden()
    assert page.locator("svg.map a:visible").count() == len(names(page)) == 3
    assert page.locator("[data-place]:visible a[href^='tel:']").first.is_visible()


@pytest.mark.thorough
def test_who_wants_no_motion_gets_none(walk):
    page = walk(reduced_motion="reduce").page
    page.goto("/ban-do/")
    page.locator(PINS).first.wait_for()
    assert page.locator(".live-map.leaflet-fade-anim").count() == 0
    assert page.locator(".live-map .leaflet-zoom-anim").count() == 0


# --- The editor's map -----------------------------------------------------------------------------------------------
@pytest.fixture
def desk(walk, site):
    """The form of the first ward, opened by an administrator."""
    site.manage("shell", "-v0", "-c", ADMINISTRATOR)
    window = walk(viewport={"width": 1280, "height": 1000})
    page = window.page
    page.goto("/quan-tri/login/?next=/quan-tri/hotlines/office/")
    page.locator("#id_username").fill("map")
    page.locator("#id_password").fill("a-map-is-drawn")
    follow(page.locator("#id_password"), "Enter")
    follow(page.locator("#result_list th a", has_text="phường").first)
    page.locator(".pick-map .map-pin-own").wait_for()
    return window


def numbers(page):
    return page.locator("#id_lat").input_value(), page.locator("#id_lng").input_value()


def test_a_click_places_the_office_and_the_arrow_keys_move_it(desk):
    page = desk.page
    before = numbers(page)
    page.locator(".pick-map").click(position={"x": 700, "y": 60})
    clicked = numbers(page)
    assert clicked[0] > before[0] and clicked[1] > before[1]
    page.locator(".map-pin-own").press("ArrowLeft")
    moved = numbers(page)
    assert (moved[0], moved[1] < clicked[1]) == (clicked[0], True)
    page.locator("#id_lat").fill("21.00000")
    page.locator("#id_lat").press("Tab")
    page.locator(".map-pin-own").press("Shift+ArrowUp")
    assert float(numbers(page)[0]) > 21
    page.locator("button", has_text="Bỏ điểm").click()
    assert numbers(page) == ("", "")
    assert page.locator(".map-pin-own").count() == 0
    page.locator(".pick-map").click(position={"x": 300, "y": 200})
    placed = numbers(page)
    follow(page.locator("input[name=_continue]"))
    page.locator(".messagelist .success").wait_for()
    assert numbers(page) == placed
    assert (desk.foreign, desk.errors) == ([], [])
    assert [fault for fault in desk.axe() if "map" in str(fault)] == []
