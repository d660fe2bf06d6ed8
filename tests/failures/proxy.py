"""deploy/nginx.conf before a real portal: `python -m tests.failures.proxy`. Prints what was tried and whether it held."""

import contextlib
import http.client
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from bench.ground import demo
from tests.failures import rig
from tests.failures.replica import sql
from tests.failures.rig import ask, say

SECRET = "bi-mat"


def headers(port, static):
    """The answers that nginx gives itself carry what the portal's own do, once."""
    fine = True
    for name, path, status in (
        ("static file", static, 200),
        ("page", "/", 200),
        ("missing file", "/static/khong.css", 404),
    ):
        answer = ask(port, path, tls=True, **{"Accept-Encoding": "gzip"})
        twice = [name for name, n in Counter(map(str.lower, answer[1].keys())).items() if n > 1]
        wanted = {"content-security-policy", "x-content-type-options", "referrer-policy", "strict-transport-security"}
        missing = wanted - set(map(str.lower, answer[1].keys()))
        fine &= say(f"{name}: status, missing or doubled headers", (answer[0], missing or "", twice or ""),
            answer[0] == status and not missing and not twice)  # fmt: skip
    kept = ask(port, static, tls=True, **{"Accept-Encoding": "gzip"})[1]
    right = kept["Cache-Control"] == "public, max-age=31536000, immutable" and kept["Content-Encoding"] == "gzip"
    return fine & say("hashed file: kept for a year, precompressed", kept["Content-Encoding"], right)


def http2(port):
    context = ssl._create_unverified_context()
    context.set_alpn_protocols(["h2", "http/1.1"])
    with context.wrap_socket(socket.create_connection(("127.0.0.1", port))) as connection:
        return say("protocol by ALPN, TLS", (connection.selected_alpn_protocol(), connection.version()),
            connection.selected_alpn_protocol() == "h2")  # fmt: skip


def address(port, environment):
    """A forged X-Forwarded-For makes nobody another reader."""
    ask(port, "/tin-tuc/", tls=True)
    time.sleep(3)
    before = visits(environment)
    for n in range(20):
        forged = {"X-Forwarded-For": f"203.0.113.{n}", "Referer": f"https://x.example/?{SECRET}"}
        ask(port, f"/tin-tuc/?page=1&option={SECRET}", tls=True, **forged)
    time.sleep(3)
    after = visits(environment)
    return say("visits before and after 20 forged addresses", (before, after), before == after > 0)


def logs(folder):
    """Neither log holds what stands behind "?" or the page before, whether the portal answered or not."""
    texts = [(folder / name).read_text() for name in ("portal.log", "portal.error.log")]
    found = sum(SECRET in text for text in texts)
    return say("logs with a query or a referer in it", found, found == 0 and "/tin-tuc/" in texts[0])


def visits(environment):
    """Whom the day's rows hold."""
    return sql(
        environment["DATABASE_URL"], "SELECT coalesce(sum(n), 0)::int FROM stats_dailycount WHERE key = 'visit'"
    )[0][0]


def media(port, environment, folder):
    """A picture of a draft is nobody's, though its file lies in MEDIA_ROOT; a public one is read through the portal."""
    stray = folder / "media" / "images" / ("0" * 32 + ".webp")
    stray.write_bytes(b"RIFF0000WEBP")
    hidden = ask(port, f"/media/images/{stray.name}", tls=True)[0]
    shown = max(
        (folder / "media" / "images").glob("*-400.webp"),
        key=lambda file: ask(port, f"/media/images/{file.name}", tls=True)[0] == 200,
    )
    public = ask(port, f"/media/images/{shown.name}", tls=True)
    return say("picture of nothing public, of something public", (hidden, public[0]), (hidden, public[0]) == (404, 200))


def outage(port, folder, server):
    """No process answers: the page that the portal has written, with the numbers."""
    rig.until(lambda: (folder / "static" / "503.html").exists(), what="the outage page")
    server.terminate()
    server.wait(20)
    status, sent, body = ask(port, f"/tin-tuc/?{SECRET}", tls=True, Referer=f"https://x.example/?{SECRET}")
    right = status == 503 and b"tel:" in body and sent["Retry-After"] == "30" and sent["Cache-Control"] == "no-store"
    fine = say("no process: status, bytes with the numbers", (status, len(body)), right)
    (folder / "static" / "503.html").unlink()
    status, sent, body = ask(port, "/tin-tuc/", tls=True)
    return fine & say(
        "… and no file either",
        (status, body.decode()[:30]),
        (status, sent["Content-Type"]) == (503, "text/plain; charset=utf-8"),
    )


def limits(environment, folder, port):
    with rig.nginx([port], folder / "static", is_limited=True) as (_, tls, _):
        with ThreadPoolExecutor(20) as pool:
            answers = Counter(pool.map(lambda _: ask(tls, "/tim-kiem/?q=a", tls=True)[0], range(80)))
        busy = ask(tls, "/tim-kiem/?q=a", tls=True)
        said = "Quá nhiều yêu cầu" in busy[2].decode() and busy[1]["Retry-After"] == "10"
        fine = say("80 searches at once from one address", dict(answers), answers[429] > 5 and answers[200] >= 20)
        return fine & say("… and what the refused are told", busy[0], busy[0] == 200 or said)


def killed(tls, servers, path):
    """kill -9 of one of three portals at 200 requests a second."""
    with rig.Readers(tls, [path, "/", "/duong-day-nong/"], 200, tls=True) as readers:
        time.sleep(2)
        victim = servers[0]
        for pid in (victim.pid, *rig.children(victim.pid)):
            with contextlib.suppress(ProcessLookupError):
                subprocess.run(["kill", "-9", str(pid)])
        time.sleep(4)
    return say("kill -9 of one of three portals, answers", dict(readers.answers), set(readers.answers) == {200})


def slow_post(tls):
    """A POST is sent once, whatever happens: a portal that is not there answers 503 and not 502."""
    connection = http.client.HTTPSConnection("127.0.0.1", tls, timeout=20, context=ssl._create_unverified_context())
    connection.request("POST", "/tim-kiem/", body="x" * 2000, headers={"Host": "127.0.0.1"})
    status = connection.getresponse().status
    return say("POST to a page that takes none", status, status == 403)


def main():
    if not shutil.which("nginx"):
        sys.exit("needs nginx")
    settings = {"TRUSTED_PROXIES": "127.0.0.1", "HTTPS": "1"}
    with demo(**settings) as (_, environment, folder, path), contextlib.ExitStack() as stack:
        portals = [stack.enter_context(rig.portal(environment, workers=1)) for _ in range(3)]
        ports, servers = zip(*portals, strict=True)
        _, tls, places = stack.enter_context(rig.nginx(ports, folder / "static"))
        rig.until(lambda: all(ask(p, "/readyz")[0] == 200 for p in ports))
        static = ask(tls, "/", tls=True)[2].decode().split('href="/static/css/', 1)[1].split('"')[0]
        fine = http2(tls)
        fine &= headers(tls, f"/static/css/{static}")
        fine &= address(tls, environment)
        fine &= media(tls, environment, folder)
        fine &= slow_post(tls)
        fine &= limits(environment, folder, ports[1])
        fine &= killed(tls, servers, path)
        for server in servers[:2]:
            server.kill()
            server.wait()
        fine &= outage(tls, folder, servers[2])
        fine &= logs(places)
    sys.exit(not fine)


if __name__ == "__main__":
    main()
