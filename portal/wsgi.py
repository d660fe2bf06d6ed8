"""The WSGI door: public pages leave from memory before Django builds a request."""

import gc
import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django_application = get_wsgi_application()

from django.conf import settings  # noqa: E402 - needs the settings module
from django.core.exceptions import ImproperlyConfigured  # noqa: E402

from portal import heartbeat, unready  # noqa: E402
from portal.delivery import from_memory  # noqa: E402 - needs the applications
from portal.lib.client import drop_claims  # noqa: E402
from portal.lib.patience import limit_waiting  # noqa: E402

# The pulse computes for some milliseconds in every second; by default it would let each reader wait 5 ms for its turn.
sys.setswitchinterval(0.0005)
# Seconds that a new process waits for the database before it serves without it; less than serving.NEW_PROCESS.
FIRST_BEAT = 3.0
STATUS = {200: "200 OK", 304: "304 Not Modified"}
if missing := unready.on_disk(settings):
    raise ImproperlyConfigured("\n".join(missing))
limit_waiting()
# What is loaded by now stays: a collector that looked through all of it again would stop every reader for a tenth of a second.
gc.collect()
gc.freeze()
# A page makes some thousand objects that go with it: looking for lost ones ten times meanwhile cost a twentieth of its time.
gc.set_threshold(5000, 10, 10)


def begin():
    """Called in a process of the server before it takes connections: it knows the content first, if the database is there.

    A new process has no page that would outlive an absence of the database; the old one, which has, serves meanwhile.
    """
    if settings.PULSE:
        heartbeat.pulse.start()
        heartbeat.pulse.went_well.wait(FIRST_BEAT)


def at_once(environ):
    """The answer for this request if it stands in memory, with the same counting and headers as the middleware."""
    drop_claims(environ)
    return from_memory(environ)


def application(environ, start_response):
    """Answers from memory what stands there; else asks Django."""
    answer = at_once(environ)
    if answer is None:
        return django_application(environ, start_response)
    start_response(STATUS[answer.status], answer.headers)
    return [answer.body]
