"""What an attacker would like to see in a browser: nothing runs, nothing leaves, no policy is broken."""

import json

import psycopg2
import pytest

from tests.browser.conftest import Walk
from tests.security.corpus import payloads, splices

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


def sql(site, statement, *values):
    with psycopg2.connect(
        site.cluster.url.replace("postgres://portal@:5432/", "postgresql://portal@:5432/")
    ) as connection:
        cursor = connection.cursor()
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def test_a_poisoned_row_runs_nothing(chromium, site):
    """Written past the form, printed as it stands: the Content-Security-Policy alone holds."""
    rows = sql(site, "SELECT id, body FROM news_article WHERE state = 'published' ORDER BY id LIMIT %s", len(POISON))
    window = Walk(chromium, site)
    dialogs, answered = [], []
    window.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    window.page.on("response", lambda response: response.url.startswith(window.origin) or answered.append(response.url))
    try:
        for (pk, _), poison in zip(rows, POISON, strict=True):
            sql(site, "UPDATE news_article SET body = %s WHERE id = %s", f"<p>mồi</p>{poison}", pk)
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
            sql(site, "UPDATE news_article SET body = %s WHERE id = %s", body, pk)
        window.context.close()


def test_what_the_cleaner_lets_pass_is_harmless_to_a_real_parser(walk, site):
    """Chromium's own parser, twice (a document, innerHTML), finds only what is allowed in a thousand cleaned splices."""
    window = walk()
    given = json.dumps([*payloads(), *splices(1000, seed=3)])
    cleaned = json.loads(
        site.manage(
            "shell", "-v0", "-c",
            "import json, sys\nfrom portal.lib import html\n"
            f"print(json.dumps([html.clean(x) for x in json.loads({given!r})]))",
        )
    )  # fmt: skip
    window.page.goto("/gioi-thieu/")
    window.page.evaluate("given => { window.__given = given }", cleaned)
    tags = (
        "p br hr h2 h3 h4 blockquote pre code strong b em i u s sub sup a span div mark ul ol li dl dt dd table caption thead"
        " tbody tfoot tr th td colgroup col figure figcaption img"
    ).split()
    attributes = "class lang id href title rel src alt width height colspan rowspan headers scope start type".split()
    attributes += ["srcset", "sizes", "loading", "decoding"]
    assert window.page.evaluate(ALLOWED, [tags, attributes]) == []
    assert window.foreign == []


@pytest.mark.parametrize("who", ["reader", "staff"])
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
            window.page.click("main button")
            window.page.wait_for_url("**/quan-tri/")
            addresses = window.page.eval_on_selector_all(
                "#content a[href^='/quan-tri/']", "all => all.map(a => a.pathname)"
            )
            addresses += ["/quan-tri/tai-khoan/", "/quan-tri/tai-khoan/hai-buoc/", "/quan-tri/password_change/"]
            assert len(set(addresses)) > 20
        else:
            window.page.goto("/so-do-trang/")
            addresses = window.page.eval_on_selector_all("a[href^='/']", "all => all.map(a => a.pathname)")
            addresses = [address for address in addresses if not address.startswith("/rss")]
        for address in sorted(set(addresses)):
            window.page.goto(address)
        assert [error for error in window.errors if "404" not in error] == []
        assert window.foreign == []
    finally:
        window.context.close()
