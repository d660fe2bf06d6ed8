"""The server that answers: one configuration for `make run`, systemd, containers and measurements.

`python -m portal.serving` serves until SIGTERM; SIGHUP replaces its processes one after the other. Variables: HOST, PORT,
WORKERS, THREADS. Nothing of Django may be imported here: the processes are forked from this one, and after an update
the new ones must load the new code.
"""

import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server
from granian.server.common import SocketSpec

from portal.lanes import keep_watch

APPLICATION = "portal.wsgi.application"
# Seconds that a new process has for its first imports before the one that it replaces goes.
NEW_PROCESS = 5.0
LAST_REQUESTS = 10  # seconds that an old process has to finish what it has begun


class SharedPort(Server):
    """All processes take connections from one queue.

    Left alone each opens the port for itself (SO_REUSEPORT) and has a queue of its own, and what waits in the queue of a
    process that ends is cut off. The other way is granian's own, which it keeps for systems without that option.
    """

    threads = 4  # of each process, for what does not stand in memory

    def _init_shared_socket(self) -> None:
        self._shd = SocketSpec(self.bind_addr, self.bind_port, self.backlog).build()
        self._sfd = self._shd.get_fd()
        self._ssp = None
        self._sso = socket.socket(fileno=self._sfd)
        self._sso.set_inheritable(True)


def whole_number(name: str, text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
        sys.exit(f"{name} phải là một số từ 1 đến {most}, không phải “{text}”.")
    return int(text)


def default_threads() -> int:
    return min(4, (os.cpu_count() or 1) * 2 + 1)


def server(host: str, port: int, workers: int, threads: int | None = None) -> Server:
    """A server of the portal that has not begun; chosen by bench/servers.py."""
    threads = threads or default_threads()
    made = SharedPort(
        APPLICATION,
        address=socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][4][0],
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads + 1,  # one keeps watch, see `lanes`
        blocking_threads_idle_timeout=600,
        # Connections: a browser keeps several open, and an idle one costs no thread.
        backlog=1024,
        backpressure=512,
        websockets=False,
        respawn_failed_workers=True,
        respawn_interval=NEW_PROCESS,
        workers_kill_timeout=LAST_REQUESTS,
        log_level=LogLevels.error,
        log_access=False,
    )
    made.threads = threads
    return made


def serve(server: Server, on_startup: Callable[[], None] | None = None) -> None:
    """Answers requests until SIGINT or SIGTERM."""
    if on_startup:
        server.on_startup(on_startup)
    os.register_at_fork(after_in_child=stand_apart)
    sys.stdout.flush()  # or every forked process would print what is still in the buffer
    try:
        server.serve(target_loader=partial(load_application, threads=server.threads))
    except SystemExit as end:
        if end.code != 1:  # a signal before the server listened for signals
            raise
        sys.exit("Máy chủ dừng vì các tiến trình phục vụ không chạy được; lỗi ở ngay phía trên.")


def stand_apart() -> None:
    """In a server process: hear nothing of the terminal, and end at once when told to before granian listens."""
    # Ctrl+C reaches the whole process group. Only the main process shall hear it, and stop its children in order;
    # but its own handler, inherited by the fork, would swallow that order.
    os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def load_application(target: str, threads: int) -> Any:
    """The WSGI application, in a server process."""
    stand_apart()
    threading.Thread(target=end_with_the_main_process, daemon=True).start()
    module, _, name = target.rpartition(".")
    loaded = import_module(module)
    if at_once := getattr(loaded, "at_once", None):
        keep_watch(at_once, threads)
    if begin := getattr(loaded, "begin", None):
        begin()
    return getattr(loaded, name)


def end_with_the_main_process() -> None:
    """Wait for it to be killed: a server process without it would hold the port and nobody could tell why."""
    if main := multiprocessing.parent_process():
        main.join()
        os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    given = os.environ.get
    host = given("HOST") or "127.0.0.1"
    port = whole_number("PORT", given("PORT") or "8000", 65535)
    workers = whole_number("WORKERS", given("WORKERS") or "2", 64)
    threads = whole_number("THREADS", given("THREADS") or str(default_threads()), 64)
    serve(server(host, port, workers, threads))


if __name__ == "__main__":
    main()
