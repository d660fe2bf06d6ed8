"""Public pages may read a streaming copy of the database; staff, writes, ballots and counts never do.

The copy is always a little behind. What it may cost is nothing: a page is built from it only while it holds at least the
generation that this process knows, so a new generation never remembers old content. DATABASE_REPLICA_URL names one
server; behind a balancer of several the answer about one would be used for another.
"""

import contextlib
import logging
import threading

from django.conf import settings
from django.db import Error, connections

from portal.lib import pagecache
from portal.models import Generation

ALIAS = "replica"
# Every change of what these hold raises the generation; `portal` and `news` also hold what only staff see, and staff
# read the primary.
CONTENT = frozenset({"news", "hotlines", "portal"})
log = logging.getLogger(__name__)
_own = threading.local()
_copy = {"generation": -1, "is_away": False}


class Router:
    def db_for_read(self, model, **hints):
        return ALIAS if is_read() and model._meta.app_label in CONTENT else "default"

    def db_for_write(self, model, **hints):
        return "default"

    def allow_relation(self, one, other, **hints):
        return True

    def allow_migrate(self, db, app_label, **hints):
        return db == "default"


def is_there():
    """Whether this portal has a copy."""
    return ALIAS in settings.DATABASES


def is_read():
    """Whether this thread reads content from the copy just now."""
    return getattr(_own, "is_read", False)


def is_away():
    """Whether there is a copy that does not answer."""
    return _copy["is_away"]


def begin():
    """From now on this thread reads content from the copy, if it is as new as what the process knows."""
    _own.is_read = is_there() and not _copy["is_away"] and is_new_enough()


def end():
    _own.is_read = False


def is_new_enough():
    """Whether the copy holds the generation that this process knows; asked again only when it did not."""
    known, _ = pagecache.known()
    if known is None:
        return False
    if _copy["generation"] < known:
        look()
    return _copy["generation"] >= known


def look():
    """Reads the copy's generation: once a beat, and when a reader meets one that was behind."""
    try:
        _copy["generation"] = Generation.objects.using(ALIAS).values_list("n", flat=True).get(id=1)
        if _copy["is_away"]:
            log.warning("the replica is back")
        _copy["is_away"] = False
    except (Error, Generation.DoesNotExist) as error:
        gone(error)


def gone(error=""):
    """The copy does not answer: everybody reads the primary until a beat finds it again."""
    if not _copy["is_away"]:
        log.warning("the replica is away, reading the primary: %s", " ".join(str(error).split()))
    _copy.update(is_away=True, generation=-1)
    with contextlib.suppress(Error):
        connections[ALIAS].close()
