"""A citizen votes: by mouse, by keyboard, and without script; the result comes without leaving the page."""

import hashlib

import pytest


def total(page, results):
    page.goto(results)
    return sum(int(votes) for votes in page.locator("table.results td:nth-child(2)").all_inner_texts())


@pytest.mark.parametrize("way", ["mouse", "keyboard", "without script"])
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
        assert page.evaluate("document.activeElement.contains(document.querySelector('.receipt'))")
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


def test_the_browser_can_do_the_work(walk):
    window = walk()
    window.page.goto("/")
    proof = window.page.evaluate(
        """() => new Promise((done) => {
            const worker = new Worker(document.querySelector("form[data-poll]").dataset.work);
            worker.onmessage = ({ data }) => done(data);
            worker.postMessage({ challenge: "thu:thach", bits: 10 });
        })"""
    )
    assert proof.startswith("thu:thach:")
    assert int.from_bytes(hashlib.sha256(proof.encode()).digest(), "big") >> 246 == 0
    assert window.errors == []
