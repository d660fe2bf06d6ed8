"""The page of the counters."""

from datetime import timedelta

from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.lib import clock
from stats import figures
from stats.models import VISIT, Adjustment, OpeningBalance

CANDIDATES = 50  # for the ten most read: some of them may have been withdrawn since


@require_safe
def statistics(request):
    """Only days that are over, and counters in live holes: nothing here goes stale before the next midnight."""
    today = clock.local_day()
    first, last = today - timedelta(days=7), today - timedelta(days=1)
    context = {
        "days": figures.last_days(30),
        "first": first,
        "last": last,
        "read": figures.most_read(first, last)[:CANDIDATES],
        "corrections": Adjustment.objects.filter(key=VISIT),
        "balances": OpeningBalance.objects.filter(key=VISIT),
        "since": figures.since(),
    }
    return render(request, "stats/statistics.html", context)
