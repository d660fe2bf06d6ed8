"""The pulse: it says when it went well first, and its last beat is tried again."""

from portal.lib import pulse
from portal.lib.pulse import Pulse


class Database:
    """Away for so many beats."""

    def __init__(self, away):
        self.away, self.beats = away, 0

    def beat(self):
        self.beats += 1
        if self.beats <= self.away:
            raise ConnectionError


def test_it_tells_when_a_beat_went_well_first():
    database = Database(away=1)
    heart = Pulse(database.beat)
    assert (heart.once(), heart.went_well.is_set()) == (False, False)
    assert (heart.once(), heart.went_well.is_set()) == (True, True)


def test_the_last_beat_is_tried_again_while_the_database_is_away(monkeypatch):
    monkeypatch.setattr(pulse, "INTERVAL", 0.01)
    database = Database(away=3)
    Pulse(database.beat).stop()
    assert database.beats == 4


def test_the_last_beat_does_not_wait_for_ever(monkeypatch):
    monkeypatch.setattr(pulse, "INTERVAL", 0.01)
    monkeypatch.setattr(pulse, "LAST_BEAT", 0.03)
    database = Database(away=10**6)
    heart = Pulse(database.beat)
    heart.stop()
    assert 1 < database.beats < 10
    heart.stop()  # once is enough
    assert heart.is_stopping
