"""Bringing database and static files up to date, one at a time, while the portal goes on serving."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.core.management.commands.migrate import Command as Migrate
from django.db import OperationalError, connection, connections
from django.db.migrations.executor import MigrationExecutor
from tqdm import tqdm

# Any number will do, so long as nothing else in this database uses it.
LOCK = 0x706F7274616C
# A migration that waits for a lock makes everybody wait who comes after it, readers too: it waits this long, gives way,
# and tries again a little later.
LOCK_TIMEOUT, TRIES, PAUSE = "2s", 30, 2.0
BIG = 100_000  # rows: below, an index is built or a table written anew faster than anybody notices
_LOCK_NOT_AVAILABLE = "55P03"
_INDEX = re.compile(r'CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY)[^;]* ON "?(\w+)"?', re.I)
_REWRITE = re.compile(r'ALTER TABLE (?:ONLY )?"?(\w+)"?[^;]*ALTER COLUMN "?\w+"? (?:SET DATA )?TYPE', re.I)


@contextmanager
def alone(tell: Callable[[str], object]) -> Iterator[None]:
    """Whoever comes second waits here until the first is done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            tell("Một lần cập nhật khác đang chạy trên cơ sở dữ liệu này; đợi nó xong…")
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        yield
    finally:
        # With the connection goes the lock, and the processes of a server must not inherit one anyway.
        connections.close_all()


class QuietMigrate(Migrate):
    """Django's migrate, telling a progress bar instead of the screen."""

    bar: Any = None

    def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:
        if action == "apply_success":
            self.bar.update()


def pending() -> list[Any]:
    """The migrations that this database does not have, in order."""
    executor = MigrationExecutor(connection)
    return [migration for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def migrate(tell: Callable[[str], object]) -> None:
    """Applies what is pending. A lock that somebody holds is waited for in small portions."""
    if not pending():
        return
    tell("Tạo và cập nhật bảng dữ liệu…")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_TIMEOUT])
    for left in reversed(range(TRIES)):
        try:
            _migrate_now()
            break
        except OperationalError as error:
            if getattr(error.__cause__, "pgcode", None) != _LOCK_NOT_AVAILABLE or not left:
                raise
            tell(f"Bảng đang bận, nhường rồi thử lại ({left} lần nữa)…")
            time.sleep(PAUSE)
    with connection.cursor() as cursor:
        cursor.execute("RESET lock_timeout")


def _migrate_now() -> None:
    command = QuietMigrate()
    with tqdm(total=len(pending()), unit="bước", leave=False, disable=None) as command.bar:  # None: only on a terminal
        call_command(command, interactive=False, verbosity=0)


def risks() -> list[str]:
    """A sentence for each pending step that would keep readers or writers of a big table waiting."""
    loader = MigrationExecutor(connection).loader
    sentences = []
    for migration in pending():
        sql = "\n".join(loader.collect_sql([(migration, False)]))
        found = [("tạo chỉ mục chặn ghi", table) for table in _INDEX.findall(sql)]
        found += [("viết lại cả bảng", table) for table in _REWRITE.findall(sql)]
        sentences += [
            f"{migration}: {what} {table} ({rows:,} dòng)" for what, table in found if (rows := size(table)) > BIG
        ]
    return sentences


def size(table: str) -> int:
    """About how many rows `table` has; 0 when it is not there yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(%s)", [table])
        row = cursor.fetchone()
    return max(0, row[0]) if row else 0


def half_built_indexes() -> list[str]:
    """Names of indexes whose concurrent building was cut off: they cost writes and serve nobody."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid ORDER BY 1")
        return [name for (name,) in cursor.fetchall()]


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
