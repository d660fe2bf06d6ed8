"""Errors told to a webhook: what goes out, how often, and that a deaf receiver costs nothing."""

import json
import logging
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from portal.lib.alarm import Webhook


@pytest.fixture
def receiver():
    got = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", got
    server.shutdown()
    server.server_close()


def logger_to(url):
    logger = logging.Logger("portal.test")
    logger.addHandler(Webhook(url))
    return logger


def fail(logger, path):
    try:
        raise ValueError("a secret of the request")
    except ValueError:
        logger.exception("Internal Server Error: %s", path)


def test_a_fault_is_told_once_with_its_place_and_nothing_of_the_request(receiver):
    url, got = receiver
    logger = logger_to(url)
    for n in range(5):
        fail(logger, f"/tin-tuc/{n}/?q=riêng-tư")
    until = time.monotonic() + 5
    while not got and time.monotonic() < until:
        time.sleep(0.01)
    (told,) = got
    assert told["text"] == "ERROR ValueError Internal Server Error: /tin-tuc/0/"
    assert told["where"][0].endswith(" fail")
    assert "secret" not in json.dumps(told) and "riêng" not in json.dumps(told, ensure_ascii=False)


def test_a_receiver_that_is_away_costs_no_time_and_no_error():
    logger = logger_to("http://127.0.0.1:1/")
    began = time.monotonic()
    for n in range(300):
        logger.error(f"fault {n}")
    assert time.monotonic() - began < 1


def test_warnings_are_not_told(receiver):
    url, got = receiver
    logger_to(url).warning("beats fail")
    time.sleep(0.05)
    assert got == []
