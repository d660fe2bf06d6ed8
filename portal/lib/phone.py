"""Vietnamese telephone numbers: shown as given, dialled as E.164 where one exists (domain: national short numbers)."""

import re
from functools import lru_cache

import phonenumbers
from django.conf import settings
from django.utils.translation import gettext as _

# 1900 (paid) and 1800 (free): 1900 1234, 1800 599 920.
_SERVICE = re.compile(r"^1[89]00\d{4,6}$")
_DASH = re.compile("[\u2010-\u2015\u2212]")  # what editors make of "-"
_SHAPE = re.compile(r"^\(?\+?\d[\d\s.()\-]*$")


def dial(number: str) -> str:
    """What `tel:` takes for `number`: "024.62933647" -> "+842462933647", "113" -> "113", "1900 1234" -> "19001234".

    Short numbers are those of the setting SHORT_NUMBERS: no metadata knows them all, and "123" is nobody's. Raises
    ValueError with a Vietnamese sentence for letters and for numbers that nobody can call.
    """
    refusal = ValueError(
        _("“%(number)s” is not a telephone number. Right examples: 024.62933647, 0868216873, 113.") % {"number": number}
    )
    given = _DASH.sub("-", " ".join(number.split()))
    if not given.isascii() or not _SHAPE.match(given):
        raise refusal
    digits = re.sub(r"\D", "", given)
    if not given.startswith("+") and (digits in settings.SHORT_NUMBERS or _SERVICE.match(digits)):
        return digits
    if (known := _international(given)) is None:
        raise refusal
    return known


@lru_cache(maxsize=4096)
def _international(given: str) -> str | None:
    """E.164 of a number that exists; the tables of the library are large, and a page has dozens of numbers."""
    try:
        parsed = phonenumbers.parse(given, "VN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def local(dialled: str) -> str:
    """What people dial within the area of a fixed line: "+842462933647" -> "62933647"; "" for numbers without an area."""
    if not dialled.startswith("+"):
        return ""
    parsed = phonenumbers.parse(dialled)
    area = phonenumbers.length_of_geographical_area_code(parsed)
    return phonenumbers.national_significant_number(parsed)[area:] if area else ""
