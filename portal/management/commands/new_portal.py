"""`manage.py new_portal phuong.yaml`: from one small file to a portal that is ready to serve."""

import os
import re
import secrets
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from portal import deploying, founding
from portal.lib import text

ENVIRONMENT = """\
# Cổng của {name}; do manage.py new_portal tạo ra. Mọi biến khác: .env.example.
SECRET_KEY={secret}
ALLOWED_HOSTS={host}
DATABASE_URL={database}
HTTPS=1
TRUSTED_PROXIES=127.0.0.1
PORT={port}
MEDIA_ROOT={data}/{slug}/media
STATIC_ROOT={static}
OUTAGE_FILE={data}/{slug}/503.html
"""


class Command(BaseCommand):
    help = "Tạo cổng của một cơ quan mới từ một tệp YAML (mẫu: docs/phuong-mau.yaml) trên cơ sở dữ liệu trống."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="tệp YAML mô tả cơ quan")
        parser.add_argument("--check", action="store_true", help="chỉ kiểm tra tệp")
        parser.add_argument("--instance", type=Path, metavar="THƯ-MỤC",
            help="tạo cả cơ sở dữ liệu và tệp môi trường trong thư mục này (DATABASE_URL hiện tại chỉ máy chủ)")  # fmt: skip
        parser.add_argument("--data", type=Path, default=Path("/var/lib/portal"), help="nơi để kho ảnh của các cổng")

    def handle(self, *, file: Path, check: bool, instance: Path | None, data: Path, **_: Any) -> None:
        try:
            source = file.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"Không đọc được {file} — {error}") from error
        try:
            if instance:
                self.apart(file, source, instance, data)
            else:
                self.here(source, check)
        except founding.Faulty as faulty:
            raise CommandError(f"{file} chưa dùng được:\n" + "\n".join(f"  {said}" for said in faulty.args)) from faulty
        except founding.AlreadyFounded as error:
            raise CommandError("Cơ sở dữ liệu này đã là cổng của một cơ quan; hãy dùng cơ sở dữ liệu trống.") from error

    def here(self, source: str, check: bool) -> None:
        """Founds the portal in the database of this environment."""
        founding.read(source)
        with deploying.alone(self.stdout.write):
            deploying.migrate(self.stdout.write)
            made = founding.found(source, is_trial=check)
        self.stdout.write(self.style.SUCCESS("Tệp dùng được: " if check else "Đã tạo: ") + told(made))
        if not check:
            call_command("first_admin", stdout=self.stdout)

    def apart(self, file: Path, source: str, folder: Path, data: Path) -> None:
        """Makes a database and an environment of its own, and founds the portal there in a process of its own."""
        whole, _ = founding.read(source)
        name, host = whole.text("ten", needed=True), whole.text("ten_mien", needed=True)
        slug = text.slug(name)
        environment = folder / f"{slug}.env"
        if environment.exists():
            raise CommandError(f"{environment} đã có: cổng này đã được tạo.")
        if whole.faults.found:
            raise founding.Faulty(*whole.faults.sentences())
        url = make_database(f"portal_{slug.replace('-', '_')}"[:63])
        values = {"name": name, "host": host, "slug": slug, "database": url, "port": free_port(folder), "data": data,
            "secret": secrets.token_urlsafe(50), "static": settings.STATIC_ROOT}  # fmt: skip
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        (data / slug / "media").mkdir(parents=True, exist_ok=True)
        written = ENVIRONMENT.format(**values)
        variables = dict(line.split("=", 1) for line in written.splitlines() if not line.startswith("#"))
        run = [sys.executable, sys.argv[0], "new_portal", str(file.resolve())]
        done = subprocess.run(run, env={**os.environ, **variables, "DEBUG": str(int(settings.DEBUG))})
        if done.returncode:
            raise CommandError(f"Chưa xong; cơ sở dữ liệu {urlsplit(url).path[1:]} còn trống. Sửa rồi chạy lại.")
        with open(os.open(environment, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "w") as opened:
            opened.write(written)
        self.stdout.write(f"Môi trường: {environment}\nChạy: systemctl enable --now portal@{slug}")


def told(made: dict[str, int]) -> str:
    return ", ".join(f"{n} {what}" for what, n in made.items())


def make_database(name: str) -> str:
    """URL of the database `name` on the server of this environment, made if it is not there."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    given = psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": None})
    try:
        given.autocommit = True
        with given.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if not cursor.fetchone():
                cursor.execute(f'CREATE DATABASE "{name}"')  # of a slug: letters, digits and underscores
    finally:
        given.close()
    return parts._replace(path=f"/{name}").geturl()


def free_port(folder: Path) -> int:
    """The first port from 8101 that no environment in `folder` has."""
    taken = {int(n) for file in folder.glob("*.env") for n in re.findall(r"^PORT=(\d+)$", file.read_text(), re.M)}
    return next(port for port in range(8101, 65536) if port not in taken)
