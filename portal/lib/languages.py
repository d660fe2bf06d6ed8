"""Vietnamese, and English below /en/: the address alone says which, and what a thing is called in either.

English texts are fields beside the Vietnamese ones, `name_en` beside `name`; an empty one has not been translated.
"""

from functools import lru_cache
from typing import Any

from django.urls import reverse, translate_url
from django.utils.functional import lazy
from django.utils.translation import get_language

VIETNAMESE, ENGLISH = "vi", "en"
NAMES = {VIETNAMESE: "Tiếng Việt", ENGLISH: "English"}


def of_path(path: str) -> str:
    """The language of the page at `path`; what a browser would rather read makes no difference."""
    return ENGLISH if path == "/en" or path.startswith("/en/") else VIETNAMESE


def is_english() -> bool:
    """Whether the page that is being made is English."""
    return get_language() == ENGLISH


def both(vietnamese: str, english: str) -> Any:
    """An address in `urls.py` that is spelt in either language."""
    return lazy(lambda: english if is_english() else vietnamese, str)()


def said(thing: Any, name: str) -> str:
    """The field `name` of `thing` in the language of the page, in Vietnamese where it has no English."""
    english = getattr(thing, f"{name}_en", "") if is_english() else ""
    return english or getattr(thing, name)


def is_foreign(thing: Any, name: str) -> bool:
    """Whether `said` has to fall back on Vietnamese."""
    return is_english() and not getattr(thing, f"{name}_en", "")


def address(name: str, *args: Any) -> str:
    """`reverse` in the language of the page, worked out once: a page asks for the addresses of a dozen things."""
    return _address(get_language(), name, args)


@lru_cache(maxsize=10_000)
def _address(_language: str, name: str, args: tuple[Any, ...]) -> str:
    return reverse(name, args=args)


def translated(path: str) -> str:
    """The address of the page at `path` in the other language; `path` itself where there is none."""
    return _translated(path, is_english())


@lru_cache(maxsize=1_000)
def _translated(path: str, to_vietnamese: bool) -> str:
    return translate_url(path, VIETNAMESE if to_vietnamese else ENGLISH)
