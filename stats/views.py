"""The page of the counters."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from stats import figures
from stats.models import OpeningBalance


@require_safe
def statistics(request):
    context = {
        "days": figures.last_days(30),
        "balances": OpeningBalance.objects.filter(key="visit"),
        "since": figures.since(),
    }
    return render(request, "stats/statistics.html", context)
