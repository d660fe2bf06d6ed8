"""What a process does once a second: write the counts, learn the content's generation, refresh the live numbers."""

import itertools

from django.db import connection
from django.utils import timezone

from hotlines.models import Hotline
from news.models import Article, Category
from polls.models import Poll
from portal import outage
from portal.lib import pagecache, patience
from portal.lib.pulse import Pulse
from portal.models import Alert, Banner, Generation
from stats import counting, figures

TIMED = (Article, Poll, Alert, Banner)
PATIENCE = 2.0  # seconds for each answer of the database: recovery is to be seen within three
PRUNE_EVERY = 60  # beats
_beats = itertools.count()


def beat() -> None:
    """One beat. Raises what the database raises; the counts then wait in memory and the pages stay."""
    counting.collect()
    try:
        with patience.patience(PATIENCE):
            counting.learn_secrets()
            counting.flush()
            if next(_beats) % PRUNE_EVERY == 0:
                counting.prune()
            learn_generation()
            figures.refresh()
    except Exception:
        pagecache.database_is_away()
        connection.close()
        raise


def learn_generation() -> None:
    """Forgets all pages if the content has changed, and finds the next moment at which the clock changes it."""
    known, until = pagecache.known()
    after = timezone.now()
    generation = Generation.objects.values_list("n", flat=True).get()
    if generation != known:
        pagecache.learn(generation, next_change(after))
        figures.forget()
        outage.remember(Hotline.objects.public())
        Category.tree()  # every page of the news needs it: remembered before the first reader comes
    elif until is not None and until <= after:
        pagecache.learn(generation, next_change(until))
    else:
        pagecache.learn(generation, until)


def next_change(after):
    """The next moment later than `after` at which anything on the site appears or ends by the clock, or None."""
    return min(filter(None, (model.objects.next_change(after) for model in TIMED)), default=None)


pulse = Pulse(beat)
