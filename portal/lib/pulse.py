"""The pulse: one daemon thread in each process that calls `beat` every second.

It starts in the process that serves, or at its first request, not at import: servers may import the application before they
fork.
"""

import atexit
import logging
import math
import os
import threading
import time
from collections.abc import Callable
from multiprocessing.util import Finalize

INTERVAL = 1.0  # seconds
LAST_BEAT = 5.0  # seconds in which the last beat may be tried again; the server waits twice as long for its processes
log = logging.getLogger(__name__)


class Pulse:
    """Calls `beat()` every INTERVAL seconds and once more when the process ends; a failing beat is logged, not fatal."""

    def __init__(self, beat: Callable[[], None]) -> None:
        self._beat = beat
        self._pid = 0
        self._lock = threading.Lock()
        self._beating = threading.Lock()
        self._stopped = threading.Event()
        self._failing = False
        self._last = -math.inf  # time.monotonic() of the last beat that went well
        self.went_well = threading.Event()  # once at least

    def start(self) -> None:
        """Makes sure that this process has its thread; costs one comparison once it has."""
        if self._pid == os.getpid():
            return
        with self._lock:
            if self._pid != os.getpid():
                self._pid = os.getpid()
                self._stopped = threading.Event()
                # Processes started by `multiprocessing` leave without atexit, but run these finalizers.
                atexit.register(self.stop)
                Finalize(None, self.stop, exitpriority=10)
                threading.Thread(target=self._run, name="pulse", daemon=True).start()

    def age(self) -> float:
        """Seconds since the last beat that went well; infinite before the first."""
        return time.monotonic() - self._last

    @property
    def is_stopping(self) -> bool:
        """Whether the beat under way is the last one."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Ends the thread with a last beat that goes well, if it can be had soon, so that nothing counted stays behind."""
        if not self._stopped.is_set():
            self._stopped.set()
            until = time.monotonic() + LAST_BEAT
            while not self.once() and time.monotonic() < until:
                time.sleep(INTERVAL / 2)

    def once(self) -> bool:
        """One beat, now, after the one under way; whether it went well. Says in the log when beats begin to fail and cease to."""
        try:
            with self._beating:  # the last beat of a process must find what an unfinished one still holds
                self._beat()
        except Exception as error:
            if not self._failing:
                log.warning("beats fail: %s", error)
            self._failing = True
        else:
            if self._failing:
                log.warning("beats go well again")
            self._failing = False
            self._last = time.monotonic()
            self.went_well.set()
        return not self._failing

    def _run(self) -> None:
        self.once()
        while not self._stopped.wait(INTERVAL):
            self.once()
