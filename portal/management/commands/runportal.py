"""`make run`: from an empty database to a portal that answers, in small steps that may all be repeated."""

import errno
import os
import secrets
import signal
import socket
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string
from tqdm import tqdm

from portal import deploying, serving
from portal.models import SiteProfile

ADMINISTRATOR = "admin"
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104 - compared, not bound # nosec B104


class Command(BaseCommand):
    help = "Chuẩn bị cơ sở dữ liệu, dữ liệu mẫu, tài khoản quản trị, rồi chạy cổng thông tin."
    requires_system_checks = ()  # run below, after the port was found free

    def add_arguments(self, parser: ArgumentParser) -> None:
        environment = os.environ.get
        parser.add_argument("--host", default=environment("HOST") or "127.0.0.1", help="HOST; mặc định 127.0.0.1")
        parser.add_argument("--port", default=environment("PORT") or "8000", help="PORT; mặc định 8000")
        parser.add_argument(
            "--workers", default=environment("WORKERS") or "2", help="WORKERS; số tiến trình, mặc định 2"
        )
        parser.add_argument("--dev", action="store_true", help="dùng máy chủ phát triển, tự nạp lại khi mã nguồn đổi")

    def handle(self, *, host: str, port: str, workers: str, dev: bool, **_: Any) -> None:
        address = host, serving.whole_number("PORT", port, 65535)
        processes = serving.whole_number("WORKERS", workers, 64)
        # The reloading server starts this command again in a child; there everything is prepared already.
        if os.environ.get("RUN_MAIN") != "true":
            refuse_taken_port(*address)
            self.check()
            password = self.prepare()
            import_string(serving.APPLICATION)  # once, here: the forked processes answer at once and share its memory
            self.announce(address, password)
        if dev:
            call_command("runserver", f"{for_address(host)}:{address[1]}", verbosity=0)
        else:
            serve(*address, processes)
            self.stdout.write("Đã dừng.")

    def prepare(self) -> str:
        """Bring database, files and demo up to date. Returns what to tell about the administrator's password."""
        tqdm.monitor_interval = 0  # its thread would be copied half alive into the server's processes
        with deploying.alone(self.stdout.write):
            deploying.migrate(self.stdout.write)
            if not settings.DEBUG:
                deploying.collect_static(self.stdout.write)
            if not SiteProfile.objects.exists():
                self.stdout.write("Nạp dữ liệu mẫu…")
                call_command("seed_demo", stdout=self.stdout, stderr=self.stderr)
            return administrator_password(os.environ.get("ADMIN_PASSWORD", ""))

    def announce(self, address: tuple[str, int], password: str) -> None:
        host, port = address
        site = f"http://{'localhost' if host in EVERYWHERE else for_address(host)}:{port}/"
        lines = [
            "─" * 78,
            f"  Cổng thông tin   {site}",
            f"  Trang quản trị   {site}quan-tri/",
            f"  Tài khoản        {ADMINISTRATOR}",
            f"  Mật khẩu         {password}",
            "  Dừng             Ctrl+C",
            "─" * 78,
        ]
        if host not in LOOPBACK:
            lines.insert(-1, "  Máy khác chỉ vào được bằng tên hoặc địa chỉ có trong ALLOWED_HOSTS (tệp .env).")
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def for_address(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def refuse_taken_port(host: str, port: int) -> None:
    """End with one sentence when nobody can listen there.

    The server itself would not notice: its processes share their port, also with those of another `make run`.
    """
    try:
        family, kind, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            sys.exit(f"Cổng {port} đang có chương trình khác dùng. Chọn cổng khác: PORT={port % 65535 + 1} make run")
        if error.errno == errno.EACCES:
            sys.exit(f"Cổng {port} chỉ dành cho quản trị máy. Chọn cổng từ 1024 trở lên: PORT=8000 make run")
        sys.exit(f"Không mở được địa chỉ {host} (biến HOST) — {error.strerror or error}")


def administrator_password(chosen: str) -> str:
    """Have the administrator exist; `chosen` is his password from now on. What to tell about it."""
    users = get_user_model().objects
    user = users.filter(username=ADMINISTRATOR).first()
    if user is None:
        password = chosen or secrets.token_urlsafe(12)
        users.create_superuser(ADMINISTRATOR, password=password)
        return "như trong ADMIN_PASSWORD" if chosen else f"{password}   (mới tạo, chỉ hiện lần này)"
    if not chosen:
        return "như cũ; đổi bằng: .venv/bin/python manage.py changepassword admin"
    if not user.check_password(chosen):
        user.set_password(chosen)
        user.save(update_fields=["password"])
    return "như trong ADMIN_PASSWORD"


def serve(host: str, port: int, workers: int) -> None:
    """Answer requests until SIGINT, SIGTERM or, since a terminal that closes says so, SIGHUP."""
    server = serving.server(host, port, workers)
    ignored = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN

    def end_when_the_terminal_closes() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN if ignored else server.signal_handler_interrupt)

    serving.serve(server, end_when_the_terminal_closes)
