"""The page that stands when the database does not: it holds the hotlines as last known to this process."""

from django.shortcuts import render
from django.utils import timezone

RETRY_AFTER = "30"  # seconds
_last = {"hotlines": [], "known_at": None}


def remember(hotlines) -> None:
    """Takes the hotlines as they are now."""
    _last.update(hotlines=list(hotlines), known_at=timezone.now())


def page(request):
    """A 503 in Vietnamese with the numbers one may call meanwhile."""
    match = request.resolver_match
    context = {
        **_last,
        "is_voting": match is not None and match.app_name == "polls",
        "was_sent": request.method == "POST",
    }
    response = render(request, "503.html", context, status=503)
    response._has_been_logged = True  # the pulse says once that the database is away; a line for each reader drowns it
    response["Retry-After"] = RETRY_AFTER
    response["Cache-Control"] = "no-store"
    return response
