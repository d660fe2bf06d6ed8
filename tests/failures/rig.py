"""What the failure scripts start and stop on loopback: the portal's own server, nginx with the real configuration,
pgbouncer, a streaming replica, and readers at a steady rate.

Everything is a context manager that leaves nothing behind. The scripts are run by hand (or by CI): they print their
figures and end by themselves, with a status that says whether the figures were reached.
"""

import contextlib
import http.client
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bench.ground import AGENT, free_port  # noqa: E402 - found through the line above

DEPLOY = ROOT / "deploy"
# Told to end, a script still stops what it has started.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def until(condition, seconds=60, what="it"):
    """Waits for `condition()`; how long that took."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            raise SystemExit(f"waited {seconds} s in vain for {what}")
        time.sleep(0.05)
    return time.monotonic() - began


def ask(port, path="/", method="GET", host="127.0.0.1", tls=False, **headers):
    """(status, headers, body) of one request on a connection of its own; (0, …) when there is no answer."""
    context = ssl._create_unverified_context() if tls else None
    url = f"{'https' if tls else 'http'}://127.0.0.1:{port}{path}"
    sent = {"User-Agent": AGENT, "Accept-Language": "vi", "Host": host, "X-Forwarded-Proto": "https", **headers}
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), NoRedirect)
    try:
        with opener.open(urllib.request.Request(url, method=method, headers=sent), timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()
    except (OSError, http.client.HTTPException):
        return 0, {}, b""


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


@contextlib.contextmanager
def process(command, environment=None, **options):
    """A program that runs until the end of the block."""
    started = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **(environment or {})}, **options)
    try:
        yield started
    finally:
        if started.poll() is None:
            started.terminate()
            try:
                started.wait(20)
            except subprocess.TimeoutExpired:
                started.kill()
                started.wait()


@contextlib.contextmanager
def portal(environment, workers=2, port=None, log=None):
    """(port, process) of `python -m portal.serving`, answering; its log goes to the terminal or to `log`."""
    port = port or free_port()
    settings = {**environment, "HOST": "127.0.0.1", "PORT": str(port), "WORKERS": str(workers)}
    with process([sys.executable, "-m", "portal.serving"], settings, stdout=log) as server:
        until(lambda: ask(port, "/healthz")[0] == 200, what="the portal")
        yield port, server


def certificate(folder):
    """A self-signed certificate for 127.0.0.1 in `folder`."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    names = ["-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*command, *names, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
    return key, cert


def nginx_config(folder, upstreams, static_root, is_limited):
    """(whole configuration, http port, https port): deploy/nginx.conf with this machine's places for the example's."""
    key, cert = certificate(folder)
    plain, tls = free_port(), free_port()
    text = (DEPLOY / "nginx.conf").read_text()
    twice = upstreams * 2 if len(upstreams) == 1 else upstreams
    for example, here in {
        "    server 127.0.0.1:8000 max_fails=0;\n" * 2: "".join(
            f"    server 127.0.0.1:{port} max_fails=0;\n" for port in twice
        ),
        "portal.example.vn": "127.0.0.1",
        "listen 80": f"listen 127.0.0.1:{plain}",
        "    listen [::]:80;\n": "",
        "listen 443": f"listen 127.0.0.1:{tls}",
        "    listen [::]:443 ssl http2;\n": "",
        "/etc/ssl/portal/fullchain.pem": str(cert),
        "/etc/ssl/portal/privkey.pem": str(key),
        "/srv/portal/static/..": str(Path(static_root).parent),
        "/var/lib/portal/phuong-nhan-chinh": str(static_root),
        "/var/log/nginx/": f"{folder}/",
        "/srv/portal/acme": str(folder),
        **({} if is_limited else {f"rate={n}r/s": "rate=100000r/s" for n in (50, 5, 1)}),
    }.items():
        if example not in text:
            raise SystemExit(f"deploy/nginx.conf no longer holds {example!r}")
        text = text.replace(example, here)
    shell = (
        f"worker_processes 2; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;\n"
        f"events {{ worker_connections 1024; }}\nhttp {{\ninclude /etc/nginx/mime.types;\n"
        + "".join(
            f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        + f"{text}\n}}\n"
    )
    (folder / "nginx.conf").write_text(shell)
    return folder / "nginx.conf", plain, tls


@contextlib.contextmanager
def nginx(upstreams, static_root, is_limited=False):
    """(http port, https port, folder) of an nginx with deploy/nginx.conf before the portals on the ports `upstreams`.

    Limits for one address are lifted unless `is_limited`: all our readers have the same.
    """
    folder = Path(tempfile.mkdtemp(prefix="nginx-"))
    for crossed in (folder, Path(static_root).parent):
        crossed.chmod(0o755)  # its processes are somebody else
    try:
        config, plain, tls = nginx_config(folder, upstreams, static_root, is_limited)
        with process(["nginx", "-c", str(config)], stderr=subprocess.DEVNULL):
            until(lambda: ask(plain, "/")[0] == 301, what="nginx")
            yield plain, tls, folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Readers:
    """Readers who ask for `paths` through `port`, `rate` times a second together, from threads of their own.

    `answers` counts statuses (0: no answer at all), `slowest` is in seconds. With `keeps` connections stay open. There
    are enough threads for the rate to hold while each answer takes a quarter of a second; who is late catches up.
    `failures` tells the first answers other than 200.
    """

    def __init__(self, port, paths, rate, tls=False, keeps=True, host="127.0.0.1"):
        self.port, self.paths, self.rate, self.tls, self.keeps, self.host = port, paths, rate, tls, keeps, host
        self.many = max(8, rate // 4)
        self.failures = []
        self.name = time.time_ns()  # nobody has been counted under it yet
        self.answers, self.slowest, self._stop, self._lock = Counter(), 0.0, threading.Event(), threading.Lock()

    def __enter__(self):
        self._threads = [threading.Thread(target=self._read, args=[n], daemon=True) for n in range(self.many)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join(30)

    def _read(self, number):
        connection, due, n = None, time.monotonic() + number / self.rate, number
        while not self._stop.is_set():
            due += self.many / self.rate
            time.sleep(max(0, due - time.monotonic()))
            began = time.monotonic()
            try:
                if connection is None:
                    connection = self._connect()
                connection.request(
                    "GET", self.paths[n % len(self.paths)], headers=self._headers(f"{self.name}-{number}-{n}")
                )
                answer = connection.getresponse()
                body, status = answer.read(), answer.status
                if not self.keeps or answer.will_close:
                    connection.close()
                    connection = None
            except (OSError, http.client.HTTPException) as error:
                body, status, connection = repr(error).encode(), 0, None
            with self._lock:
                self.answers[status] += 1
                if status != 200 and len(self.failures) < 5:
                    self.failures.append((status, self.paths[n % len(self.paths)], time.ctime(), body[:80]))
                self.slowest = max(self.slowest, time.monotonic() - began)
            n += 1

    def _connect(self):
        if self.tls:
            return http.client.HTTPSConnection(
                "127.0.0.1", self.port, timeout=20, context=ssl._create_unverified_context()
            )
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def _headers(self, visitor):
        return {
            "Host": self.host,
            "User-Agent": f"{AGENT} {visitor}",
            "Accept-Language": "vi",
            "Accept-Encoding": "gzip",
            "X-Forwarded-Proto": "https",
        }


def children(pid):
    """Process ids of the children of `pid`."""
    listed = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout
    return {int(word) for word in listed.split()}


def say(name, value, is_reached=None):
    """One line of the result; `is_reached` says whether the figure is what was wanted."""
    print(f"{name:<58} {value!s:<28} {'' if is_reached is None else 'ok' if is_reached else 'NOT REACHED'}", flush=True)
    return is_reached is not False


def nobody():
    """The account as which PostgreSQL and pgbouncer run when we are root; None for oneself."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def port_is_open(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def hang_up(server):
    """A rolling restart: new processes one after the other. Returns when none of the old ones is left."""
    old = children(server.pid)
    server.send_signal(signal.SIGHUP)
    until(lambda: not old & children(server.pid), 60, "the old processes to end")


@contextlib.contextmanager
def replica(cluster):
    """(url, folder) of a streaming copy of the embedded `cluster`, made with its own programs."""
    home = cluster.home.parent / f"{cluster.name}-replica-{os.getpid()}"
    data, sockets = home / "data", home / "socket"
    owner = nobody()
    home.mkdir(mode=0o711)
    sockets.mkdir(mode=0o700)
    if owner:
        for folder in (home, sockets):
            os.chown(folder, owner.pw_uid, owner.pw_gid)
    run = cluster._run
    try:
        made = run(
            "pg_basebackup", "-h", cluster.socket, "-U", "portal", "-D", data, "-R", "-X", "stream", "-c", "fast"
        )
        options = f"-k {sockets} -c listen_addresses= -c max_connections=200"
        started = run("pg_ctl", "start", "-D", data, "-l", home / "server.log", "-w", "-o", options)
        if made.returncode or started.returncode:
            raise SystemExit(f"no replica: {made.stderr} {started.stderr}")
        yield f"postgres://portal@:5432/portal?host={sockets}", data
    finally:
        run("pg_ctl", "stop", "-D", data, "-m", "immediate", "-w")
        shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def pgbouncer(cluster, **changes):
    """URL of a pgbouncer with deploy/pgbouncer.ini (but for addresses and `changes`) before the embedded `cluster`."""
    folder, port = Path(tempfile.mkdtemp(prefix="pgbouncer-")), free_port()
    folder.chmod(0o755)
    text = (DEPLOY / "pgbouncer.ini").read_text()
    settings = {"listen_port": port, "auth_type": "any", "unix_socket_dir": "", **changes}
    lines = [line for line in text.splitlines() if line.partition(" = ")[0] not in {*settings, "auth_file"}]
    text = "\n".join([*lines, *(f"{name} = {value}" for name, value in settings.items()), ""])
    text = text.replace(
        "host=127.0.0.1 port=5432 dbname=portal", f"host={cluster.socket} port=5432 dbname=portal user=portal"
    )
    (folder / "pgbouncer.ini").write_text(text)
    as_nobody = ["-u", "nobody"] if nobody() else []
    try:
        with (
            (folder / "log").open("w") as log,
            process(["pgbouncer", *as_nobody, str(folder / "pgbouncer.ini")], stdout=log, stderr=log),
        ):
            until(lambda: port_is_open(port), what=f"pgbouncer ({folder / 'log'})")
            yield f"postgres://portal@127.0.0.1:{port}/portal"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
