"""Is every reader counted once? `python bench/counting.py [--requests 100000]`

64 connections ask two processes for one article, each request as a different visitor; meanwhile one worker is asked to
end (SIGTERM) and is replaced. Then a worker is killed (kill -9), which may lose the hits of one beat. Prints what was
answered and what the database holds.
"""

import argparse
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.ground import Target, demo

CONNECTIONS = 64
STILL = 15  # seconds, several times what one statement may take
REQUEST = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101"
    " Firefox/140.0 {visitor}\r\nAccept-Language: vi\r\n\r\n"
)


class Connection:
    """One keep-alive connection that asks again on a new one when the server closes it between two requests."""

    def __init__(self, port):
        self.port, self.file = port, None

    def ask(self, request):
        """True when a whole 200 came back."""
        for _ in range(50):
            try:
                if self.file is None:
                    self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=20)
                    self.file = self.socket.makefile("rb")
                self.socket.sendall(request)
                if status := self.file.readline():
                    return self.finish(status)
            except OSError:
                pass
            self.file = None
            time.sleep(0.02)
        return False

    def finish(self, status):
        length = 0
        while (line := self.file.readline().lower()) not in (b"\r\n", b""):
            if line.startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        return len(self.file.read(length)) == length and b" 200 " in status


def load(port, path, count, name):
    """Sends `count` requests of different visitors over CONNECTIONS connections; how many were answered."""
    answered = []

    def work(number):
        connection = Connection(port)
        for n in range(number, count, CONNECTIONS):
            if connection.ask(REQUEST.format(path=path, port=port, visitor=f"{name}-{n}").encode()):
                answered.append(n)

    threads = [threading.Thread(target=work, args=[number]) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    return threads, answered


def workers(server):
    listed = subprocess.run(["pgrep", "-P", str(server.process.pid)], capture_output=True, text=True).stdout
    return [int(pid) for pid in listed.split()]


def counted(environment, path):
    key = f"article:{path.rsplit('/', 2)[1].split('-')[0]}"
    code = f"from stats.models import *; print(sum(DailyCount.objects.filter(key={key!r}).values_list('n', flat=True)))"
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", code]
    return int(subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True).stdout)


def settled(environment, path):
    """The count once it has stood still for STILL seconds: the beats may have tens of thousands of visitors to write."""
    last, since = counted(environment, path), time.monotonic()
    while time.monotonic() - since < STILL:
        time.sleep(1)
        now = counted(environment, path)
        if now != last:
            last, since = now, time.monotonic()
    return last


def trial(title, server, environment, path, requests, number):
    """One load with one signal to one worker in the middle; what was answered and what was counted."""
    before = counted(environment, path)
    threads, answered = load(server.port, path, requests, f"{time.time_ns()}")  # visitors that nobody has seen before
    while len(answered) < requests // 2:
        time.sleep(0.01)
    rate_at = time.monotonic(), len(answered)
    os.kill(workers(server)[-1], number)
    for thread in threads:
        thread.join()
    rate = (len(answered) - rate_at[1]) / (time.monotonic() - rate_at[0])
    found = settled(environment, path) - before
    print(
        f"{title}: answered {len(answered):,}, counted {found:,}, difference {found - len(answered):+,} ({rate:,.0f} requests/s)"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=100_000)
    options = parser.parse_args()
    with demo() as (_, environment, _, path):
        server = Target("portal", path, environment)
        try:
            time.sleep(2)
            trial("a worker gets SIGTERM", server, environment, path, options.requests, signal.SIGTERM)
            time.sleep(8)  # the server takes two losses within five seconds for a crash loop
            trial("a worker is killed", server, environment, path, options.requests // 5, signal.SIGKILL)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
