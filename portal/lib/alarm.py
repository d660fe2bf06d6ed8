"""Errors told to somebody's own address (ERROR_WEBHOOK): off by default, for the portal asks nobody of itself.

What goes out is the error and where it is in the code, never anything of the request but its path. Each fault once in ten
minutes, with how often it came; a receiver that is slow or away costs no reader anything.
"""

import json
import logging
import queue
import socket
import threading
import time
import traceback
import urllib.request

AGAIN = 600.0  # seconds until the same fault is told again
WAITING = 100  # faults that wait to be told; more are only counted
SECONDS = 5


class Webhook(logging.Handler):
    """A handler of logging that posts JSON to `url`, from a thread of its own."""

    def __init__(self, url: str) -> None:
        super().__init__(logging.ERROR)
        self.url = url
        self._queue: queue.Queue[dict] = queue.Queue(WAITING)
        self._told: dict[tuple[str, ...], list[float]] = {}  # fault: [when it was told, how often it came since]
        self._thread: threading.Thread | None = None

    def emit(self, record: logging.LogRecord) -> None:
        where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in self._frames(record)]
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        fault = (record.name, str(record.msg), error, *where[-1:])
        told_at, since = self._told.get(fault, [-AGAIN, 0])
        if time.monotonic() - told_at < AGAIN:
            self._told[fault] = [told_at, since + 1]
            return
        self._told[fault] = [time.monotonic(), 0]
        message = record.getMessage().partition("?")[0][:300]
        told = {"text": f"{record.levelname} {error} {message}".replace("  ", " "), "logger": record.name, "where": where[-5:],
            "host": socket.gethostname(), "times": int(since) + 1}  # fmt: skip
        try:
            self._queue.put_nowait(told)
        except queue.Full:
            return
        self._begin()

    @staticmethod
    def _frames(record: logging.LogRecord) -> traceback.StackSummary:
        return traceback.extract_tb(record.exc_info[2]) if record.exc_info else traceback.StackSummary()

    def _begin(self) -> None:
        """The thread starts with the first fault, not at import: servers import before they fork."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._tell, name="alarm", daemon=True)
            self._thread.start()

    def _tell(self) -> None:
        while True:
            body = json.dumps(self._queue.get(), ensure_ascii=False).encode()
            request = urllib.request.Request(self.url, body, {"Content-Type": "application/json"})  # noqa: S310
            try:
                urllib.request.urlopen(request, timeout=SECONDS).close()  # noqa: S310 - the operator's own address # nosec B310
            except (OSError, ValueError):
                continue  # a line about it in the log would be the next thing to tell
