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


def test_nobody_is_stopped_by_one_who_keeps_the_turn():
    taken, end, waited = threading.Event(), threading.Event(), []

    def keeps():
        with turns.turn():
            taken.set()
            end.wait(5)

    keeper = in_a_thread(keeps)
    taken.wait(5)
    for _ in range(3):
        began = time.monotonic()
        with turns.turn(), turns.aside():
            waited.append(time.monotonic() - began)
    end.set()
    keeper.join()
    assert sum(waited) < 2 * turns.LONGEST  # once, not each time
    with turns.turn():
        assert turns._computing.locked()
    assert not turns._computing.locked()
