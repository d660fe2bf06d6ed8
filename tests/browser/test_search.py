"""The search box in a browser: suggestions by keyboard and for those who listen."""


def test_suggestions_are_a_combobox_that_the_keyboard_works(walk):
    window = walk()
    page = window.page
    page.goto("/")
    box, options, listed = page.locator("#find"), page.get_by_role("option"), page.get_by_role("listbox")
    box.click()
    box.press_sequentially("tiep cong", delay=10)
    options.first.wait_for()
    states = {name: box.get_attribute(name) for name in ("role", "aria-expanded", "aria-autocomplete", "aria-controls")}
    assert states == {
        "role": "combobox",
        "aria-expanded": "true",
        "aria-autocomplete": "list",
        "aria-controls": listed.get_attribute("id"),
    }
    box.press("ArrowDown")
    chosen = page.locator('[role=option][aria-selected="true"]')
    assert box.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    assert "gợi ý" in page.locator(".find [role=status]").inner_text()
    assert window.axe() == []
    box.press("Escape")
    assert (listed.is_visible(), box.get_attribute("aria-expanded")) == (False, "false")
    assert box.input_value() == "tiep cong"
    box.press("ArrowDown")
    options.first.wait_for()
    box.press("ArrowUp")
    target = chosen.get_attribute("data-url")
    box.press("Enter")
    page.wait_for_url(f"**{target}")
    assert (window.foreign, window.errors) == ([], [])
