"""Nonsense at every address of the portal: how many requests, which answers, how many faults (5xx).

    python bench/nonsense.py --requests 30000 --seed 1 [--who stranger]

Runs in this process, over a database of its own (test_…) that is thrown away. Half of the requests come from a
stranger, half from a signed-in administrator. Prints its own figures and the slowest answers; exits with 1 when there was
a fault.
"""

import argparse
import logging
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.update(DEBUG="1", PULSE="0", ALLOWED_HOSTS="testserver", DJANGO_SETTINGS_MODULE="portal.settings")
os.environ["MEDIA_ROOT"] = tempfile.mkdtemp(prefix="portal-nonsense-")

from portal.embedded import ensure_database_url

ensure_database_url("test")

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402
from tqdm import tqdm  # noqa: E402

from tests.drawing import each  # noqa: E402
from tests.security.nonsense import ask, requests  # noqa: E402
from tests.security.site import addresses_of, fill  # noqa: E402

WHO, SLOWEST = ["stranger", "administrator"], 8


def run(client, seed, number, known):
    """(answers by status, requests that all differ, faults, all times with their requests)."""
    cookies = client.cookies.output(header="", sep=";")
    answers, differ, faults, times = Counter(), set(), [], []
    bar = tqdm(total=number, disable=None)

    def answered(request):
        began = time.perf_counter()
        with transaction.atomic():
            status = ask(client, request, cookies)
            transaction.set_rollback(True)
        times.append((time.perf_counter() - began, str(request)[:300]))
        answers[status] += 1
        differ.add(hash(repr(request)))
        if status >= 500:
            faults.append(request)
        bar.set_postfix(faults=len(faults), refresh=False)
        bar.update()

    each(requests(known), number, answered, seed)
    bar.close()
    return answers, len(differ), faults, sorted(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--who", choices=WHO, nargs="+", default=WHO, help="both, half of the requests each, or one")
    given = parser.parse_args()
    logging.disable(logging.ERROR)
    setup_test_environment(debug=False)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    connection.settings_dict["TEST"]["NAME"] = f"nonsense_{os.getpid()}"
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True)
    faults = 0
    try:
        user = User.objects.create_superuser("admin", password="chi-de-thu")
        known = addresses_of(fill())
        for who in given.who:
            client = Client(raise_request_exception=False)
            if who == "administrator":
                client.force_login(user)
            answers, differ, wrong, times = run(client, given.seed, given.requests // len(given.who), known)
            faults += len(wrong)
            print(f"{who}: {sum(answers.values())} requests ({differ} different), {dict(sorted(answers.items()))}")
            print(f"  half of them within {times[len(times) // 2][0] * 1000:.0f} ms; the slowest:")
            for seconds, request in times[: -1 - SLOWEST : -1]:
                print(f"  {seconds * 1000:.0f} ms: {request}")
            for request in wrong[:10]:
                print(f"  5xx: {request!r}"[:600])
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
    print(f"faults: {faults}")
    sys.exit(faults > 0)


if __name__ == "__main__":
    main()
