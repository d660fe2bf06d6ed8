#!/usr/bin/env python3
"""Django's command line with a database at hand, and with one sentence instead of a trace when something is missing."""

import os
import signal
import sys
from pathlib import Path

try:
    import environ
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    from portal.embedded import EmbeddedError, ensure_database_url, verify_database_url
except ModuleNotFoundError as error:
    sys.exit(f"Thiếu gói Python {error.name} — chạy `make run` (tự cài mọi thứ), hoặc dùng .venv/bin/python manage.py.")

PROJECT = Path(__file__).resolve().parent
# These work on files alone: they must run where there is neither a database nor a secret (an image being built).
FILES_ONLY = {"collectstatic", "compilemessages", "findstatic", "makemessages", "startapp", "startproject"}
NO_DATABASE = FILES_ONLY | {"check", "diffsettings", "help", "version"}
PLACEHOLDERS = {"SECRET_KEY": "x" * 50, "ALLOWED_HOSTS": "localhost"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    end_in_order_on_signals()
    try:
        provide_database(sys.argv)
        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:
        sys.exit(130)
    except (EmbeddedError, ImproperlyConfigured, ModuleNotFoundError, OperationalError) as error:
        if "--traceback" in sys.argv or is_our_mistake(error):
            raise
        sys.exit(sentence(error))


def provide_database(argv: list[str]) -> None:
    """Have a DATABASE_URL that answers, or one that leads nowhere for commands that need none. EmbeddedError."""
    command = argv[1] if len(argv) > 1 else "help"
    needs_none = command in NO_DATABASE and "--database" not in argv
    if needs_none or {"-h", "--help", "--version"} & set(argv):
        environ.Env.read_env(PROJECT / ".env")
        unreachable = {"DATABASE_URL": "postgres://127.0.0.1:1/none"}
        for name, value in (unreachable | (PLACEHOLDERS if command in FILES_ONLY else {})).items():
            os.environ[name] = os.environ.get(name) or value
        return
    if not ensure_database_url("test" if command == "test" else "run"):
        verify_database_url(os.environ["DATABASE_URL"])


def end_in_order_on_signals() -> None:
    """Let a closed terminal or a `kill` end the program as Ctrl+C does, so that the embedded server is left in order."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # nohup has SIGHUP ignored
            signal.signal(number, lambda caught, _: sys.exit(128 + caught))


def is_our_mistake(error: Exception) -> bool:
    """Whether a module of the project itself is missing: then the programmer needs the trace."""
    package = (getattr(error, "name", None) or "").partition(".")[0]
    return isinstance(error, ModuleNotFoundError) and (PROJECT / package).is_dir()


def sentence(error: Exception) -> str:
    cause = " ".join(str(error).split())
    if isinstance(error, ModuleNotFoundError):
        return f"Thiếu gói Python {error.name} — chạy `make run` hoặc `make test` để cài (--traceback: xem chi tiết)."
    if isinstance(error, OperationalError):
        return f"Cơ sở dữ liệu không đáp ứng; hãy kiểm tra DATABASE_URL — {cause} (--traceback: xem chi tiết)."
    return cause


if __name__ == "__main__":
    main()
