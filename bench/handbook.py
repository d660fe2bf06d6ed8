"""Makes the pictures of the two handbooks anew: `python bench/handbook.py [--only bai-viet,…]`.

Starts the demo in a PostgreSQL of its own, signs in as the people of its newsroom and takes docs/anh/<name>.webp. To be
run again whenever the desk has changed its face; needs Chromium.
"""

import argparse
import io
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.face import FLAGS
from bench.ground import demo, manage
from tests.failures import rig

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "anh"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
WIDE, NARROW = 1280, 360
TALLEST = 1500  # of a picture; what is below is left out
MOST = 1_500_000  # bytes of all pictures together
WRITER, EDITOR, APPROVER, ADMINISTRATOR = "ha.tran", "nam.le", "minh.do", "lan.pham"
PASSWORD = "lam-anh-cho-so-tay"
ACCOUNTS = f"""
from django.contrib.auth.models import User
for person in User.objects.filter(groups__isnull=False):
    person.is_active = True
    person.set_password({PASSWORD!r})
    person.save()
"""


@dataclass
class Shot:
    """A picture: who looks at which address; `prepare` opens, fills or clicks, `part` is what is taken of the page."""

    name: str
    who: str | None
    path: str
    width: int = WIDE
    prepare: Callable = lambda page: None
    part: str = ""
    height: int = 800


def first(state, number=0):
    """Opens an article of the list of those in `state`."""

    def opened(page):
        rows = page.locator("#result_list tbody th a")
        page.goto(rows.nth(number).get_attribute("href"))

    return {"path": f"/quan-tri/news/article/?state={state}", "prepare": opened}


def then(*steps):
    def all_steps(page):
        for step in steps:
            step(page)

    return all_steps


def follow(selector):
    """Clicks a link or a button and waits for the page behind it."""

    def followed(page):
        with page.expect_navigation():
            page.locator(selector).first.click()

    return followed


def checked(page):
    with page.context.expect_page() as opened:
        page.click("input[name=_check]")
    opened.value.wait_for_load_state()
    page.taken_instead = opened.value


def pictures_open(page):
    page.locator("button", has_text="Chọn ảnh").first.click()
    page.wait_for_selector(".pictures-list img")


def with_words(page):
    page.wait_for_selector(".cke_wysiwyg_frame")


DRAFT, WAITING, PUBLISHED = first("draft"), first("waiting"), first("published", 2)
SHOTS = [
    Shot("dang-nhap", None, "/quan-tri/", part="main"),
    Shot("ban-lam-viec", APPROVER, "/quan-tri/", height=1000),
    Shot("ban-lam-viec-dien-thoai", WRITER, "/quan-tri/", NARROW),
    Shot("viet-bai", WRITER, DRAFT["path"], prepare=then(DRAFT["prepare"], with_words), height=1400),
    Shot("kho-anh", WRITER, "/quan-tri/news/article/add/", prepare=then(with_words, pictures_open)),
    Shot("kiem-tra-bai", WRITER, DRAFT["path"], prepare=then(DRAFT["prepare"], with_words, checked), height=700),
    Shot("bi-tra-lai", WRITER, "/quan-tri/news/article/?state=returned", prepare=first("returned")["prepare"], height=520),
    Shot("cho-duyet", APPROVER, "/quan-tri/", prepare=follow(".quick a.viewlink")),
    Shot("duyet-tren-dien-thoai", APPROVER, "/quan-tri/", NARROW, prepare=follow(".quick a.viewlink")),
    Shot("trang-bai-cho-duyet", APPROVER, WAITING["path"], prepare=WAITING["prepare"], height=620),
    Shot("bai-da-dang", APPROVER, PUBLISHED["path"], prepare=PUBLISHED["prepare"], height=620),
    Shot("phien-ban", EDITOR, PUBLISHED["path"], prepare=then(PUBLISHED["prepare"], follow(".object-tools a.historylink"))),
    Shot("lien-ket-xem-truoc", EDITOR, DRAFT["path"],
         prepare=then(DRAFT["prepare"], follow(".object-tools a[href*=lien-ket]"), follow("button[name=make]")), height=560),
    Shot("goi-thu", EDITOR, "/quan-tri/hotlines/hotline/can-kiem-tra/", height=760),
    Shot("goi-thu-dien-thoai", EDITOR, "/quan-tri/hotlines/hotline/can-kiem-tra/", NARROW),
    Shot("binh-chon", APPROVER, "/quan-tri/polls/poll/", prepare=follow("#result_list tbody th a"), height=1300),
    Shot("dai-thong-bao", EDITOR, "/quan-tri/portal/alert/add/", height=640),
    Shot("muc-menu", APPROVER, "/quan-tri/portal/menuitem/", height=760),
    Shot("tai-khoan", ADMINISTRATOR, "/quan-tri/auth/user/", prepare=follow("#result_list tbody th a"), height=1250),
    Shot("bao-mat", ADMINISTRATOR, "/quan-tri/tai-khoan/", height=560),
    Shot("hai-buoc", ADMINISTRATOR, "/quan-tri/tai-khoan/hai-buoc/", part="main"),
    Shot("nhat-ky", ADMINISTRATOR, "/quan-tri/portal/auditline/", height=700),
    Shot("so-du", ADMINISTRATOR, "/quan-tri/stats/openingbalance/add/", height=900),
    Shot("bao-cao", ADMINISTRATOR, "/quan-tri/stats/bao-cao/", height=760),
]  # fmt: skip


class Desk:
    """Browser windows of the people of the newsroom, one for each person and width."""

    def __init__(self, browser, port):
        self.browser, self.address, self.windows = browser, f"http://127.0.0.1:{port}", {}

    def window(self, who, width):
        if (who, width) not in self.windows:
            context = self.browser.new_context(
                base_url=self.address, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh",
                viewport={"width": width, "height": 800}, reduced_motion="reduce",
            )  # fmt: skip
            context.set_default_timeout(120_000)  # a busy machine is no reason to give up
            page = context.new_page()
            if who:
                self.sign_in(page, who)
            self.windows[who, width] = page
        return self.windows[who, width]

    @staticmethod
    def sign_in(page, who):
        page.goto("/quan-tri/")
        page.fill("#id_username", who)
        page.fill("#id_password", PASSWORD)
        follow("[type=submit]")(page)
        page.wait_for_selector(".quick")

    def take(self, shot):
        page = self.window(shot.who, shot.width)
        page.taken_instead = None
        page.goto(shot.path)
        shot.prepare(page)
        page = page.taken_instead or page
        page.set_viewport_size({"width": shot.width, "height": shot.height})
        page.wait_for_load_state("networkidle")
        return page.locator(shot.part).first.screenshot() if shot.part else page.screenshot()


def store(name, png):
    """The picture as WebP; how many bytes it has."""
    with Image.open(io.BytesIO(png)) as picture:
        picture = picture.convert("RGB").crop((0, 0, picture.width, min(picture.height, TALLEST)))
        picture.save(FOLDER / f"{name}.webp", quality=70, method=6)
    return (FOLDER / f"{name}.webp").stat().st_size


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="")
    wanted = [name for name in parser.parse_args().only.split(",") if name]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with demo() as (_, environment, _, _), rig.portal(environment, workers=1) as (port, _), sync_playwright() as tool:
        manage(environment, "shell", "-v0", "-c", ACCOUNTS)
        rig.until(lambda: rig.ask(port, "/readyz")[0] == 200)
        time.sleep(1)
        desk = Desk(tool.chromium.launch(executable_path=CHROMIUM, args=FLAGS), port)
        for shot in SHOTS:
            if not wanted or shot.name in wanted:
                print(f"{shot.name:28}{store(shot.name, desk.take(shot)):9,} bytes", flush=True)
        desk.browser.close()
    whole = sum(file.stat().st_size for file in FOLDER.glob("*.webp"))
    print(f"{'all':28}{whole:9,} bytes")
    sys.exit(whole > MOST)


if __name__ == "__main__":
    main()
