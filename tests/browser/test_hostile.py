"""What an attacker would like to see in a browser: nothing runs, nothing leaves, no policy is broken."""

import contextlib
import re

import pytest

from portal.lib import html
from tests.browser.conftest import Walk, follow
from tests.security.corpus import payloads, some_splices

MARK = "window.__ran = 1"
POISON = [
    f"<script>{MARK}</script>",
    f'<img src="/static/img/khong-co.png" onerror="{MARK}">',
    f'<svg onload="{MARK}"></svg><svg><animate onbegin="{MARK}" attributeName="x" dur="1s"></animate></svg>',
    f'<iframe srcdoc="<script>parent.{MARK}</script>"></iframe><iframe src="javascript:parent.{MARK}"></iframe>',
    f'<object data="data:text/html,<script>parent.{MARK}</script>"></object><embed src="data:text/html,<script>1</script>">',
    f'<details open ontoggle="{MARK}">a</details><input autofocus onfocus="{MARK}"><style>@import "https://evil.example/x.css"</style>',
    '<script src="https://evil.example/x.js"></script><img src="https://evil.example/x.png"><link rel="stylesheet" href="//evil.example/x.css">',
    '<base href="https://evil.example/"><form action="https://evil.example/"><button id="send">a</button></form>',
    f'<a id="click" href="javascript:{MARK}">a</a><div style="background:url(https://evil.example/y.png)">a</div>',
    f'<video src="https://evil.example/a.mp4" onerror="{MARK}"></video><audio src="x" onerror="{MARK}"></audio>',
]
# Runs in the page's own world, where a report of a broken policy arrives as an event.
LISTEN = (
    "document.addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective, e.blockedURI))"
)
ALLOWED = """([tags, attributes]) => {
  const faults = [];
  for (const html of window.__given) {
    const box = new DOMParser().parseFromString(html, 'text/html').body;
    const again = document.createElement('div');
    again.innerHTML = html;
    for (const root of [box, again]) for (const node of root.querySelectorAll('*')) {
      if (!tags.includes(node.localName)) faults.push(html + ' → ' + node.localName);
      for (const one of node.attributes) if (!attributes.includes(one.name) || /^\\s*(java|vb)script:|^\\s*data:/i.test(one.value))
        faults.push(html + ' → ' + one.name + '=' + one.value);
    }
  }
  return faults.slice(0, 5);
}"""


# Clicks what is a link to a script, and lets happen what an element waits for.
TOUCH = """() => {
  for (const one of document.querySelectorAll('*')) {
    if (one.protocol === 'javascript:') one.click();
    for (const attribute of [...one.attributes])
      if (/^on/i.test(attribute.name)) one.dispatchEvent(new Event(attribute.name.slice(2).toLowerCase()));
  }
}"""
# As they were sent, each of them runs where no policy holds it back.
RUN = [
    "<script>alert(1)</script>", '<img src="x" onerror="alert(2)">', "<svg onload=alert(3)></svg>",
    '<a href="java\nscript:alert(4)">a</a>', '<p onclick="alert(5)">a</p>', '<iframe srcdoc="<script>alert(6)</script>"></iframe>',
]  # fmt: skip


@pytest.mark.thorough
def test_a_poisoned_row_runs_nothing(chromium, site):
    """Written past the form, printed as it stands: the Content-Security-Policy alone holds."""
    rows = site.sql("SELECT id, body FROM news_article WHERE state = 'published' ORDER BY id LIMIT %s", len(POISON))
    window = Walk(chromium, site)
    dialogs, answered = [], []
    window.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    window.page.on("response", lambda response: response.url.startswith(window.origin) or answered.append(response.url))
    try:
        for (pk, _), poison in zip(rows, POISON, strict=True):
            site.sql("UPDATE news_article SET body = %s WHERE id = %s", f"<p>mồi</p>{poison}", pk)
        for pk, _ in rows:
            address = f"/tin-tuc/x/{pk}-x/"
            site.until(lambda address=address: "mồi" in site.get(address)[2])
            window.page.goto(address)
            for trap in ("#click", "#send"):
                window.page.evaluate("trap => document.querySelector(trap)?.click()", trap)
            window.page.wait_for_load_state("networkidle")
            assert window.page.evaluate("window.__ran") is None, pk
            assert window.page.url.startswith(window.origin)
        assert (dialogs, answered) == ([], [])
    finally:
        for pk, body in rows:
            site.sql("UPDATE news_article SET body = %s WHERE id = %s", body, pk)
        window.context.close()


def cleaned(hostile):
    """What the cleaner makes of each; nothing of what it refuses."""
    for one in hostile:
        with contextlib.suppress(ValueError):
            yield html.clean(one)


def what_runs(chromium, bodies):
    """(what `alert` and its like were given, addresses of others that were asked) on a page of `bodies` without any policy."""
    context = chromium.new_context()
    page = context.new_page()
    ran, asked = set(), set()

    def answer(route):
        if route.request.url == "http://portal.test/":
            return route.fulfill(body=f"<!DOCTYPE html>{''.join(bodies)}", content_type="text/html; charset=utf-8")
        asked.add(route.request.url)
        return route.abort()

    context.route("**/*", answer)
    page.add_init_script("alert = confirm = prompt = print = what => console.info('ran', what)")
    page.on("console", lambda said: ran.add(said.text) if said.type == "info" else None)
    page.on("dialog", lambda dialog: (ran.add(dialog.message), dialog.dismiss()))
    page.goto("http://portal.test/")
    page.evaluate(TOUCH)
    page.wait_for_timeout(500)  # what is begun later: animations, timers
    context.close()
    return ran, {address for address in asked if not address.startswith("http://portal.test/")}


def test_without_any_policy_nothing_runs_of_what_the_cleaner_lets_pass(chromium):
    assert what_runs(chromium, RUN)[0] == {f"ran {n}" for n in range(1, len(RUN) + 1)}
    assert what_runs(chromium, cleaned([*RUN, *POISON, *payloads(), *some_splices(500)])) == (set(), set())


@pytest.mark.thorough
def test_what_the_cleaner_lets_pass_is_harmless_to_a_real_parser(walk):
    """Chromium's own parser, twice (a document, innerHTML), finds only what is allowed in a thousand cleaned splices."""
    window = walk()
    window.page.goto("/gioi-thieu/")
    window.page.evaluate("given => { window.__given = given }", list(cleaned([*payloads(), *some_splices(1000)])))
    tags = (
        "p br hr h2 h3 h4 blockquote pre code strong b em i u s sub sup a span div mark ul ol li dl dt dd table caption thead"
        " tbody tfoot tr th td colgroup col figure figcaption img"
    ).split()
    attributes = "class lang id href title rel src alt width height colspan rowspan headers scope start type".split()
    attributes += ["srcset", "sizes", "loading", "decoding"]
    assert window.page.evaluate(ALLOWED, [tags, attributes]) == []
    assert window.foreign == []


def forms(page, lists):
    """The empty form of each kind of thing that has a list, and the one of the first thing in it."""
    for address in lists:
        page.goto(address)
        links = page.eval_on_selector_all("#content a[href^='/quan-tri/']", "all => all.map(a => a.pathname)")
        for end in ("/add/", "/change/"):
            yield from [link for link in links if link.startswith(address) and link.endswith(end)][:1]


@pytest.mark.parametrize("who", ["reader", pytest.param("staff", marks=pytest.mark.thorough)])
def test_no_page_breaks_the_policy(chromium, site, who):
    """A walk over the site, or over the whole admin: no report of the policy, no error, nobody else asked."""
    window = Walk(chromium, site)
    window.page.add_init_script(LISTEN)
    try:
        if who == "staff":
            site.manage("shell", "-v0", "-c", "from django.contrib.auth.models import User; "
                        "User.objects.filter(username='tuan').exists() or User.objects.create_superuser('tuan', password='mat-khau-rat-dai')")  # fmt: skip
            window.page.goto("/quan-tri/")
            window.page.fill("#id_username", "tuan")
            window.page.fill("#id_password", "mat-khau-rat-dai")
            follow(window.page.locator("main button"))
            addresses = window.page.eval_on_selector_all(
                "#content a[href^='/quan-tri/']", "all => all.map(a => a.pathname)"
            )
            addresses += ["/quan-tri/tai-khoan/", "/quan-tri/tai-khoan/hai-buoc/", "/quan-tri/password_change/"]
            lists = {address for address in addresses if re.fullmatch(r"/quan-tri/\w+/\w+/", address)}
            addresses += forms(window.page, sorted(lists))
            assert len(set(addresses)) > 50
        else:
            window.page.goto("/so-do-trang/")
            addresses = window.page.eval_on_selector_all("a[href^='/']", "all => all.map(a => a.pathname)")
            addresses = [address for address in addresses if not address.startswith("/rss")]
        for address in sorted(set(addresses)):
            window.page.goto(address)
            if window.page.locator("textarea[data-type=ckeditortype]").count():
                window.page.wait_for_selector(".cke_wysiwyg_frame")
        assert [error for error in window.errors if "404" not in error] == []
        assert window.foreign == []
    finally:
        window.context.close()
