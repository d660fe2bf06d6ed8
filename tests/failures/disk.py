"""A full disk: `python -m tests.failures.disk`. Needs root, for a file system of 24 MB in memory.

Pictures, the log, the figures for monitoring and the outage page lie on it. Wanted: readers notice nothing and are
counted, content still changes, an upload is refused in words and leaves neither row nor file, and works when there is
room again.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from io import BytesIO
from pathlib import Path

from PIL import Image

from bench.counting import counted
from bench.ground import demo
from tests.failures import rig
from tests.failures.replica import sql
from tests.failures.rig import ask, say, until
from tests.failures.staff import Staff

MEGABYTES = 24


@contextlib.contextmanager
def small_disk():
    if os.geteuid():
        sys.exit("needs root: mounts a small file system")
    with tempfile.TemporaryDirectory(prefix="disk-") as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", folder], check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


def filled(disk):
    """Fills the disk to its last byte; the file that does it."""
    ballast = disk / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass
    return ballast


def photograph():
    noise = Image.frombytes("RGB", (900, 600), os.urandom(900 * 600 * 3))
    noise.save(buffer := BytesIO(), "JPEG", quality=90)
    return buffer.getvalue()


def upload(staff):
    """(status, first words) of a picture sent to the library."""
    status, body = staff.post(
        "/quan-tri/news/picture/kho/tai-len/", {"alt": "Ảnh thử"}, files={"upload": ("anh.jpg", photograph())}
    )
    return status, "" if status < 300 else json.loads(body)["errors"][0] if body.startswith("{") else body[:60]


def trial(environment, disk, server, port, path):
    staff = Staff(environment, port)
    until(lambda: all(ask(port, "/readyz")[0] == 200 for _ in range(9)))
    fine = say("upload while there is room", *one(upload(staff), 201))
    files, before = len(list(disk.rglob("*.webp"))), counted(environment, path)
    pictures = "SELECT count(*) FROM news_picture"
    rows = sql(environment["DATABASE_URL"], pictures)
    ballast = filled(disk)
    with rig.Readers(port, [path], 50) as readers:
        time.sleep(2)
        refused = upload(staff)
        sql(environment["DATABASE_URL"], "UPDATE portal_page SET title = 'Đĩa đầy' WHERE path = 'gioi-thieu'")
        took = until(lambda: "Đĩa đầy".encode() in ask(port, "/gioi-thieu/")[2], 10, "the change to be seen")
        time.sleep(2)
    ready = ask(port, "/readyz")[0]
    fine &= say("disk full: readers", dict(readers.answers), set(readers.answers) == {200})
    fine &= say("disk full: upload", refused, refused[0] == 422 and "hết chỗ" in refused[1])
    left = len(list(disk.rglob("*.webp"))) - files, sql(environment["DATABASE_URL"], pictures)[0][0] - rows[0][0]
    fine &= say("disk full: files, rows left by it", left, left == (0, 0))
    fine &= say("disk full: a change is seen after", f"{took:.1f} s", took < 3)
    fine &= say("disk full: /readyz", ready, ready == 200)
    time.sleep(3)
    n = counted(environment, path) - before
    fine &= say("disk full: readers counted", (readers.answers[200], n), n == readers.answers[200])
    ballast.unlink()
    return fine & say("room again: upload", *one(upload(staff), 201))


def one(told, wanted):
    return told, told[0] == wanted


def main():
    with small_disk() as disk:
        places = {"MEDIA_ROOT": str(disk / "media"), "OUTAGE_FILE": str(disk / "503.html"),
                  "METRICS_FOLDER": str(disk / "metrics"), "METRICS_TOKEN": "disk"}  # fmt: skip
        with demo(**places) as (_, environment, _, path), (disk / "log").open("a") as log:
            settings = {**environment, "HOST": "127.0.0.1", "PORT": str(port := rig.free_port()), "WORKERS": "2"}
            command = [sys.executable, "-m", "portal.serving"]
            with rig.process(command, settings, stdout=log, stderr=log) as server:
                until(lambda: ask(port, "/healthz")[0] == 200, what="the portal")
                fine = trial(environment, disk, server, port, path)
    sys.exit(not fine)


if __name__ == "__main__":
    main()
