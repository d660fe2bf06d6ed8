"""Does the time of a refused login tell whether there is such an account? Medians, and how often a kind is the slower one.

    python bench/guessing.py [--rounds 40]

The real server with production settings and the real password hasher, over a database of its own. Each round tries every
kind of account once, in a random order and each from another network, so that no door closes. A kind would be told
apart by its time if its answers came later (or sooner) than those for unknown names more often than chance allows: the share
`slower` lies around 0.5, and three standard errors are the limit. Exits with 1 beyond.
"""

import argparse
import http.client
import random
import re
import sys
import time
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.ground import AGENT, Target, demo, manage

LOGIN, RIGHT, WRONG = "/quan-tri/login/", "mat-khau-rat-dai-7", "mat-khau-rat-sai-7"
MAKE = f"""
from django.contrib.auth.models import User
from django_otp.plugins.otp_totp.models import TOTPDevice
make = lambda name, **more: User.objects.create_user(name, password={RIGHT!r}, is_staff=True, **more)
make("co-that"), make("da-khoa", is_active=False)
TOTPDevice.objects.create(user=make("hai-buoc"), name="")
User.objects.create_user("khong-mat-khau", is_staff=True)
User.objects.create_user("ngoai-ban", password={RIGHT!r})
"""
UNKNOWN = "unknown name"
# What is typed: name and password. All are refused.
KINDS = {
    UNKNOWN: ("khong-co", WRONG),
    "wrong password": ("co-that", WRONG),
    "closed account, wrong password": ("da-khoa", WRONG),
    "closed account, right password": ("da-khoa", RIGHT),
    "second step, wrong password": ("hai-buoc", WRONG),
    "account without a password": ("khong-mat-khau", WRONG),
    "no staff, right password": ("ngoai-ban", RIGHT),
}


class Door:
    """A connection to the login page of the server on `port`, as a proxy in front would make it."""

    def __init__(self, port):
        self.connection, self.network = http.client.HTTPConnection("127.0.0.1", port), 0
        page, headers = self.ask("GET", None)
        self.token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
        self.cookie = headers["Set-Cookie"].partition(";")[0]

    def ask(self, method, body, **headers):
        self.network += 1
        headers |= {
            "Host": "portal.example", "User-Agent": AGENT, "X-Forwarded-Proto": "https", "Referer": "https://portal.example/",
            "X-Forwarded-For": f"10.{self.network >> 8}.{self.network & 255}.1",
        }  # fmt: skip
        self.connection.request(method, LOGIN, body, headers)
        answer = self.connection.getresponse()
        page = answer.read().decode()
        if answer.status != 200:
            raise SystemExit(f"{method} {body}: {answer.status}")
        return page, answer.headers

    def seconds(self, name, password):
        """How long the refusal of this name and password takes."""
        body = urlencode({"username": name, "password": password, "csrfmiddlewaretoken": self.token})
        form = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        began = time.perf_counter()
        self.ask("POST", body, **form)
        return time.perf_counter() - began


def slower(these, those):
    """How often one of `these` is above one of `those`: 0.5 when nothing tells them apart."""
    return sum((a > b) + (a == b) / 2 for a in these for b in those) / len(these) / len(those)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=40)
    rounds = parser.parse_args().rounds
    with demo(ALLOWED_HOSTS="portal.example,127.0.0.1", HTTPS="1", TRUSTED_PROXIES="127.0.0.1") as (
        _,
        environment,
        *_rest,
    ):
        manage(environment, "shell", "-v0", "-c", MAKE)
        server = Target("portal", "/healthz", environment)
        try:
            door, times = Door(server.port), {kind: [] for kind in KINDS}
            for typed in KINDS.values():
                door.seconds(*typed)  # the first of each is not counted
            for _ in range(rounds):
                for kind in random.sample(list(KINDS), len(KINDS)):
                    times[kind].append(door.seconds(*KINDS[kind]))
        finally:
            server.stop()
    sys.exit(report(times, rounds))


def report(times, rounds):
    """Prints a line for each kind; whether one stands out."""
    limit = 3 * ((2 * rounds + 1) / (12 * rounds * rounds)) ** 0.5
    told_apart = False
    print(f"{rounds} rounds; {'':22}median ms   ÷ {UNKNOWN}   slower")
    for kind, taken in times.items():
        share = slower(taken, times[UNKNOWN])
        told_apart |= abs(share - 0.5) > limit
        print(f"{kind:32}{median(taken) * 1000:9.1f}{median(taken) / median(times[UNKNOWN]):14.3f}{share:14.2f}")
    print(f"a share within 0.5 ± {limit:.2f} is chance: {'NOT so' if told_apart else 'so for every kind'}")
    return told_apart


if __name__ == "__main__":
    main()
