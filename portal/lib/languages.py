"""Vietnamese, and English below /en/: the address alone says which, and what a thing is called in either.

English texts are fields beside the Vietnamese ones, `name_en` beside `name`; an empty one has not been translated.
"""

from typing import Any

from django.utils.functional import lazy
from django.utils.translation import get_language

VIETNAMESE, ENGLISH = "vi", "en"


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
