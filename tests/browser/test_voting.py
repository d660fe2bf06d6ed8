"""A citizen votes: by mouse, by keyboard, and without script."""

import pytest


def total(page, results):
    page.goto(results)
    return sum(int(votes) for votes in page.locator("table.results td:nth-child(2)").all_inner_texts())


@pytest.mark.parametrize("way", ["mouse", "keyboard", "without script"])
def test_one_vote_is_one_ballot(walk, way):
    page = walk(java_script_enabled=way != "without script").page
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
    if page.locator(f"form[method=post][action='{ballot}'], main form[method=post]").count():
        page.locator("main form[method=post] button").click()
    page.wait_for_selector("text=/Cảm ơn|ghi nhận/")
    assert total(page, f"{ballot}ket-qua/") == before + 1
    page.goto(ballot)
    page.wait_for_url("**/ket-qua/**")
    assert total(page, f"{ballot}ket-qua/") == before + 1
