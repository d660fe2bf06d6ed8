"""Backup and restore for real: `python -m tests.failures.restore_drill`. Part of CI: some twenty seconds.

Fills a portal with the demo, backs it up, brings it back on an empty database with an empty media folder, and compares
rows, checksums and every page of the sitemap as citizens see it. Then it damages a copy and asks for a refusal.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg2

from portal.embedded import Cluster
from tests.failures.rig import ROOT, say

PAGES = """
import hashlib, json, re
from django.conf import settings
from django.test import Client
reader = Client(headers={"user-agent": "Mozilla/5.0 Firefox/140.0", "accept-language": "vi", "host": "127.0.0.1"})
paths = ["/", "/duong-day-nong/", "/thong-ke/", "/tin-tuc/", "/ban-do/", "/rss/", "/so-do-trang/", "/tim-kiem/?q=phuong"]
for part in re.findall(r"<loc>https?://[^/]+(/[^<]+)", reader.get("/sitemap.xml").content.decode()):
    paths += re.findall(r"<loc>https?://[^/]+(/[^<]*)", reader.get(part).content.decode())
seen = {}
for path in sorted(set(paths)):
    page = reader.get(path)
    assert page.status_code == 200, (path, page.status_code)
    seen[path] = hashlib.sha256(page.content).hexdigest()
    for picture in re.findall(rb'src="(/media/[^"]+)"', page.content):
        file = reader.get(picture.decode())
        assert file.status_code == 200, (picture, file.status_code)
        seen[picture.decode()] = hashlib.sha256(b"".join(file)).hexdigest()
print(json.dumps(seen))
"""


class Machine:
    """A database and a media folder of their own."""

    def __init__(self, cluster, name, home):
        with contextlib.closing(psycopg2.connect(cluster.url)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(f"CREATE DATABASE {name}")
        self.media = home / name
        self.environment = {
            **os.environ, "DATABASE_URL": cluster.url.replace("/portal?", f"/{name}?"), "DEBUG": "1", "PULSE": "0",
            "SECRET_KEY": "only-for-the-drill" * 3, "ALLOWED_HOSTS": "127.0.0.1", "MEDIA_ROOT": str(self.media),
            "STATIC_ROOT": str(home / "static"), "OUTAGE_FILE": str(home / f"{name}.html"), "LOG_LEVEL": "ERROR",
        }  # fmt: skip

    def manage(self, *arguments):
        command = [sys.executable, "manage.py", *map(str, arguments)]
        return subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True)

    def done(self, *arguments):
        run = self.manage(*arguments)
        if run.returncode:
            raise SystemExit(f"{arguments[0]}: {run.stderr}")
        return run.stdout

    def pages(self):
        return json.loads(self.done("shell", "-v0", "-c", PAGES))


def drill(cluster, home):
    old, new = Machine(cluster, "old", home), Machine(cluster, "new", home)
    old.done("migrate", "-v0")
    old.done("seed_demo", "--quiet")
    began = time.monotonic()
    print(old.done("backup", home / "backups").strip())
    fine = say("backup took", f"{time.monotonic() - began:.1f} s")
    (made,) = (home / "backups").iterdir()
    old.done("backup", home / "backups", "--keep", "1")
    (second,) = (home / "backups").iterdir()
    fine &= say("of two backups with --keep 1 is left", second.name, second != made)
    linked = [file for file in (second / "media").rglob("*") if file.is_file()]
    fine &= say("a third one links every file", *links(old, home, linked))
    began = time.monotonic()
    print(new.done("restore", second).strip())
    say("restore took", f"{time.monotonic() - began:.1f} s")
    before, after = old.pages(), new.pages()
    same = sum(after.get(path) == digest for path, digest in before.items())
    fine &= say(
        "pages and pictures compared, the same", f"{len(before)}, {same}", same == len(before) == len(after) > 100
    )
    return fine & refusals(old, new, second, home)


def links(old, home, files):
    old.done("backup", home / "backups")
    n = sum(file.stat().st_nlink == 2 for file in files)
    return f"{n} of {len(files)}", n == len(files) > 0


def refusals(old, new, path, home):
    again = new.manage("restore", path)
    fine = say("refused without --overwrite", again.returncode != 0, "--overwrite" in again.stderr)
    victim = next(file for file in (path / "media").rglob("*.webp"))
    copy = home / "damaged"
    shutil.copytree(path, copy)
    target = copy / victim.relative_to(path)
    target.write_bytes(target.read_bytes()[:-1] + b"?")
    damaged = new.manage("restore", copy, "--overwrite")
    fine &= say("a damaged file is found before anything is written", victim.name, victim.name in damaged.stderr)
    (copy / "database.dump").write_bytes((copy / "database.dump").read_bytes()[:-100])
    damaged = new.manage("backup", "--verify", copy)
    fine &= say("a short dump is found", damaged.returncode != 0, "database.dump" in damaged.stderr)
    kept = new.pages() == old.pages()
    fine &= say("what was there is untouched", kept, kept)
    written = new.manage("restore", path, "--overwrite")
    return fine & say("--overwrite restores over it", written.returncode == 0, written.returncode == 0)


def main():
    cluster, home = Cluster(f"drill-{os.getpid()}"), Path(tempfile.mkdtemp(prefix="drill-"))
    try:
        cluster.start()
        sys.exit(not drill(cluster, home))
    finally:
        cluster.stop()
        for folder in (cluster.home, home):
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
