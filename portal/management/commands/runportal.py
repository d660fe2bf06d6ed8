"""`make run`: from an empty database to a portal that answers, in small steps that may all be repeated."""

import errno
import multiprocessing
import os
import secrets
import signal
import socket
import sys
import threading
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.core.management.commands.migrate import Command as Migrate
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils.module_loading import import_string
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from tqdm import tqdm

from portal.models import SiteProfile

APPLICATION = "portal.wsgi.application"
ADMINISTRATOR = "admin"
# Any number will do, so long as nothing else in this database uses it: two `make run` prepare one after the other.
PREPARATION_LOCK = 0x706F7274616C
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104 - compared, not bound


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
        address = host, whole_number("PORT", port, 65535)
        processes = whole_number("WORKERS", workers, 64)
        # The reloading server starts this command again in a child; there everything is prepared already.
        if os.environ.get("RUN_MAIN") != "true":
            refuse_taken_port(*address)
            self.check()
            password = self.prepare()
            import_string(APPLICATION)  # once, here: the forked processes answer at once and share its memory
            self.announce(address, password)
        if dev:
            call_command("runserver", f"{for_address(host)}:{address[1]}", verbosity=0)
        else:
            serve(*address, processes)
            self.stdout.write("Đã dừng.")

    def prepare(self) -> str:
        """Bring database, files and demo up to date. Returns what to tell about the administrator's password."""
        tqdm.monitor_interval = 0  # its thread would be copied half alive into the server's processes
        with alone_in_the_database():
            migrate(self.stdout.write)
            if not settings.DEBUG:
                collect_static(self.stdout.write)
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


def whole_number(name: str, text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
        sys.exit(f"{name} phải là một số từ 1 đến {most}, không phải “{text}”.")
    return int(text)


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


@contextmanager
def alone_in_the_database() -> Iterator[None]:
    """Prepare one at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [PREPARATION_LOCK])
    try:
        yield
    finally:
        # With the connection goes the lock, and the processes of the server must not inherit one anyway.
        connections.close_all()


class QuietMigrate(Migrate):
    """Django's migrate, telling a progress bar instead of the screen."""

    bar: Any = None

    def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:
        if action == "apply_success":
            self.bar.update()


def migrate(tell: Callable[[str], object]) -> None:
    executor = MigrationExecutor(connection)
    steps = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if not steps:
        return
    tell("Tạo và cập nhật bảng dữ liệu…")
    command = QuietMigrate()
    with tqdm(total=steps, unit="bước", leave=False, disable=None) as command.bar:  # None: only on a terminal
        call_command(command, interactive=False, verbosity=0)


def collect_static(tell: Callable[[str], object]) -> None:
    if static_is_collected():
        return
    tell("Gom và nén tệp tĩnh (lần đầu mất chừng nửa phút)…")
    call_command("collectstatic", interactive=False, verbosity=0)


def static_is_collected() -> bool:
    """Whether the list of collected files is younger than every file that it should contain."""
    manifest = Path(settings.STATIC_ROOT) / getattr(staticfiles_storage, "manifest_name", "staticfiles.json")
    if not manifest.exists():
        return False
    collected = manifest.stat().st_mtime
    files = (storage.path(path) for finder in get_finders() for path, storage in finder.list(None))
    return all(Path(file).stat().st_mtime < collected for file in files)


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


def stand_apart() -> None:
    """In a server process: hear nothing of the terminal, and end at once when told to before granian listens."""
    # Ctrl+C reaches the whole process group. Only the main process shall hear it, and stop its children in order;
    # but its own handler, inherited by the fork, would swallow that order.
    os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def load_application(target: str) -> Any:
    """The WSGI application, in a server process."""
    stand_apart()
    threading.Thread(target=end_with_the_main_process, daemon=True).start()
    return import_string(target)


def end_with_the_main_process() -> None:
    """Wait for it to be killed: a server process without it would hold the port and nobody could tell why."""
    if main := multiprocessing.parent_process():
        main.join()
        os.kill(os.getpid(), signal.SIGTERM)


def serve(host: str, port: int, workers: int) -> None:
    """Answer requests until SIGINT, SIGTERM or SIGHUP."""
    server = Granian(
        APPLICATION,
        address=socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0],
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        # Python threads answering at once, per process. Connections (backpressure) are many more: a browser keeps
        # several open, and an idle one costs no thread.
        blocking_threads=min(4, (os.cpu_count() or 1) * 2 + 1),
        backlog=1024,
        backpressure=512,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=5,
        log_level=LogLevels.error,
        log_access=False,
    )
    hang_up = signal.getsignal(signal.SIGHUP)

    @server.on_startup
    def end_when_the_terminal_closes() -> None:
        ignored = hang_up is signal.SIG_IGN
        signal.signal(signal.SIGHUP, signal.SIG_IGN if ignored else server.signal_handler_interrupt)

    os.register_at_fork(after_in_child=stand_apart)
    sys.stdout.flush()  # or every forked process would print what is still in the buffer
    try:
        server.serve(target_loader=load_application)
    except SystemExit as end:
        if end.code != 1:  # a signal before the server listened for signals
            raise
        sys.exit("Máy chủ dừng vì các tiến trình phục vụ không chạy được; lỗi ở ngay phía trên.")
