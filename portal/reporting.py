"""The report of the counters for staff: days, robots, most read articles, one article, corrections; CSV. Read only."""

from datetime import timedelta
from itertools import zip_longest

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from news.models import Article
from portal.auditing import EXPORTED
from portal.lib import audit, clock
from portal.lib.sheet import csv_response
from stats import figures
from stats.models import ROBOT, VISIT, Adjustment

USUAL, LONGEST = 30, 366  # days
TOP = 20  # articles on the page; the file has all


class RangeForm(forms.Form):
    """From which day to which; with `article`, only of that article."""

    first = forms.DateField(label=gettext_lazy("From day"), widget=AdminDateWidget)
    last = forms.DateField(label=gettext_lazy("To day"), widget=AdminDateWidget)
    article = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("first"), cleaned.get("last")
        if last and last > clock.local_day():
            self.add_error("last", _("This day is still to come."))
        elif first and last and first > last:
            raise ValidationError(_("The first day is later than the last."))
        elif first and last and (last - first).days >= LONGEST:
            raise ValidationError(_("At most %(days)s days can be shown at once.") % {"days": LONGEST})
        return cleaned


def usual_range():
    """(first, last): the last 30 days, today included."""
    today = clock.local_day()
    return today - timedelta(days=USUAL - 1), today


@require_safe
def report(request, site):
    """The page of the admin `site`, or with ?csv=days or ?csv=articles what it shows as a file."""
    if not request.user.has_perm("stats.view_dailycount"):
        raise PermissionDenied
    first, last = usual_range()
    given = {"first": f"{first:%d/%m/%Y}", "last": f"{last:%d/%m/%Y}", **request.GET.dict()}
    form = RangeForm(given)
    if form.is_valid():
        first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    if "article" in form.errors:
        raise Http404
    pk = form.cleaned_data.get("article")
    key = f"article:{pk}" if pk else VISIT
    write = FILES.get(request.GET.get("csv")) if form.is_valid() else None
    if write:
        audit.record(EXPORTED, None, by=request.user, what=key, first=f"{first}", last=f"{last}")
        return write(key, first, last)
    context = {"title": _("Report of the counters"), "form": form, "first": first, "last": last}
    context |= {"article": titles_of([key])[key] if pk else None}
    return render(request, "admin/stats/report.html", site.each_context(request) | context | shown(key, first, last))


def shown(key, first, last):
    """What the page shows of the counter `key`; of visits also robots, the most read and the corrections of all."""
    days = figures.series(key, first, last)
    corrections = Adjustment.objects.filter(day__range=(first, last)).select_related("made_by").order_by("day", "pk")
    robots, read = [], []
    if key == VISIT:
        robots, read = [day.counted for day in figures.series(ROBOT, first, last)], figures.most_read(first, last)
    else:
        corrections = corrections.filter(key=key)
    titles = titles_of([key for key, n in read[:TOP]] + [correction.key for correction in corrections])
    return {
        "days": list(zip_longest(days, robots))[::-1],
        "bars": [(day.day, day.n) for day in days],
        "total": figures.Day(last, sum(day.counted for day in days), sum(day.corrected for day in days)),
        "robots": sum(robots),
        "read": [(key.removeprefix("article:"), titles[key], n) for key, n in read[:TOP]],
        "read_in_all": len(read),
        "corrections": [(correction, titles[correction.key]) for correction in corrections],
        "since": figures.since(),
    }


def titles_of(keys):
    """{count key: what it counts, in words}. One query.

    Only of articles that citizens can or could read: no others are counted, and a draft's title is nobody's business.
    """
    once_public = Article.objects.public() | Article.objects.gone()
    articles = once_public.only("title").by_count_key(keys)
    titles = {key: _("article %(pk)s (not public)") % {"pk": key.removeprefix("article:")} for key in keys}
    return titles | {key: article.title for key, article in articles.items()} | {VISIT: _("visits")}


def days_file(key, first, last):
    days = figures.series(key, first, last)
    of_all = key == VISIT
    robots = [[day.counted] for day in figures.series(ROBOT, first, last)] if of_all else [[]] * len(days)
    head = [_("Day"), _("Counted"), _("Corrections"), *([_("Visits"), _("Robots")] if of_all else [_("Views")])]
    rows = [[day.day, day.counted, day.corrected, day.n, *more] for day, more in zip(days, robots, strict=True)]
    return csv_response(
        f"{'truy-cap' if of_all else key.replace('article:', 'bai-viet-')}-{first}-{last}", [head, *rows]
    )


def articles_file(key, first, last):
    """All articles read in these days, whatever `key` is."""
    read = figures.most_read(first, last)
    titles = titles_of([key for key, n in read])
    rows = [[int(key.removeprefix("article:")), titles[key], n] for key, n in read]
    return csv_response(f"bai-viet-{first}-{last}", [[_("Article number"), _("Article"), _("Views")], *rows])


FILES = {"days": days_file, "articles": articles_file}
