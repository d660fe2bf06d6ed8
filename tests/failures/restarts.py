"""A bad half-minute under load: `python -m tests.failures.restarts [--rate 400]`.

Readers, each a different visitor, ask for one article while the server is reloaded, a worker is ended, the database crashes
and is started again, it is restarted in order, and all at once. Wanted: every answer is 200 and every reader is counted
once. At last a worker is killed, which may lose what it had not written: at most one beat.
"""

import argparse
import os
import signal
import sys
import threading
import time
from collections import Counter

from bench.counting import counted, settled, workers
from bench.ground import Target, demo, fetch
from bench.outage import readers
from tests.failures.rig import say, until

PAUSE = 7  # seconds: granian takes two workers lost within five for a crash loop


def restart_database(cluster, how):
    os.kill(cluster.server_pid(), how)
    until(lambda: cluster.server_pid() is None, what="the end of the database")
    cluster.start()


def trial(title, server, environment, path, rate, blows):
    """(answers by status, counted more than answered 200) while `blows` fall, one after the other."""
    before = counted(environment, path)
    stop, answers, waits = threading.Event(), Counter(), []
    threads = readers(server.port, path, rate, stop, answers, waits)
    for thread in threads:
        thread.start()
    for blow in blows:
        time.sleep(PAUSE / 2)
        blow()
        time.sleep(PAUSE / 2)
    stop.set()
    for thread in threads:
        thread.join()
    difference = settled(environment, path) - before - answers["200"]
    waits.sort()
    p50, p99, longest = (waits[int((len(waits) - 1) * part)] * 1e3 for part in (0.5, 0.99, 1))
    say(f"{title}: p50, p99, longest", f"{p50:.0f}, {p99:.0f}, {longest:.0f} ms")
    return answers, difference


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=int, default=400)
    rate = parser.parse_args().rate
    with demo() as (cluster, environment, _, path):
        server = Target("portal", path, environment)

        def reload():
            server.process.send_signal(signal.SIGHUP)

        def end_worker():
            os.kill(workers(server)[-1], signal.SIGTERM)

        def crash():
            restart_database(cluster, signal.SIGQUIT)

        def restart():
            restart_database(cluster, signal.SIGINT)

        def everything():
            reload()
            crash()

        def kill_worker():
            os.kill(workers(server)[-1], signal.SIGKILL)

        try:
            time.sleep(2)
            for _ in range(60):
                fetch(server.port, path)
            time.sleep(3)
            blows = [reload, crash, end_worker, restart, everything]
            answers, difference = trial("restarts", server, environment, path, rate, blows)
            fine = say("answers by status", dict(answers), set(answers) == {"200"})
            fine &= say("counted more than answered", difference, difference == 0)
            answers, difference = trial("a kill", server, environment, path, rate, [kill_worker])
            fine &= say(f"lost (at most {rate}: one beat)", -difference, 0 <= -difference <= rate)
        finally:
            server.stop()
    sys.exit(not fine)


if __name__ == "__main__":
    main()
