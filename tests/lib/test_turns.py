"""Turns: one thread computes, who waits steps aside, and nobody who keeps the turn stops the others."""

import threading
import time

from portal.lib import turns


def in_a_thread(work):
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_one_computes_at_a_time_and_whoever_waits_lets_another_on():
    steps, aside, done = [], threading.Event(), threading.Event()

    def waits():
        with turns.turn():
            steps.append("one computes")
            with turns.aside():
                aside.set()
                done.wait(5)
            steps.append("one goes on")

    def computes():
        aside.wait(5)
        with turns.turn():
            steps.append("another computes")
            done.set()
            time.sleep(0.01)
            steps.append("another is ready")

    for thread in [in_a_thread(waits), in_a_thread(computes)]:
        thread.join()
    assert steps == ["one computes", "another computes", "another is ready", "one goes on"]


class Asked:
    """A lock that notes how long others are ready to wait for it: what a busy machine makes of it is not theirs."""

    def __init__(self):
        self.lock, self.timeouts = threading.Lock(), []
        self.locked, self.release = self.lock.locked, self.lock.release

    def acquire(self, timeout):
        self.timeouts.append(timeout)
        return self.lock.acquire(timeout=timeout)


def test_nobody_is_stopped_by_one_who_keeps_the_turn(monkeypatch):
    taken, end = threading.Event(), threading.Event()
    monkeypatch.setattr(turns, "_computing", Asked())

    def keeps():
        with turns.turn():
            taken.set()
            end.wait(5)

    keeper = in_a_thread(keeps)
    taken.wait(5)
    turns._computing.timeouts.clear()
    for _ in range(3):
        with turns.turn(), turns.aside():
            assert keeper.is_alive()
    first, *others = turns._computing.timeouts
    assert 0 <= first <= turns.LONGEST
    assert others == [0, 0]  # once, not each time
    end.set()
    keeper.join()
    with turns.turn():
        assert turns._computing.locked()
    assert not turns._computing.locked()
