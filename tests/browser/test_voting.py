"""A citizen votes: by mouse, by keyboard, and without script; the result comes without leaving the page."""

import hashlib

import pytest


def total(page, results):
    page.goto(results)
    return sum(int(votes) for votes in page.locator("table.results td:nth-child(2)").all_inner_texts())


@pytest.mark.parametrize("way", ["keyboard", "without script", pytest.param("mouse", marks=pytest.mark.thorough)])
def test_one_vote_is_one_ballot(walk, way):
    window = walk(java_script_enabled=way != "without script")
    page = window.page
    page.goto("/")
    ballot = page.locator("form[data-poll]").get_attribute("action")
    before = total(page, f"{ballot}ket-qua/")
    page.goto("/")
    answer = page.locator("form[data-poll] input").nth(1)
    if way == "keyboard":
        answer.focus()
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
    else:
        page.locator("form[data-poll] label").nth(1).click()
        page.locator("form[data-poll] button").click()
    if way == "without script":
        page.locator("main form[method=post] button").click()
    page.wait_for_selector(".receipt")
    receipt = page.locator(".receipt code").inner_text()
    assert "Cảm ơn" in page.locator(".notice-good[role=status]").inner_text()
    if way != "without script":
        assert page.url.endswith(f":{window.site.port}/")  # the page was not left
        assert "Cảm ơn" in page.evaluate("document.activeElement.innerText")
        assert window.axe() == []
    assert total(page, f"{ballot}ket-qua/") == before + 1
    assert page.locator(".receipt code").inner_text() == receipt
    page.goto(ballot)
    page.wait_for_url("**/ket-qua/**")
    assert total(page, f"{ballot}ket-qua/") == before + 1
    assert window.errors == []


def test_without_a_choice_the_box_says_so_and_leads_back_to_it(walk):
    page = walk().page
    page.goto("/")
    page.locator("form[data-poll] button").click()
    assert page.locator("form[data-poll] [role=alert]").inner_text() == "Mời chọn một phương án trước khi gửi."
    assert page.evaluate("document.activeElement.name") == "option"


def test_at_400_percent_the_ballot_says_in_view_what_is_missing_and_keeps_its_question_when_it_is_cast(walk):
    page = walk(viewport={"width": 320, "height": 256}).page
    page.goto("/")
    page.goto(page.locator("form[data-poll]").get_attribute("action"))
    question = page.locator("h1").inner_text()
    page.locator("main form button").focus()
    page.keyboard.press("Enter")
    told = page.locator("main form [role=alert]").bounding_box()
    assert told["y"] + told["height"] <= 256
    page.keyboard.press("Space")
    page.locator("main form button").click()
    page.locator(".receipt").wait_for()
    assert page.locator("h1").all_inner_texts() == [question]


def test_who_is_not_content_says_what_is_missing(walk):
    page = walk().page
    page.goto("/")
    page.locator("form[data-poll] label").nth(3).click()
    page.locator("form[data-poll] button").click()
    page.locator("textarea[name=text]").fill("Không thấy lịch tiếp dân, gọi 0912345678 không được")
    page.locator("form.wish button").click()
    page.wait_for_selector("text=đã nhận được ý kiến")
    assert page.locator("form.wish").count() == 0


def test_a_lost_answer_is_told_and_the_click_can_be_repeated(walk):
    page = walk().page
    page.goto("/")
    lose = lambda route: route.abort() if route.request.method == "POST" else route.continue_()  # noqa: E731
    page.route("**/phieu/", lose)
    page.locator("form[data-poll] label").nth(0).click()
    page.locator("form[data-poll] button").click()
    page.wait_for_selector("form[data-poll] [role=alert]")
    assert "chưa được ghi nhận" in page.locator("form[data-poll] [role=alert]").inner_text()
    page.unroute("**/phieu/", lose)
    page.locator("form[data-poll] button").click()
    page.wait_for_selector(".receipt")


MANY = """
from polls import brake; from polls.models import Poll
for _ in range(60): brake.press(Poll.objects.get(pk={}), "ballot", "198.51.100.1")
"""


def test_above_the_soft_limit_the_browser_does_the_work_and_the_ballot_counts(walk):
    window = walk(extra_http_headers={"X-Forwarded-For": "198.51.100.9"})
    page = window.page
    page.goto("/")
    ballot = page.locator("form[data-poll]").get_attribute("action")
    before = total(page, f"{ballot}ket-qua/")
    window.site.manage("shell", "-v0", "-c", MANY.format(ballot.strip("/").split("/")[-1]))
    page.goto("/")
    with page.expect_event("worker"):
        page.locator("form[data-poll] label").nth(0).click()
        page.locator("form[data-poll] button").click()
    assert "một phép tính ngắn" in page.locator("form[data-poll] [role=status]").inner_text()
    page.wait_for_selector(".receipt")
    assert page.locator(".notice-good[role=status]").count() == 1  # counted, not kept aside
    assert total(page, f"{ballot}ket-qua/") == before + 1
    assert window.errors == []
    # A browser that cannot do it: nothing is lost, nothing is counted.
    page = walk(extra_http_headers={"X-Forwarded-For": "198.51.100.10"}).page
    page.route("**/poll-work*", lambda route: route.abort())
    page.goto("/")
    page.locator("form[data-poll] label").nth(0).click()
    page.locator("form[data-poll] button").click()
    page.wait_for_selector("text=Phiếu của bạn đã được lưu và để riêng")
    assert total(page, f"{ballot}ket-qua/") == before + 1


def test_whose_browser_takes_no_cookie_is_told_so(walk):
    window = walk()
    page = window.page
    page.goto("/")

    def without_cookies(route):
        window.context.clear_cookies()
        route.continue_()

    page.route("**/phieu/", without_cookies)
    page.locator("form[data-poll] label").nth(0).click()
    page.locator("form[data-poll] button").click()
    page.wait_for_selector("form[data-poll] [role=alert]")
    assert "không nhận cookie" in page.locator("form[data-poll] [role=alert]").inner_text()


def test_the_work_is_sha_256(walk):
    window = walk()
    window.page.goto("/")
    proofs = window.page.evaluate(
        """async () => {
            const script = document.querySelector("form[data-poll]").dataset.work;
            const solve = (challenge) => new Promise((done) => {
                const worker = new Worker(script);
                worker.onmessage = ({ data }) => done(data);
                worker.postMessage({ challenge, bits: 10 });
            });
            const lengths = [1, 50, 51, 52, 53, 54, 55, 60, 61, 62, 63, 64, 65, 118, 119, 120, 200]; // around the blocks
            return Promise.all(lengths.map((n) => solve("a".repeat(n))));
        }"""
    )
    for proof in proofs:
        assert int.from_bytes(hashlib.sha256(proof.encode()).digest(), "big") >> 246 == 0
    assert window.errors == []
