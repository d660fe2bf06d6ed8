"""A real Chromium before the demo, served by the production server. Skipped, aloud, where there is no Chromium."""

import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

from bench.face import find_pages
from tests import prepared
from tests.server import running

FLAGS = (
    "--no-sandbox --disable-gpu --disable-dev-shm-usage --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()
# Chromium takes the last list alone: this is Playwright's, and what a window draws for its address bar in own processes.
OFF = (
    "AvoidUnnecessaryBeforeUnloadCheckSync DestroyProfileOnBrowserClose HttpsUpgrades HttpsFirstBalancedModeAutoEnable"
    " LensOverlay MediaRouter PaintHolding ThirdPartyStoragePartitioning AvoidCorsURLLoaderRestartOnRedirect"
    " OptimizationHints NetworkTimeServiceQuerying AimEnabled PreconnectToSearch"
    " WebUIOmniboxPopup WebUIOmniboxAimPopup WebUIReloadButton SpareRendererForSitePerProcess"
).split()
FLAGS.append(f"--disable-features={','.join(OFF)}")
# The shell is the same Chromium without a window, which nobody looks at here.
NAMES = "chromium-headless-shell chromium chromium-browser google-chrome".split()
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
AXE = (Path(__file__).parent / "axe.min.js").read_text()

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine: the browser tests were NOT run"))


@pytest.fixture(scope="session")
def site(django_db_blocker):
    with django_db_blocker.unblock(), prepared.database(f"site_{os.getpid()}") as name:
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
        with django_db_blocker.block(), running("seed_demo", "--quiet", url=url) as site:
            site.until(lambda: site.get("/readyz")[0] == 200)
            yield site


# While it is open Playwright's loop runs in this thread, in which Django refuses to ask the database.
@pytest.fixture(scope="package")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def addresses(chromium, site):
    """The address of each page type."""
    origin = f"http://127.0.0.1:{site.port}"
    return {name: address.removeprefix(origin) for name, address in find_pages(origin, chromium).items()}


def follow(link, key=None):
    """Click on what leads to another page (or press the key on it) and wait until that page is read: a click by itself
    waits for the first bytes, so what comes later in the page may not be there yet.
    """
    with link.page.expect_navigation(wait_until="domcontentloaded"):
        link.press(key) if key else link.click()


class Walk:
    """A browser window on the site that remembers what should not happen: foreign requests, console errors."""

    def __init__(self, browser, site, **options):
        self.site = site
        self.origin = f"http://127.0.0.1:{site.port}"
        self.context = browser.new_context(base_url=self.origin, locale="vi-VN", **options)
        self.page = self.context.new_page()
        self.foreign, self.errors = [], []
        self.page.on("request", lambda request: self.notice(request.url))
        self.page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def notice(self, url):
        if not url.startswith((self.origin, "data:", "blob:")):
            self.foreign.append(url)

    def axe(self):
        """The faults that axe finds, of whatever weight: (rule, where)."""
        self.page.locator(".far").first.wait_for(state="detached")  # all is laid out; before, axe sees no ground
        # Through the debugger, not as a <script>: the page's Content-Security-Policy stays as it is.
        self.page.evaluate(AXE)
        found = self.page.evaluate("tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", AXE_TAGS)
        faults = [(fault["id"], node["target"]) for fault in found["violations"] for node in fault["nodes"]]
        # Points of a map stand where they are ("essential" in WCAG 2.5.8); the list beside the map holds the same.
        return [fault for fault in faults if fault[0] != "target-size" or "map-pin" not in str(fault[1])]


@pytest.fixture
def walk(chromium, site):
    """Function: a Walk with the given options of a browser context."""
    walks = []

    def start(**options):
        walks.append(Walk(chromium, site, **options))
        return walks[-1]

    yield start
    for walk in walks:
        walk.context.close()
