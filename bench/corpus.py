"""Hostile HTML through every way into the database, all of it: what is stored, what is refused, what survives.

    python bench/corpus.py [--splices 10000] [--seed 8] [--ways by_form by_save …]

Runs in this process, over a database of its own (test_…) that is thrown away: all payloads of tests/security/corpus.txt and
as many splices of them through each way of tests/security/ways.py. Prints a line for each way; exits with 1 when anything
but the allow-list survived, or when a way stored so little that it cannot have been tried.
"""

import argparse
import logging
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.update(DEBUG="1", PULSE="0", ALLOWED_HOSTS="testserver", DJANGO_SETTINGS_MODULE="portal.settings")
os.environ["MEDIA_ROOT"] = tempfile.mkdtemp(prefix="portal-corpus-")

from portal.embedded import ensure_database_url

ensure_database_url("test")

import django  # noqa: E402

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402
from tqdm import tqdm  # noqa: E402

from tests.security.corpus import faults, payloads, some_splices  # noqa: E402
from tests.security.ways import WAYS, fits, stored  # noqa: E402

AT_ONCE = 200  # and then everything is as it was: the tables stay small


def run(way, texts):
    """(rows that hold something, [(what is wrong, the row)])"""
    kept, wrong = 0, []
    for start in tqdm(range(0, len(texts), AT_ONCE), desc=way.__name__, leave=False, disable=None):
        with transaction.atomic():
            way(texts[start : start + AT_ONCE])
            rows = [row for row in stored() if row]
            transaction.set_rollback(True)
        kept += len(rows)
        wrong += [(found, row) for row in rows if (found := faults(row))]
    return kept, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--splices", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--ways", choices=WAYS, nargs="+", default=list(WAYS))
    given = parser.parse_args()
    logging.disable(logging.ERROR)
    setup_test_environment(debug=False)
    connection.settings_dict["TEST"]["NAME"] = f"corpus_{os.getpid()}"
    name, is_bad = connection.creation.create_test_db(verbosity=0, autoclobber=True), False
    try:
        texts = [text for text in [*payloads(), *some_splices(given.splices, given.seed)] if fits(text)]
        print(f"{len(payloads())} payloads and {given.splices} splices; {len(texts)} of them hold no NUL")
        for way in given.ways:
            began = time.perf_counter()
            kept, wrong = run(WAYS[way], texts)
            is_bad |= bool(wrong) or kept < len(texts) / 2
            print(
                f"{way:22}{len(texts):7} given{kept:7} rows{len(wrong):4} with faults{time.perf_counter() - began:7.0f} s",
                flush=True,
            )
            for found, row in wrong[:5]:
                print(f"  {found}: {row!r}"[:300])
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
    sys.exit(is_bad)


if __name__ == "__main__":
    main()
