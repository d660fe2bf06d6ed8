"""All addresses of the portal, read from its URL patterns: for tests that walk everything, also what is added later."""

import re

from django.urls import URLPattern, get_resolver

# What to put where a pattern wants something; by the name in the pattern.
VALUES = {"category": "y-te", "slug": "bai", "path": "gioi-thieu", "section": "articles", "number": "1", "app_label": "news",
          "url": "khong-co", "content_type_id": "1", "object_id": "1", "pk": "1", "question": "1"}  # fmt: skip


def patterns(resolver=None, before=""):
    """(route as text, the pattern's view) of every URL, top first."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route, pattern.callback
        else:
            yield from patterns(pattern, route)


def filled(route, value=None):
    """An address for `route`; `value(name)` gives what stands for each of its parameters."""
    value = value or (lambda name: VALUES.get(name, "1"))
    # path("<int:pk>/…"), then re_path("(?P<path>…)"); of the latter's rest only plain text is left.
    address = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: value(found[1]), _without_regex_groups(route, value))
    address = re.sub(r"\\(.)", r"\1", address)
    address = re.sub(r"\((?:\?:)?([^()|]*)(?:\|[^()]*)?\)\??", r"\1", address)
    return "/" + re.sub(r"[\^$]", "", address).lstrip("/")


def _without_regex_groups(route, value):
    while found := re.search(r"\(\?P<(\w+)>", route):
        depth, end = 1, found.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(route[end], 0)
            end += 1
        route = route[: found.start()] + value(found[1]) + route[end:]
    return route
