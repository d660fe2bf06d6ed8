"""Limits of processor time that a slow or busy machine does not break and work that grows with the square does."""

import time
from contextlib import contextmanager

CALM = 0.014  # seconds that `_own` takes on the machine whose seconds the tests name
SLACK = 3  # what stands for the noise of a machine that does other work; growth with the square costs a hundredfold


def _own():
    began = time.process_time()
    for _ in range(20):
        "".join(sorted([f"{n} từ ngữ" for n in range(2000)])).split()
    return time.process_time() - began


@contextmanager
def seconds(limit):
    """The work within takes at most `limit` seconds of processor, as a calm machine counts them."""
    before, began = _own(), time.process_time()
    yield
    took = time.process_time() - began
    pace = max(before, _own(), CALM) / CALM
    assert took < SLACK * pace * limit, f"{took:.2f} s at {pace:.1f} times the calm pace"
