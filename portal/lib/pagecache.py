"""Whole public pages in this process' memory, good for one generation of the content.

The database holds one number, the generation; triggers on the content tables raise it in the transaction that changes
content (`portal/migrations`). A process that reads a new number forgets everything it has stored. Scheduled content
needs no change in the database: `until` is the next moment at which something appears or expires.
"""

import contextlib
import hashlib
import re
import threading
import time
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qsl

from django.conf import settings
from django.utils import timezone
from django.utils.http import parse_etags

from portal.lib import live, turns

GRACE = 0.5  # seconds; with a beat of one second a page that was taken back is gone within two
TOGETHER = 0.3  # seconds that readers of one new page wait for the one who builds it
FIRST = 0.2  # seconds that the first readers of a process wait for its first beat
READY, LONGEST = 4096, 1000  # requests whose answers are kept until a number moves, and letters of each
_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_GZIP_LAST_BLOCK = b"\x01\x00\x00\xff\xff"
_NO_GZIP = re.compile(r"gzip\s*;\s*q=0(\.0*)?\s*(,|$)")
MOST_ORIGINS = 4
QUERY_KEYS = frozenset({"page", "q", "loai"})  # a label names those that matter to its page, see `labels.by_query`
_READING = frozenset({"GET", "HEAD"})
_OF_A_BODY = {"Content-Type", "Content-Length", "Content-Encoding"}

T = TypeVar("T")
Query = tuple[tuple[str, str], ...]
Key = tuple[str, str, str, Query]  # host, scheme, path, what of the query may make another page
Request = tuple[str | None, ...]
Headers = list[tuple[str, str]]


class Answer(NamedTuple):
    """What goes out."""

    status: int
    headers: Headers
    body: bytes


class _Filled(NamedTuple):
    """A page with the live numbers of one version, ready to be sent until a number moves."""

    version: int
    stale_since: datetime | None
    etag: str
    answer: Answer


@dataclass(slots=True)
class Page:
    """A page cut at its live holes, plain and, once somebody wants it so, deflated."""

    headers: Headers
    pieces: list[bytes]
    count_key: str | None
    deflated: list[bytes] = field(default_factory=list)
    ready: dict[bool, _Filled] = field(default_factory=dict)  # by "gzip wanted"
    query_keys: tuple[str, ...] = ()  # keys of the query that make another page of it
    read_at: int = -1  # version of the live numbers when it was last read

    @classmethod
    def cut(cls, body: bytes, headers: Headers, count_key: str | None, query_keys: tuple[str, ...] = ()) -> "Page":
        """A page from a rendered `body` that may hold live holes."""
        return cls(headers, live.split(body), count_key, query_keys=query_keys)

    @property
    def size(self) -> int:
        """Bytes that the page may come to hold: its pieces and one filled copy of them, plain and deflated."""
        return 5 * sum(map(len, self.pieces)) // 2 + 2048  # HTML deflates to a quarter

    def filled(self, gzip: bool) -> _Filled:
        """The page with the numbers of now; made once for each version of the numbers."""
        ready = self.ready.get(gzip)
        if ready is None or ready.version != live.version or ready.stale_since is not _memory.stale_since:
            ready = self.ready[gzip] = self._fill(gzip)
        return ready

    def _fill(self, gzip: bool) -> _Filled:
        version, stale_since = live.version, _memory.stale_since
        numbers = [live.number(name) for name in self.pieces[1::2]]
        texts = [piece for pair in zip(self.pieces[::2], numbers, strict=False) for piece in pair] + self.pieces[-1:]
        etag = f'"{hashlib.blake2b(b"".join(texts), digest_size=12).hexdigest()}{"-gz" if gzip else ""}"'
        if gzip and not self.deflated:
            self.deflated = [_deflate(text) for text in self.pieces[::2]]
        body = _gzip_member(self.deflated, numbers, texts) if gzip else b"".join(texts)
        headers = [*self.headers, ("ETag", etag), ("Vary", "Accept-Encoding"), ("Content-Length", str(len(body)))]
        if gzip:
            headers.append(("Content-Encoding", "gzip"))
        if stale_since:
            headers.append(("X-Stale-Since", stale_since.isoformat(timespec="seconds")))
        return _Filled(version, stale_since, etag, Answer(200, headers, body))


def _gzip_member(deflated: list[bytes], numbers: list[bytes], texts: list[bytes]) -> bytes:
    """One gzip member: each text was deflated alone and ends on a byte; a number goes in between as a stored block."""
    blocks = [_GZIP_HEAD]
    for packed, number in zip(deflated, [*numbers, b""], strict=True):
        blocks += [packed, _stored(number)]
    crc, length = 0, 0
    for text in texts:
        crc, length = zlib.crc32(text, crc), length + len(text)
    blocks += [_GZIP_LAST_BLOCK, crc.to_bytes(4, "little"), (length & 0xFFFFFFFF).to_bytes(4, "little")]
    return b"".join(blocks)


def _deflate(text: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(text) + packer.flush(zlib.Z_FULL_FLUSH)


def _stored(text: bytes) -> bytes:
    return b"\x00" + len(text).to_bytes(2, "little") + (len(text) ^ 0xFFFF).to_bytes(2, "little") + text


class _Old(NamedTuple):
    page: Page
    lock: threading.Lock  # held by the thread that builds it anew


class _Memory:
    """Everything that this process remembers of one state of the content."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.generation: int | None = None  # None: not read yet, so nothing may be stored
        self.until: datetime | None = None  # next moment at which the clock alone changes a page
        self.until_seconds = float("inf")
        self.epoch = 0  # moves at every `forget`: what was begun before may not be stored after
        self.stale_since: datetime | None = None
        self.pages: OrderedDict[Key, Page] = OrderedDict()
        self.bytes = 0
        self.fragments: dict[str, Any] = {}
        self.ready: dict[Request, tuple[Answer, str | None]] = {}  # replaced, never emptied: see `answered`
        self.ready_version = -1  # of the live numbers in them
        self.old: dict[Key, _Old] = {}  # pages of the state before, see `rebuild`
        self.forgotten_at = 0.0
        self.building: dict[Key, threading.Event] = {}  # set when it is built; see `rebuild`
        self.unkept: dict[Key, None] = {}  # what was built and not remembered, of this state of the content
        self.told = threading.Event()  # there was a beat
        self.origins: dict[tuple[str, str], None] = {}  # (host, scheme) of the pages; the oldest first


_memory = _Memory()


def forget() -> None:
    """Drops every page and fragment; what is being built from the old content will not be stored."""
    with _memory.lock:
        _memory.epoch += 1
        _memory.old = {key: _Old(page, threading.Lock()) for key, page in _memory.pages.items()}
        _memory.forgotten_at = time.monotonic()
        _memory.pages.clear()
        _memory.fragments.clear()
        _memory.unkept.clear()
        _memory.ready = {}
        _memory.bytes = 0


def epoch() -> int:
    """Token of the present state of the content; take it before reading what you want to `store`."""
    if time.time() >= _memory.until_seconds:
        _memory.until_seconds = float("inf")
        forget()
    return _memory.epoch


def known() -> tuple[int | None, datetime | None]:
    """The generation and the next moment that this process knows."""
    return _memory.generation, _memory.until


def learn(generation: int, until: datetime | None) -> None:
    """Takes the generation as read from the database and the next moment of change; forgets if it is a new one."""
    if generation != _memory.generation:
        forget()
    _memory.generation, _memory.until = generation, until
    _memory.until_seconds = until.timestamp() if until else float("inf")
    _memory.told.set()
    if _memory.stale_since:
        _memory.stale_since, _memory.ready = None, {}
    if _memory.old and time.monotonic() - _memory.forgotten_at > GRACE:
        _memory.old = {}


def database_is_away() -> None:
    """Pages stay, marked with the moment since when nobody could check that they are still true."""
    if _memory.stale_since is None:
        _memory.stale_since, _memory.ready = timezone.now(), {}
    _memory.told.set()


def is_stale() -> bool:
    """Whether the database was away at the last beat."""
    return _memory.stale_since is not None


def shared(name: str, build: Callable[[], T]) -> T:
    """The part `name` that many pages share, built once for each state of the content."""
    began = epoch()
    if name not in _memory.fragments:
        fragment = build()
        if began != _memory.epoch or _memory.generation is None:
            return fragment
        _memory.fragments[name] = fragment
        return fragment
    return _memory.fragments[name]


def answered(environ: Mapping[str, str], now: float) -> tuple[Answer, str | None] | None:
    """(answer, count key) from memory for a request that is not of staff, or None. `now` is a Unix time.

    Until a live number moves, the same request has the same answer: most hits are one look into a dictionary. Whatever
    makes an answer another one (the content, a number, the database's absence) puts a new dictionary in its place, so a
    thread that is late stores into one that nobody reads.
    """
    if now >= _memory.until_seconds:
        epoch()
    if _memory.ready_version != live.version:
        _memory.ready, _memory.ready_version = {}, live.version
    ready = _memory.ready
    of = environ.get
    request = (
        of("REQUEST_METHOD"),
        of("HTTP_HOST"),
        of("PATH_INFO"),
        of("QUERY_STRING"),
        of("HTTP_ACCEPT_ENCODING"),
        of("HTTP_IF_NONE_MATCH"),
        of("HTTP_X_FORWARDED_PROTO"),
        of("wsgi.url_scheme"),
    )
    found = ready.get(request)
    if found is None:
        key = key_of(environ)
        page = lookup(key) if key else None
        if page is None:
            return None
        found = answer(page, environ), page.count_key if environ["REQUEST_METHOD"] == "GET" else None
        if len(ready) < READY and sum(map(len, filter(None, request))) < LONGEST:
            ready[request] = found
    return found


def key_of(environ: Mapping[str, str]) -> Key | None:
    """What makes a page: host, scheme, path, known query keys; None for methods never answered from memory."""
    if environ.get("REQUEST_METHOD") not in _READING:
        return None
    # The proxy's word on the scheme counts where Django believes it, and as Django reads it.
    forwarded = environ.get("HTTP_X_FORWARDED_PROTO", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    scheme = "https" if forwarded.split(",")[0].strip() == "https" else environ.get("wsgi.url_scheme", "http")
    query = environ.get("QUERY_STRING")
    asked = _of(QUERY_KEYS, dict(parse_qsl(query)).items()) if query else ()
    return environ.get("HTTP_HOST", ""), scheme, environ.get("PATH_INFO", ""), asked


def _of(keys: Iterable[str], query: Iterable[tuple[str, str]]) -> Query:
    return tuple(sorted((name, value) for name, value in query if name in keys))


def is_storable(environ: Mapping[str, str]) -> bool:
    """Whether pages are remembered under this request's host.

    Django takes any port and any case of an allowed name, and made-up ones must not push the real pages out.
    """
    host = environ.get("HTTP_HOST", "")
    port = host.rpartition(":")[2] if ":" in host and not host.endswith("]") else ""
    return host == host.lower() and port in {"", "80", "443", environ.get("SERVER_PORT")}


def lookup(key: Key) -> Page | None:
    """The page stored under `key`, if the clock has not made another one of it."""
    epoch()
    page = _memory.pages.get(key)
    if page is None and key[3]:  # what the page does not name makes no other page of it
        whole = _memory.pages.get(_asked(key, ()))
        if whole is None:
            return None
        key = _asked(key, whole.query_keys)
        page = _memory.pages.get(key)
    # Its place among the recently read is renewed once for each version of the numbers, not at every hit.
    if page is not None and page.read_at != live.version:
        page.read_at = live.version
        with contextlib.suppress(KeyError):  # another thread may just have dropped it
            _memory.pages.move_to_end(key)
    return page


def _asked(key: Key, query_keys: Iterable[str]) -> Key:
    """`key` with only these keys of its query."""
    return (*key[:3], _of(query_keys, key[3]))


def store(key: Key, page: Page, began: int) -> None:
    """Keeps `page`, made from the content of `epoch()` `began`; the least recently read pages make room."""
    limit = settings.PAGE_CACHE_MB * 1024 * 1024
    key = _asked(key, page.query_keys)
    with _memory.lock:
        if began != _memory.epoch or _memory.generation is None or page.size > limit // 8:
            return
        old = _memory.pages.pop(key, None)
        _memory.pages[key] = page
        _memory.origins.setdefault(key[:2])
        if len(_memory.origins) > MOST_ORIGINS:
            del _memory.origins[next(iter(_memory.origins))]
        _memory.bytes += page.size - (old.size if old else 0)
        while _memory.bytes > limit:
            _memory.bytes -= _memory.pages.popitem(last=False)[1].size


def held() -> tuple[int, int]:
    """(pages in memory, bytes that they may hold)."""
    return len(_memory.pages), _memory.bytes


def origins() -> list[tuple[str, str]]:
    """(host, scheme) under which pages have been read lately: a few, however many names the portal answers to."""
    return [origin for origin in list(_memory.origins) if origin[0]]  # HTTP/1.0 names no host


@contextlib.contextmanager
def rebuild(key: Key | None) -> Iterator[Page | None]:
    """Within it this thread builds the page `key`; if another is at it, the page that this one can have instead.

    For GRACE seconds after the content changed that is the page as it was a moment ago, and never again once the new page
    (or its 410) is there; else it is the page that the other makes. None: build it.
    """
    old = _memory.old.get(key) if key else None
    if key and old and time.monotonic() - _memory.forgotten_at <= GRACE:
        if not old.lock.acquire(blocking=False):
            yield old.page
            return
        try:
            yield None
        finally:
            _memory.old.pop(key, None)
    elif key is None or key in _memory.unkept:
        yield None
    else:
        with _first_built(key) as page:
            yield page


@contextlib.contextmanager
def _first_built(key: Key) -> Iterator[Page | None]:
    """Lets one thread build `key` while the others wait for what it makes, for TOGETHER seconds at most."""
    mine, began = threading.Event(), _memory.epoch
    builder = _memory.building.setdefault(key, mine)
    if builder is not mine:
        with turns.aside():
            builder.wait(TOGETHER)
        yield lookup(key)
        return
    try:
        yield lookup(key)  # it may have come since this thread looked for it
    finally:
        if began == _memory.epoch and lookup(key) is None:
            _memory.unkept[key] = None  # nobody shall wait for what does not stay: a ballot, a page that is not there
            if len(_memory.unkept) > READY:
                _memory.unkept.clear()
        del _memory.building[key]
        mine.set()


def wait_for_the_first_beat() -> None:
    """Until it has come, nothing can be remembered: the first readers of a process wait a little for it."""
    _memory.told.wait(FIRST)


def answer(page: Page, environ: Mapping[str, str]) -> Answer:
    """`page` as this client wants it: gzip or plain, 304 when it has the same bytes, no body for HEAD."""
    filled = page.filled(_takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")))
    if "HTTP_IF_NONE_MATCH" in environ and filled.etag in _etags(environ["HTTP_IF_NONE_MATCH"]):
        return Answer(304, [header for header in filled.answer.headers if header[0] not in _OF_A_BODY], b"")
    return filled.answer if environ["REQUEST_METHOD"] == "GET" else filled.answer._replace(body=b"")


@lru_cache(maxsize=256)
def _takes_gzip(accepted: str) -> bool:
    return "gzip" in accepted and not _NO_GZIP.search(accepted)


def _etags(header: str) -> Iterable[str]:
    return [tag.removeprefix("W/") for tag in parse_etags(header)]
