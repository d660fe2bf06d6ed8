"""What a process does once a second: write the counts, learn the content's generation, refresh the live numbers."""

import itertools
import threading

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from hotlines import duty
from hotlines.models import Hotline
from news.models import Article, Category
from polls import brake, results, rounds
from polls.models import Poll
from portal import mediafiles, metrics, missing, outage, preparing, purging, replica
from portal.accounts import throttle
from portal.lib import pagecache, patience
from portal.lib.pulse import Pulse
from portal.models import Alert, Banner, Generation, SiteProfile
from portal.templatetags import chrome
from stats import counting, figures
from stats.models import DailyCount

TIMED = (Article, Poll, Alert, Banner, SiteProfile, DailyCount)
PATIENCE = 2.0  # seconds for each answer of the database: recovery is to be seen within three
PRUNE_EVERY, TALLY_EVERY = 60, 3  # beats
_beats = itertools.count()
_learning = threading.Lock()


def beat() -> None:
    """One beat. Raises what the database raises; the counts then wait in memory and the pages stay.

    The content comes first: trouble with the counts must never keep a page alive that was taken back.
    """
    duty.tell(timezone.now())
    if replica.is_there():
        with patience.patience(PATIENCE):
            replica.look()
    with patience.patience(PATIENCE):
        try:
            learn_generation()
        except (OperationalError, InterfaceError):
            pagecache.database_is_away()
            connection.close()
            counting.collect()  # who asked is forgotten now, too; only the keys wait
            raise
        try:
            count()
        except Exception:
            connection.close()
            raise


def count() -> None:
    """Writes the counts and reads the numbers."""
    counting.learn_secrets()
    counting.flush(at_the_end=pulse.is_stopping)
    missing.flush()
    number = next(_beats)
    if number % PRUNE_EVERY == 0:
        counting.prune()
        missing.prune()
        brake.prune()
        rounds.forget_voters()
        throttle.forget()
    if number % TALLY_EVERY == 0:
        rounds.seal_closed()
        results.refresh()
    figures.refresh()


def learn_generation() -> None:
    """Forgets all pages if the content has changed, and finds the next moment at which the clock changes it."""
    with _learning:  # the pulse and a request that wrote may come at once
        known, until = pagecache.known()
        after = timezone.now()
        generation = Generation.objects.get_or_create(id=1)[0].n
        if generation != known:
            figures.rebase()
            pagecache.learn(generation, next_change(after))
            purging.after_change(generation)
            outage.remember(Hotline.objects.public(), chrome.profile())
            expect_readers()
        elif until is not None and until <= after:
            pagecache.forget()
            pagecache.learn(generation, next_change(until))
            expect_readers()
        else:
            pagecache.learn(generation, until)


def expect_readers() -> None:
    """Remembers what many pages need, so that the first reader does not wait for it."""
    Category.tree()
    mediafiles.public_names()
    results.refresh()


def next_change(after):
    """The next moment later than `after` at which anything on the site appears or ends by the clock, or None."""
    return min(filter(None, (model.objects.next_change(after) for model in TIMED)), default=None)


def live() -> None:
    """A beat, and then the pages that nobody shall miss when the database goes away."""
    metrics.leave(pulse.age())
    beat()
    if not pulse.is_stopping:
        with patience.patience(PATIENCE):
            preparing.prepare()


pulse = Pulse(live)
