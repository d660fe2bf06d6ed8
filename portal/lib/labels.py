"""What a view says about its response to the middleware outside: how it counts and whether it may be remembered."""

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpResponseBase
from django.utils.cache import add_never_cache_headers

Response = TypeVar("Response", bound=HttpResponseBase)


def counts_as(response: Response, key: str) -> Response:
    """A human who gets this response has seen `key` (such as "article:42"), besides making a visit."""
    response.count_key = key  # type: ignore[attr-defined]
    return response


def uncounted(response: Response) -> Response:
    """Who gets this response has not visited the portal: a preview, a file."""
    response.count_key = None  # type: ignore[attr-defined]
    return response


def found_nothing(response: Response, question: str) -> Response:
    """Whoever gets this response asked the search for `question` in vain."""
    response.missed_question = question  # type: ignore[attr-defined]
    return response


def lost(response: Response) -> Response:
    """Nothing answers to the address that was asked for; staff learn of it."""
    response.is_lost = True  # type: ignore[attr-defined]
    return response


def by_query(response: Response, *keys: str) -> Response:
    """These keys of the query make this a different page, no others. All values that a view takes are remembered:
    what somebody types freely must be `uncached`. A new key is also named in `pagecache.QUERY_KEYS`.
    """
    response.query_keys = keys  # type: ignore[attr-defined]
    return response


def by_page(response: Response) -> Response:
    """?page= makes this a different page."""
    return by_query(response, "page")


def uncached(response: Response) -> Response:
    """This response belongs to one reader or one moment: not for the page cache, nor for any other."""
    response.is_uncached = True  # type: ignore[attr-defined]
    add_never_cache_headers(response)
    return response


def needs_no_database(view: Callable) -> Callable:
    """Decorator: this view answers while the database is away."""
    view.needs_no_database = True  # type: ignore[attr-defined]
    return view


def reads_primary(view: Callable) -> Callable:
    """Decorator: this public view shows what does not raise the generation when it changes, so no copy may serve it."""
    view.reads_primary = True  # type: ignore[attr-defined]
    return view
