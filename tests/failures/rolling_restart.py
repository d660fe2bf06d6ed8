"""A rolling restart under load: `python -m tests.failures.rolling_restart [--rate 200]`.

Readers ask through nginx (deploy/nginx.conf) and, at half the rate, the portal itself on fresh connections, while SIGHUP
replaces all processes. Wanted: not one failed request, and every reader counted.
"""

import argparse
import sys
import time

from bench.ground import demo
from tests.failures import rig


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=int, default=200)
    rate = parser.parse_args().rate
    with (
        demo(TRUSTED_PROXIES="127.0.0.1", HTTPS="1") as (_, environment, folder, path),
        rig.portal(environment) as (port, server),
        rig.nginx([port], folder / "static") as (_, tls, _),
    ):
        rig.until(lambda: all(rig.ask(port, "/readyz")[0] == 200 for _ in range(9)))
        # One of twenty asks the search, which stands in no memory; new processes begin with an empty one, too.
        paths = [path, "/", "/duong-day-nong/", "/tin-tuc/", path] * 4
        paths[7] = "/tim-kiem/?q=van+hoa"
        with (
            rig.Readers(tls, paths, rate, tls=True) as behind,
            rig.Readers(port, ["/healthz"], rate // 2, keeps=False) as bare,
        ):
            first = time.monotonic()
            time.sleep(3)
            began = time.monotonic()
            rig.hang_up(server)
            took = time.monotonic() - began
            time.sleep(3)
            whole = time.monotonic() - first
    lost, cut = (sum(n for status, n in r.answers.items() if status != 200) for r in (behind, bare))
    fine = rig.say("requests through nginx, by status", dict(behind.answers))
    fine &= rig.say("failed through nginx", lost, lost == 0)
    for failure in behind.failures:
        print(failure, file=sys.stderr)
    rig.say("rate reached (a busy machine holds it back)", f"{behind.answers.total() / whole:.0f} of {rate}/s")
    rig.say("slowest through nginx", f"{behind.slowest * 1000:.0f} ms")
    rig.say("requests to the portal itself, fresh connections", dict(bare.answers))
    fine &= rig.say("failed there", cut, cut == 0)
    rig.say("the restart took", f"{took:.1f} s")
    sys.exit(not fine)


if __name__ == "__main__":
    main()
