"""The outermost layers: public pages from memory with live numbers and counted readers; clean input."""

import contextlib
import re
import time
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.db import Error, InterfaceError, OperationalError
from django.http import HttpResponse, HttpResponseNotAllowed
from django.middleware.security import SecurityMiddleware
from django.utils import translation

from portal import beacon, heartbeat, metrics, missing, outage, preparing, replica
from portal.delivery import count, deliver, from_memory
from portal.lib import client, languages, live, pagecache, patience, uploads
from portal.views import error_400

CACHED_TYPES = ("text/html", "application/rss+xml", "application/xml", "application/geo+json", "text/plain", "text/xml")
CACHED_TYPES += ("application/json", "text/csv", "text/vcard", "image/svg+xml")
NO_PAGES = ("/quan-tri/", "/media/", "/static/")
_CONTROL = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f]")
PUBLIC_CACHE = "public, max-age=0, must-revalidate"
CDN_CACHE = "public, max-age=0, s-maxage={}, stale-if-error={}"


class PublicPages:
    """Delivers public pages from memory, remembers fresh ones, fills live holes, counts readers.

    It stands outside everything else, so that what it remembers has all the headers of the inner layers.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        preparing.serve_with(self)

    def __call__(self, request):
        if settings.PULSE:
            heartbeat.pulse.start()
            pagecache.wait_for_the_first_beat()
        answer = from_memory(request.META)
        if answer is None:
            key = None if client.is_staff_browser(request.META) else pagecache.key_of(request.META)
            with pagecache.rebuild(key) as page:
                if page is None:
                    return self.fresh(request, key)
                answer = deliver(page, request.META)
        return to_response(answer)

    def fresh(self, request, key):
        """The response of the view; what is public is remembered and leaves as if it came from memory."""
        began = pagecache.epoch()
        # Anybody can send a session cookie; only the admin has lists that are worth a long wait.
        is_desk = request.path_info.startswith("/quan-tri/") and client.is_staff_browser(request.META)
        seconds = patience.STAFF if is_desk else patience.READER
        began_at = time.monotonic()
        response = self.asked(request, seconds)
        metrics.from_django(response.status_code, time.monotonic() - began_at)
        if response.streaming:
            return response
        self.note_what_is_missing(request, response)
        if key is None or not is_public_page(response):
            if response.status_code == 200 and getattr(response, "is_uncached", False):
                count(request.META, count_key_of(response))  # search and ballot pages are read by people, too
            if settings.CDN_SECONDS:
                response.headers.setdefault(
                    "Cache-Control", "private, no-store"
                )  # a cache may take silence for consent
            response.content = live.fill(response.content)
            response["Content-Length"] = len(response.content)
            return response
        keys, count_key = getattr(response, "query_keys", ()), count_key_of(response)
        if settings.CDN_SECONDS:
            beacon.carry(response, count_key)
            count_key = None  # the beacon counts, whoever delivers the page
        page = pagecache.Page.cut(response.content, kept_headers(response), count_key, keys)
        if request.method == "GET" and pagecache.is_storable(request.META):
            pagecache.store(key, page, began)
        return to_response(deliver(page, request.META))

    @staticmethod
    def note_what_is_missing(request, response):
        if getattr(response, "is_lost", False) and not request.path.startswith(NO_PAGES):
            missing.note_path(request.META, request.path)
        elif (question := getattr(response, "missed_question", "")) and response.status_code == 200:
            missing.note_query(request.META, question)

    def asked(self, request, seconds):
        """What the inner layers answer within `seconds`; a copy of the database that fails is not the reader's trouble."""
        try:
            with patience.patience(seconds, together=seconds):
                response = self.get_response(request)
            if getattr(response, "is_outage", False) and replica.is_read():
                replica.gone()
                replica.end()
                with patience.patience(seconds, together=seconds):
                    response = self.get_response(request)
        finally:
            replica.end()
        if request.method not in {"GET", "HEAD"} and response.status_code < 400:
            with patience.patience(patience.READER):
                learn_what_was_written()
        return response

    def process_view(self, request, view, args, kwargs):
        """While the pulse knows that the database is away, nobody waits to learn it again."""
        if pagecache.is_stale() and not getattr(view, "needs_no_database", False):
            return outage.page(request)
        may_be_late = request.method in {"GET", "HEAD"} and not client.is_staff_browser(request.META)
        if may_be_late and not getattr(view, "reads_primary", False):
            replica.begin()
        return None

    def process_exception(self, request, exception):
        """A database that is away is no fault of the page: say so, with the hotlines."""
        if isinstance(exception, (OperationalError, InterfaceError)):
            return outage.after(exception, request)
        return None


class Headers(SecurityMiddleware):
    """Every answer carries the same headers, also those that the layers below refuse before they are asked.

    Django's own middleware, which stands further in, redirects to https; this one only sets headers, and sets them last.
    """

    def process_request(self, request):
        return None

    def process_response(self, request, response):
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        response.headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
        return super().process_response(request, response)


class CleanInput:
    """The one edge: refuses what no browser sends, before anything behind looks at it.

    NUL makes the database driver raise; bytes that are no UTF-8, control characters and addresses without end only come
    from programs that try what happens.
    """

    LONGEST_PATH, LONGEST_QUERY, MOST_PARAMETERS = 2_000, 64_000, 500
    METHODS = ("GET", "HEAD", "POST")  # nothing here answers to another
    LONGEST_BALLOT = 100_000  # bytes; what is longer comes from the desk

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method not in self.METHODS:
            return HttpResponseNotAllowed(self.METHODS)
        longest = uploads.MAX_REQUEST if request.path_info.startswith("/quan-tri/") else self.LONGEST_BALLOT
        if length_of(request.META) > longest:
            return error_400(request, status=413)
        query = request.META.get("QUERY_STRING", "")
        path = unquote_to_bytes(request.path_info)  # in which Django has quoted again what was no UTF-8
        if len(path) > self.LONGEST_PATH or len(query) > self.LONGEST_QUERY:
            return error_400(request, status=414)
        sent = (path, unquote_to_bytes(query))
        is_odd = query.count("&") >= self.MOST_PARAMETERS or not all(map(is_plain, sent))
        if is_odd or any("\0" in value for value in request.COOKIES.values()):  # a cookie may hold it as \\000
            return error_400(request)
        return self.get_response(request)


class Language:
    """The address alone says in which language a page speaks: it is remembered under its address, for everybody."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with translation.override(languages.of_path(request.path_info)):
            return self.get_response(request)


def length_of(environ):
    """How many bytes of a body are announced; Django reads nonsense as none."""
    told = environ.get("CONTENT_LENGTH") or ""
    return int(told[:20]) if told.isascii() and told.isdigit() else 0


def is_plain(sent):
    """Whether the bytes `sent` are UTF-8 without control characters; a text field's line ends may stand in a query."""
    try:
        return _CONTROL.search(sent.decode()) is None
    except UnicodeDecodeError:
        return False


def is_public_page(response):
    """Nothing personal in it: a 200 of a known type, without cookies, that no view has called its own."""
    return (
        response.status_code == 200
        and not getattr(response, "is_uncached", False)
        and not response.cookies
        and "Cookie" not in response.get("Vary", "")
        and response.get("Content-Type", "").partition(";")[0] in CACHED_TYPES
    )


def kept_headers(response):
    """The response's headers without those that depend on the bytes that leave."""
    shared = CDN_CACHE.format(settings.CDN_SECONDS, settings.CDN_STALE_SECONDS)
    response["Cache-Control"] = shared if settings.CDN_SECONDS else PUBLIC_CACHE
    return [(name, value) for name, value in response.items() if name not in {"Content-Length", "ETag", "Vary"}]


def count_key_of(response):
    """What a reader of this response is counted for: its label, "" for a visit only, None for feeds and files."""
    is_page = response["Content-Type"].startswith("text/html")
    return getattr(response, "count_key", "" if is_page else None)


def to_response(answer):
    """An HttpResponse made of a page's answer."""
    return HttpResponse(answer.body, status=answer.status, headers=dict(answer.headers))


def learn_what_was_written():
    """The process that wrote forgets its pages at once, not at its next beat; without a database the beat will do."""
    with contextlib.suppress(Error):
        heartbeat.learn_generation()
