"""CDN mode with an nginx cache as the CDN: `python -m tests.failures.edge`.

Readers get pages from the cache and are counted by the beacon; the portal goes and pages stay; a change is told to the
CDN once, by one of the processes.
"""

import re
import shutil
import sys
import tempfile
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from bench.counting import counted
from bench.ground import AGENT, demo, free_port
from tests.failures import rig
from tests.failures.replica import sql
from tests.failures.rig import ask, say, until

READERS = 300
CDN = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{}}
http {{
  access_log off; {paths}
  proxy_cache_path {folder}/cache keys_zone=cdn:5m inactive=10m;
  server {{
    listen 127.0.0.1:{port};
    proxy_cache cdn; proxy_cache_key $uri$is_args$args; proxy_cache_lock on; proxy_cache_methods GET HEAD;
    proxy_set_header Host 127.0.0.1; proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header Accept-Encoding "";
    add_header X-Cache $upstream_cache_status always;
    location / {{ proxy_pass http://127.0.0.1:{origin}; }}
    location /dem/ {{ proxy_cache off; proxy_pass http://127.0.0.1:{origin}; }}
  }}
}}
"""


class Purges(BaseHTTPRequestHandler):
    """The CDN's address for purges."""

    seen: list = []

    def do_POST(self):
        self.seen.append((self.headers["Authorization"], self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


def cdn(folder, origin):
    port = free_port()
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    (folder / "nginx.conf").write_text(CDN.format(folder=folder, port=port, origin=origin, paths=paths))
    return port, ["nginx", "-c", str(folder / "nginx.conf")]


def read(port, path, visitor):
    """A browser with pictures: the page, then its beacon. (X-Cache, status of the beacon)"""
    agent = {"User-Agent": f"{AGENT} {visitor}", "Accept-Language": "vi"}
    with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=agent)) as page:
        cached, body = page.headers["X-Cache"], page.read().decode()
    beacon = re.search(r'<img src="(/dem/[^"]+)"', body)[1]
    with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}{beacon}", headers=agent)) as pixel:
        return cached, pixel.status


def trial(environment, server, origin, port, path):
    until(lambda: all(ask(origin, "/readyz")[0] == 200 for _ in range(9)))
    time.sleep(2)
    before = counted(environment, path)
    seen = [read(port, path, n) for n in range(READERS)]
    hits = sum(cached == "HIT" for cached, _ in seen)
    fine = say(f"{READERS} readers, answered by the cache", hits, hits >= READERS - 5)
    until(lambda: counted(environment, path) - before >= READERS, 20, "the counts")
    n = counted(environment, path) - before
    fine &= say("counted", n, n == READERS)
    time.sleep(2)
    Purges.seen.clear()
    sql(environment["DATABASE_URL"], "UPDATE portal_siteprofile SET title = title")
    time.sleep(4)
    fine &= say(
        "purges for one change, by two processes", Purges.seen, Purges.seen == [("Bearer a", b'{"everything":true}')]
    )
    server.terminate()
    server.wait(20)
    time.sleep(3)  # past CDN_SECONDS
    status, headers, _ = ask(port, path)
    return fine & say(
        "page while no process answers", (status, headers["X-Cache"]), (status, headers["X-Cache"]) == (200, "STALE")
    )


def main():
    if not shutil.which("nginx"):
        sys.exit("needs nginx")
    purges = ThreadingHTTPServer(("127.0.0.1", 0), Purges)
    Thread(target=purges.serve_forever, daemon=True).start()
    settings = {
        "CDN_SECONDS": "2", "TRUSTED_PROXIES": "127.0.0.1", "CDN_PURGE_URL": f"http://127.0.0.1:{purges.server_port}/",
        "CDN_PURGE_HEADERS": "Authorization: Bearer a", "CDN_PURGE_BODY": '{"everything":true}',
    }  # fmt: skip
    folder = Path(tempfile.mkdtemp(prefix="edge-"))
    folder.chmod(0o755)
    try:
        with demo(**settings) as (_, environment, _, path), rig.portal(environment) as (origin, server):
            port, command = cdn(folder, origin)
            with rig.process(command):
                until(lambda: ask(port, "/healthz")[0] == 200)
                sys.exit(not trial(environment, server, origin, port, path))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
