"""A backup is a folder: the dump, the media files, and a manifest with the checksum of everything.

The dump comes first, in the same snapshot in which the rows are counted; then the files, whose names stand for their
content: one that the last backup holds already costs no room again (a hard link).
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.files.storage import Storage, default_storage
from django.db import connection, transaction
from django.utils import timezone
from tqdm import tqdm

from portal import pgtools

MANIFEST, DUMP, MEDIA = "manifest.json", "database.dump", "media"
NAME = re.compile(r"portal-\d{8}-\d{6}")
# What must not outlive the day for which it was made: who was here, the secrets of a day or an hour, open sessions.
PASSING = (
    "stats_recent", "stats_dailysecret", "polls_hoursecret", "polls_networkhour", "polls_spent", "django_session",
    "axes_accessattempt", "axes_accessattemptexpiration", "axes_accessfailurelog", "axes_accesslog",
)  # fmt: skip
_BLOCK = 1 << 20
# The two halves of each row's MD5, added up: no sorting, whatever the size.
SUMS = """
SELECT count(*), concat_ws(':', sum(('x' || left(m, 16))::bit(64)::bigint), sum(('x' || right(m, 16))::bit(64)::bigint))
FROM (SELECT md5(t::text) AS m FROM public.{table} AS t) AS rows
"""


class Unsound(Exception):
    """The backup is not what its manifest says; one sentence for each thing that is wrong."""


def make(folder: Path, at: datetime | None = None) -> Path:
    """Writes a backup into `folder`; its path. It bears its name only when it is whole."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = _unborne(folder, at or timezone.now())
    unfinished = folder / f"{path.name}.partial"
    before = newest(folder)
    os.umask(0o077)
    unfinished.mkdir(mode=0o700)
    try:
        manifest: dict[str, Any] = {"format": 1, "made_at": timezone.now().isoformat(timespec="seconds")}
        manifest |= dump(unfinished / DUMP)
        manifest["media"] = copy_media(unfinished / MEDIA, before)
        (unfinished / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1))
        unfinished.rename(path)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return path


def _unborne(folder: Path, at: datetime) -> Path:
    """The path of a backup made `at` that moment; names are whole seconds, so the second of one second bears the next."""
    while (path := folder / f"portal-{timezone.localtime(at):%Y%m%d-%H%M%S}").exists():
        at += timedelta(seconds=1)
    return path


def dump(file: Path) -> dict[str, Any]:
    """Writes the database into `file`; what the manifest says of it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        left_out = [f"--exclude-table-data=public.{table}" for table in PASSING]
        command = [
            pgtools.program("pg_dump"),
            "--format=custom",
            "--compress=1",
            "--no-owner",
            "--no-privileges",
            "--verbose",
            *left_out,
        ]
        tables = sorted(set(all_tables()) - set(PASSING))
        _run([*command, f"--snapshot={snapshot}", f"--file={file}"], "dumping contents of table", len(tables))
        rows = sums(tables)
    return {"database": {"size": file.stat().st_size, "sha256": sha256(file)}, "tables": rows}


def all_tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        return [name for (name,) in cursor.fetchall()]


def sums(tables: Iterable[str]) -> dict[str, list[Any]]:
    """{table: [rows, checksum of their contents, in whatever order they stand]}."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL extra_float_digits = 1")
        for table in tqdm(list(tables), unit="bảng", desc="Đếm dòng", leave=False, disable=None):
            name = connection.ops.quote_name(table)  # as PostgreSQL itself told it
            cursor.execute(SUMS.format(table=name))
            found[table] = list(cursor.fetchone())
    return found


def copy_media(folder: Path, before: Path | None) -> dict[str, list[Any]]:
    """Copies every media file into `folder`; {name: [size, sha256]}. Files of the backup `before` are linked."""
    known = read_manifest(before)["media"] if before else {}
    found = {}
    for name in tqdm(sorted(walk(default_storage)), unit="tệp", desc="Ảnh và tệp", leave=False, disable=None):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            if (
                before
                and name in known
                and default_storage.size(name) == known[name][0]
                and _link(before / MEDIA / name, target)
            ):
                found[name] = known[name]
                continue
            found[name] = _copy(name, target)
        except FileNotFoundError:  # deleted in this moment; the dump is older and does not need it either
            target.unlink(missing_ok=True)
    return found


def _link(old: Path, new: Path) -> bool:
    try:
        os.link(old, new)
    except OSError:  # another disk, or one without links
        return False
    return True


def _copy(name: str, target: Path) -> list[Any]:
    digest, size = hashlib.sha256(), 0
    with default_storage.open(name) as source, target.open("wb") as copy:
        while block := source.read(_BLOCK):
            digest.update(block)
            size += len(block)
            copy.write(block)
    return [size, digest.hexdigest()]


def walk(storage: Storage, folder: str = "") -> Iterator[str]:
    """Names of all files of `storage`."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}".lstrip("/") for name in files if name)
    for name in folders:
        yield from walk(storage, f"{folder}/{name}".lstrip("/"))


def newest(folder: Path) -> Path | None:
    return max(kept(folder), default=None)


def kept(folder: Path) -> list[Path]:
    """The whole backups in `folder`, the oldest first."""
    return sorted(path for path in folder.glob("portal-*") if NAME.fullmatch(path.name) and (path / MANIFEST).is_file())


def thin(folder: Path, keep: int) -> list[Path]:
    """Deletes all but the `keep` newest backups; which ones went."""
    gone = kept(folder)[:-keep]
    for path in gone:
        shutil.rmtree(path)
    return gone


def read_manifest(path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((path / MANIFEST).read_text())
    except (OSError, ValueError) as error:
        raise Unsound(f"{path} không phải một bản sao lưu trọn vẹn — {error}") from error
    if manifest.get("format") != 1:
        raise Unsound(f"{path} do một phiên bản khác của cổng tạo ra.")
    return manifest


def verify(path: Path) -> dict[str, Any]:
    """The manifest of a backup of which every byte was read and found right. Raises Unsound."""
    manifest = read_manifest(path)
    files = {DUMP: [manifest["database"]["size"], manifest["database"]["sha256"]]}
    files |= {f"{MEDIA}/{name}": said for name, said in manifest["media"].items()}
    wrong = []
    for name, (size, digest) in tqdm(files.items(), unit="tệp", desc="Kiểm tra", leave=False, disable=None):
        try:
            if (
                name.startswith(f"{MEDIA}//") or ".." in Path(name).parts
            ):  # a path of its own would lead out of the folder
                wrong.append(f"{name}: tên không hợp lệ")
            elif (path / name).stat().st_size != size or sha256(path / name) != digest:
                wrong.append(f"{name}: nội dung đã khác")
        except FileNotFoundError:
            wrong.append(f"{name}: thiếu")
    if wrong:
        raise Unsound("\n".join(wrong))
    return manifest


def sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def others() -> int:
    """How many other connections use this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        return cursor.fetchone()[0]


def restore(path: Path, manifest: dict[str, Any]) -> list[str]:
    """Puts database and media back, all of the database or nothing; what is not as the manifest says afterwards."""
    script = path.parent / f".{path.name}.{os.getpid()}.sql"
    try:
        unpack = [pgtools.program("pg_restore"), "--no-owner", "--no-privileges", "--schema=public", "--file=-"]
        with script.open("wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(b"DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public;\n")
            file.flush()
            subprocess.run([*unpack, str(path / DUMP)], env=pgtools.environment(), stdout=file, check=True)
        connection.close()
        run = [pgtools.program("psql"), "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
        _run([*run, "--echo-queries", f"--file={script}"], "COPY public.", len(manifest["tables"]), stream="stdout")
    finally:
        script.unlink(missing_ok=True)
    with connection.cursor() as cursor:  # without statistics the first readers would wait for bad plans
        cursor.execute("VACUUM (ANALYZE)")
    for name in tqdm(manifest["media"], unit="tệp", desc="Ảnh và tệp", leave=False, disable=None):
        if not default_storage.exists(name) or default_storage.size(name) != manifest["media"][name][0]:
            default_storage.delete(name)
            with (path / MEDIA / name).open("rb") as file:
                default_storage.save(name, file)
    return differences(manifest)


def differences(manifest: dict[str, Any]) -> list[str]:
    with transaction.atomic():
        now = sums(manifest["tables"])
    wrong = [
        f"bảng {table}: {now[table]} thay vì {said}" for table, said in manifest["tables"].items() if now[table] != said
    ]
    return wrong + [f"tệp {name}: thiếu" for name in manifest["media"] if not default_storage.exists(name)]


def _run(command: list[str], mark: str, total: int, stream: str = "stderr") -> None:
    """Runs a program of PostgreSQL; each line with `mark` moves the bar. What it says at the end is the error."""
    said: list[str] = []
    pipes = {stream: subprocess.PIPE, "stdout" if stream == "stderr" else "stderr": subprocess.STDOUT}
    if stream == "stderr":
        pipes["stdout"] = subprocess.DEVNULL
    with (
        subprocess.Popen(command, env=pgtools.environment(), text=True, errors="replace", **pipes) as running,
        tqdm(total=total, unit="bảng", desc="Cơ sở dữ liệu", leave=False, disable=None) as bar,
    ):
        for line in getattr(running, stream):
            said = [*said[-5:], line.strip()]
            if mark in line:
                bar.update()
        with suppress(subprocess.TimeoutExpired):
            running.wait(60)
    if running.returncode:
        raise Unsound(f"{Path(command[0]).name}: {' '.join(said)}")
