"""What pages in memory weigh: `python bench/memory.py [--pages 2000] [--megabytes 128]`.

Takes the demo's longest article as it is rendered, keeps it under so many addresses in one process, has every one read
once plain and once gzipped (which fills the ready copies), and prints the growth of the process.
"""

import argparse
import os
import resource
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.ground import AGENT, ROOT, demo


def resident():
    """Megabytes of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def measure(path, count):
    """In a process of its own, with the settings in the environment."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    django.setup()
    from django.test import Client

    from portal import heartbeat
    from portal.lib import live, pagecache

    heartbeat.beat()
    assert Client(headers={"user-agent": AGENT}).get(path).status_code == 200
    page = pagecache.lookup(("", "http", path, ()))
    before = resident()
    keys = [("", "http", f"/tin-tuc/a/{n}-b/", ()) for n in range(count)]
    for n, key in enumerate(keys):
        whole = live.hole(f"article:{n}").encode().join(page.pieces[::2]) + b"<!-- %d -->" % n
        pagecache.store(key, pagecache.Page.cut(whole, list(page.headers), f"article:{n}"), pagecache.epoch())
    kept = resident()
    for found in filter(None, map(pagecache.lookup, keys)):
        pagecache.answer(found, {"REQUEST_METHOD": "GET"})
        pagecache.answer(found, {"REQUEST_METHOD": "GET", "HTTP_ACCEPT_ENCODING": "gzip"})
    print(f"{len(pagecache._memory.pages):,} pages of {len(whole):,} bytes stand in memory")
    print(
        f"process before {before:.0f} MB; kept +{kept - before:.0f} MB; every page read both ways +{resident() - before:.0f} MB"
    )
    print(f"the cache itself counts {pagecache._memory.bytes / 2**20:.0f} MB")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--megabytes", type=int, default=128, help="PAGE_CACHE_MB")
    options = parser.parse_args()
    if "BENCH_PATH" in os.environ:
        return measure(os.environ["BENCH_PATH"], options.pages)
    settings = {"ALLOWED_HOSTS": "testserver", "PAGE_CACHE_MB": str(options.megabytes), "PULSE": "0"}
    with demo(**settings) as (_, environment, _, path):
        environment["BENCH_PATH"] = path
        subprocess.run([sys.executable, *sys.argv], cwd=ROOT, env={**os.environ, **environment}, check=True)
    return None


if __name__ == "__main__":
    main()
