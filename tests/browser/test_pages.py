"""Every page type in a real browser: accessible, narrow, strict, on its own."""

from datetime import date
from pathlib import Path

import pytest

from bench.face import PAGES
from tests.browser.conftest import Walk, follow

PHONE, DESK = [(320, "light"), (360, "light")], [(1280, "light"), (1280, "dark")]
VIEWS = pytest.mark.parametrize(
    "views", [pytest.param(PHONE, id="phone"), pytest.param(DESK, marks=pytest.mark.thorough, id="desk, day and night")]
)


def show(window, name, address):
    """Opens a page type as a reader sees it: the kept file, and the page that the web server gives out, from their files."""
    if name in {"saved", "503"}:
        outage = Path(window.site.environment["STATIC_ROOT"], "503.html")
        kept = outage.read_text() if name == "503" else window.site.get(address)[2]
        address = "/from-a-file/"
        window.page.route(
            f"**{address}", lambda route: route.fulfill(body=kept, content_type="text/html; charset=utf-8")
        )
    window.page.goto(address)


@pytest.fixture(scope="module")
def one_window(chromium, site):
    """For all page types: opening a window takes longer than showing a page."""
    window = Walk(chromium, site)
    yield window
    window.context.close()


@VIEWS
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_narrow_and_on_its_own(one_window, addresses, name, views):
    """axe finds nothing serious, on the phone and at the desk, by day and by night; 320 px are enough; nobody else is asked."""
    window = one_window
    window.page.goto("about:blank")
    window.context.clear_cookies()
    window.page.set_viewport_size({"width": 1280, "height": 720})
    window.page.emulate_media(color_scheme="light")
    window.foreign.clear()
    window.errors.clear()
    show(window, name, addresses.get(name))
    for width, scheme in views:  # 320 px are 1280 px at 400 %
        window.page.set_viewport_size({"width": width, "height": 800})
        window.page.emulate_media(color_scheme=scheme)
        assert window.page.evaluate("document.documentElement.scrollWidth") <= width
        if width != 320:
            assert window.axe() == []
    assert window.foreign == []
    assert [error for error in window.errors if "404" not in error and "410" not in error] == []
    cookies = {cookie["name"] for cookie in window.context.cookies()}
    forms = {"poll": {"nguoi-binh-chon", "csrftoken"}, "login": {"csrftoken"}}
    assert cookies == forms.get(name, set())


# Each key tells what had the focus before it, when the page has moved to it already.
WATCH = """() => {
    window.held = new Map();
    addEventListener("keydown", () => {
        const one = document.activeElement, box = one.getBoundingClientRect(), style = getComputedStyle(one);
        const seen = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
        held.set(one, seen && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
    }, true);
}"""
PASSED = """() => {
    held.delete(document.body);
    const words = (one) => `${one.tagName} ${one.className} ${one.textContent.trim().slice(0, 40)}`;
    const all = document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']");
    const radios = (one) => one.type === "radio" && [...held.keys()].some((other) => other.name === one.name);
    return {
        missed: [...all].filter((one) => one.checkVisibility() && !held.has(one) && !radios(one)).map(words),
        unseen: [...held].filter(([, seen]) => !seen).map(([one]) => words(one)),
    };
}"""


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in {"home", "directory"} else pytest.mark.thorough) for name in PAGES]
)
def test_the_keyboard_reaches_everything_at_400_percent_and_sees_it(walk, addresses, name):
    """320 by 256 px are 1280 by 1024 at 400 %. Each link, button and box is reached, in view, and outlined."""
    window = walk(viewport={"width": 320, "height": 256})
    show(window, name, addresses.get(name))
    window.page.evaluate(WATCH)
    for _ in range(20):
        for _ in range(25):
            window.page.keyboard.press("Tab")
        passed = window.page.evaluate(PASSED)
        if not passed["missed"]:
            break
    assert passed == {"missed": [], "unseen": []}


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
    follow(page.locator("header input[name=q]"), "Enter")
    follow(page.locator("main ol.hits a").first)
    assert page.locator("h1").count() == 1
    assert "/tin-tuc/" in page.url


def test_the_menu_opens_without_script(walk):
    page = walk(java_script_enabled=False, viewport={"width": 360, "height": 800}).page
    page.goto("/")
    page.locator("header .menu-toggle summary").first.click()
    assert page.locator("header nav a[href='/duong-day-nong/']").first.is_visible()


def test_without_script_the_reader_chooses_size_and_contrast_and_finds_every_tool_but_the_voice(walk, addresses):
    page = walk(java_script_enabled=False, viewport={"width": 360, "height": 800}).page
    page.goto(addresses["article"])
    tools = page.locator(".tools > :visible")
    assert [words.strip() for words in tools.all_inner_texts()] == ["In", "Lưu", "Chia sẻ"]
    page.locator(".tools summary").click()
    assert page.locator(".share a:visible").all_inner_texts() == ["Facebook", "Zalo", "Thư điện tử"]
    text = page.locator(".prose p").first
    before = text.bounding_box()["height"]
    page.locator(".display summary").click()
    page.locator("label:has(#size-3)").click()
    assert text.bounding_box()["height"] > before * 1.3
    page.locator("label:has(#contrast)").click()
    assert page.locator("body").evaluate("b => getComputedStyle(b.parentElement).backgroundColor") == "rgb(0, 0, 0)"
    with page.expect_download() as saved:
        page.locator(".tools a[download]").click()
    assert saved.value.suggested_filename.endswith(".html")


FONTS = """() => [...new Set([...document.querySelectorAll("body *")]
    .filter((one) => [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()))
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().top < innerHeight)
    .map((one) => getComputedStyle(one))
    .map((style) => `${Math.round(parseFloat(style.fontSize))} ${style.fontWeight}`))].sort()"""


@pytest.mark.parametrize("name", ["home", "article"])
def test_the_first_screen_of_a_phone_is_set_in_five_fonts(walk, addresses, name):
    """The browser asks another process for each size and weight, and the first layout waits for every answer."""
    page = walk(viewport={"width": 360, "height": 800}).page
    page.goto(addresses[name])
    assert page.evaluate(FONTS) == ["15 400", "18 400", "18 700", "20 700", "26 700"]


# An answer, a title, an office may be one word without end, and a count have ten digits.
EXTREME = """() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let one; (one = texts.nextNode()); ) {
        if (/^\\D*\\p{L}\\D*$/u.test(one.data) && !one.parentElement.closest("script, thead")) one.data = "huongdan".repeat(20);
    }
    document.querySelectorAll(".figures dd").forEach((one) => { one.textContent = "1.023.460.020" });
}"""


def test_in_the_largest_type_words_stay_in_their_boxes_and_in_high_contrast_buttons_have_an_edge(walk, addresses):
    page = walk(viewport={"width": 320, "height": 800}).page
    page.goto("/")
    page.locator(".display summary").click()
    page.locator("label:has(#size-3)").click()
    page.locator("label:has(#contrast)").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320  # with the panel open
    page.evaluate("document.querySelector('.tasks a').lastChild.textContent = 'dichvucong.thuathienhue.gov.vn'")
    cut = "all => all.filter(one => one.scrollWidth > one.clientWidth).map(one => one.textContent)"
    assert page.locator(".tasks a, .button, .more, .box > *").evaluate_all(cut) == []
    edges = page.locator(".button").evaluate_all("all => all.map(one => getComputedStyle(one).borderTopColor)")
    assert set(edges) == {"rgb(255, 255, 255)"}
    for name in ("statistics", "directory", "results", "home"):
        page.goto(addresses[name])
        page.evaluate(EXTREME)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert page.locator(".figures > div, .figures dd").evaluate_all(cut) == []
    page.goto(addresses["results"])
    assert page.locator("#size-3").is_checked()
    for figures in (["1", "100,0 %"], ["123.456", "100,0 %"]):  # the first ballot of a poll is a hundred per cent
        page.locator(".results tbody tr").evaluate_all(
            "(all, figures) => all.forEach(one => figures.forEach((n, i) => { one.cells[i + 1].textContent = n; }))",
            figures,
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert page.locator("#results").evaluate("one => one.scrollWidth - one.clientWidth") == 0


def test_heads_of_the_results_stay_on_one_line_on_a_telephone(walk, addresses):
    page = walk(viewport={"width": 360, "height": 800}).page
    page.goto(addresses["results"])
    lines = """all => all.map(one => {
        const range = document.createRange();
        range.selectNodeContents(one);
        return [one.innerText, range.getClientRects().length];
    })"""
    told = page.locator(".results thead th").evaluate_all(lines)
    assert told == [["Phương án", 1], ["Số phiếu", 1], ["Tỷ lệ", 1]]


@pytest.mark.parametrize("name", ["sheet", "print"])
def test_the_sheet_is_shown_as_the_reader_chose_and_printed_as_designed(walk, addresses, name):
    page = walk(viewport={"width": 360, "height": 800}).page
    look = """() => [document.documentElement, document.querySelector("h1"), document.body].map(one => getComputedStyle(one))
        .map(style => [style.fontSize, style.backgroundColor, style.color])"""
    page.emulate_media(media="print")
    page.goto(addresses[name])
    designed = page.evaluate(look)
    page.emulate_media(media="screen")
    page.goto("/")
    page.locator(".display summary").click()
    page.locator("label:has(#size-3)").click()
    page.locator("label:has(#contrast)").click()
    page.goto(addresses[name])
    size, ground, ink = page.evaluate(look)[0]
    assert (size, ground, ink) == ("21.12px", "rgb(0, 0, 0)", "rgb(255, 255, 255)")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator(".display").is_visible() is False
    page.emulate_media(media="print")
    assert page.evaluate(look) == designed


def test_blossom_of_tet_lies_below_no_words(walk):
    page = walk(viewport={"width": 360, "height": 800}).page
    page.goto("/")
    page.evaluate("document.documentElement.dataset.dress = 'tet'")
    drawn = "one => getComputedStyle(one).backgroundImage"
    assert page.locator(".masthead").evaluate(drawn) == "none"
    assert "tet" in page.locator(".menu-toggle").evaluate(drawn)


def test_numbers_of_contents_stand_beside_their_words_and_the_tools_are_of_one_height(walk):
    page = walk(viewport={"width": 360, "height": 800}).page
    page.goto("/gioi-thieu/lich-su-hinh-thanh/")
    first_lines = """all => all.map(one => {
        const range = document.createRange();
        range.selectNodeContents(one);
        return Math.round(range.getClientRects()[0].top - one.parentElement.getBoundingClientRect().top);
    })"""
    below = page.locator(".contents li a").evaluate_all(first_lines)
    assert len(below) == 3
    assert max(below) < 10  # the number stands where the item begins
    heights = page.locator(".tools > :is(a, button:not([hidden])), .tools summary").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )
    assert len(heights) == 4
    assert len(set(heights)) == 1


def test_paper_shows_no_pictures_of_lists_and_not_who_is_on_duty_now(walk):
    page = walk().page
    page.emulate_media(media="print")
    page.goto("/duong-day-nong/")
    assert (
        page.locator(".utility :visible").all_inner_texts()[-1].endswith(str(date.today().year))
    )  # when it was printed
    assert page.locator("[class*=duty-]").count() > 20
    assert page.locator("[class*=duty-]:visible").count() == 0
    assert page.locator(".office .tag:visible").all_inner_texts() == ["Trực 24/24"]
    page.goto("/tin-tuc/")
    assert page.locator(".card-picture:visible, .paging:visible").count() == 0
    cut = "all => all.filter(one => one.scrollHeight > one.clientHeight + 1).length"
    assert page.locator(".card-lead").evaluate_all(cut) == 0


@pytest.mark.thorough
def test_size_and_contrast_are_remembered_and_hold_axe(walk, addresses):
    window = walk(viewport={"width": 360, "height": 800})
    page = window.page
    page.goto(addresses["article"])
    page.locator(".display summary").click()
    page.locator("label:has(#size-3)").click()
    page.locator("label:has(#contrast)").click()
    page.keyboard.press("Escape")
    for name in ("home", "article", "poll"):
        page.goto(addresses[name])
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "21.12px"
        assert window.axe() == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert window.errors == []


def test_the_link_is_copied_and_the_voice_offered_only_where_it_speaks_vietnamese(walk, addresses):
    window = walk(permissions=["clipboard-read", "clipboard-write"])
    voices = "[{lang: 'en-US', localService: true}, {lang: 'vi_VN', localService: true}]"  # as Android spells it
    page = window.page
    page.goto(addresses["article"])
    assert not page.locator("[data-speak]").is_visible()  # Chromium alone has no voice
    page.locator("[data-copy]").click()
    page.locator("[data-copy] [role=status]", has_text="Đã sao chép").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == window.origin + addresses["article"]
    page.add_init_script(
        f"speechSynthesis.getVoices = () => {voices}; speechSynthesis.speak = (said) => (window.said = said);"
        " window.SpeechSynthesisUtterance = function (text) { this.text = text };"
    )
    page.reload()
    page.locator("[data-speak]").click()
    assert page.evaluate("said.lang") == "vi-VN"
    assert page.locator("[data-speak]").inner_text().strip() == "Dừng đọc"
    page.evaluate("void (navigator.clipboard.writeText = () => Promise.reject(new Error()))")
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.default_value), dialog.dismiss()))
    page.locator("[data-copy]").click()
    assert (asked, window.errors) == ([window.origin + addresses["article"]], [])


def test_paper_tells_the_minute_of_the_portals_clock_in_the_language_of_the_page(walk, addresses):
    page = walk(timezone_id="America/New_York").page
    page.clock.set_fixed_time("2026-11-28T19:35:09Z")
    told = []
    for address in (addresses["article"], addresses["article"] + "ban-in/", "/en/gioi-thieu/"):
        page.goto(address)
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        told.append(page.locator("[data-now]").inner_text())
    assert told == ["02:35:09 29/11/2026", "02:35:09 29/11/2026", "29/11/2026, 02:35:09"]


def test_the_keyboard_reaches_everything_in_order_and_sees_where_it_is(walk, addresses):
    """The skip link, the alert, display, hotlines, brand, search, the menu, then the article's tools; each focus is outlined."""
    page = walk(viewport={"width": 1280, "height": 800}).page
    page.goto(addresses["article"])
    seen = []
    for _step in range(40):
        page.keyboard.press("Tab")
        held = page.evaluate(
            "(() => { const e = document.activeElement, s = getComputedStyle(e), b = e.getBoundingClientRect();"
            " return [e.closest('.skip,.alert,.utility,.brand,.find,.menu,.crumbs,.tools')?.className.split(' ')[0] || e.tagName,"
            " s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 && b.width > 0] })()"
        )
        assert held[1], held
        if held[0] not in seen:
            seen.append(held[0])
        if held[0] == "tools":
            break
    assert seen == ["skip", "alert", "utility", "brand", "find", "menu", "crumbs", "tools"]
    page.locator(".menu-more summary").first.focus()
    page.keyboard.press("Enter")
    assert page.locator(".menu-below").first.is_visible()
    page.keyboard.press("Escape")
    assert not page.locator(".menu-below").first.is_visible()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.locator(".menu-item > a").nth(1).hover()
    assert page.locator(".menu-below").nth(1).is_visible()
    page.keyboard.press("Escape")
    assert not page.locator(".menu-below").nth(1).is_visible()


def test_a_number_is_dialled_from_the_box(walk):
    page = walk(viewport={"width": 360, "height": 800}).page
    page.goto("/")
    assert page.locator("aside a[href^='tel:']").first.get_attribute("href") == "tel:+842462933647"
