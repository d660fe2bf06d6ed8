"""500 connections that never finish, against nginx and against the portal itself: `python -m tests.failures.slow_readers`.

A third sends a header letter by letter, a third the body of a form, a third takes its page a few bytes at a time; they
come from ten addresses. Wanted: readers beside them notice nothing.
"""

import contextlib
import socket
import ssl
import sys
import threading
import time

from bench.ground import AGENT, demo
from tests.failures import rig
from tests.failures.rig import say

MANY, RATE, SECONDS = 500, 50, 12
HEADER = f"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: {AGENT}\r\nX-Forwarded-Proto: https\r\n"
KINDS = {
    "header": HEADER,
    "body": HEADER.replace("GET", "POST") + "Content-Type: text/plain\r\nContent-Length: 100000\r\n\r\n",
    "reader": HEADER + "\r\n",
}


class Slow:
    """`MANY` connections to `port`, each of which moves one byte every half second."""

    def __init__(self, port, tls):
        self.port, self.tls, self.open, self.over = port, tls, [], threading.Event()

    def connect(self, number):
        kind = list(KINDS)[number % 3]
        line = socket.socket()
        if kind == "reader":
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        line.bind((f"127.0.0.{10 + number % 10}", 0))
        line.settimeout(20)
        line.connect(("127.0.0.1", self.port))
        if self.tls:
            line = ssl._create_unverified_context().wrap_socket(line)
        line.sendall(KINDS[kind].encode())
        line.setblocking(False)
        self.open.append((kind, line))

    def __enter__(self):
        for number in range(MANY):
            with contextlib.suppress(OSError):
                self.connect(number)
        self.thread = threading.Thread(target=self.dribble, daemon=True)
        self.thread.start()
        return self

    def dribble(self):
        while not self.over.wait(0.5):
            for kind, line in list(self.open):
                try:
                    line.recv(16) if kind == "reader" else line.send(b"x")
                except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                    continue
                except OSError:
                    self.open.remove((kind, line))

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        for _, line in self.open:
            line.close()


def trial(name, port, tls, paths):
    with rig.Readers(port, paths, RATE, tls=tls) as before:
        time.sleep(4)
    with Slow(port, tls) as slow, rig.Readers(port, paths, RATE, tls=tls, keeps=False) as readers:
        began = len(slow.open)
        time.sleep(SECONDS)
        left = len(slow.open)
    say(f"{name}: slow connections at first, after {SECONDS} s", (began, left))
    say(f"{name}: slowest answer without and with them", f"{before.slowest * 1e3:.0f}, {readers.slowest * 1e3:.0f} ms")
    return say(f"{name}: readers on fresh connections meanwhile", dict(readers.answers), set(readers.answers) == {200})


def main():
    settings = {"TRUSTED_PROXIES": "127.0.0.1", "HTTPS": "1"}
    with (
        demo(**settings) as (_, environment, folder, path),
        rig.portal(environment) as (port, _),
        rig.nginx([port], folder / "static") as (_, tls, _),
    ):
        rig.until(lambda: all(rig.ask(port, "/readyz")[0] == 200 for _ in range(9)))
        paths = [path, "/", "/duong-day-nong/", "/tim-kiem/?q=van+hoa"]
        fine = trial("nginx", tls, True, paths)
        trial("the portal itself", port, False, paths)  # told, not asked for: nobody runs it without a proxy
    sys.exit(not fine)


if __name__ == "__main__":
    main()
