"""What is the same for everybody: the polls, results of rounds that are over, receipts and digests, answered wishes."""

from django.db.models import Prefetch
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from polls import results
from polls.models import Poll, Receipt, Round, Seal, Wish
from portal.lib.labels import by_page
from portal.lib.paging import paged

RECEIPTS = 1000  # on a page


@require_safe
def poll_list(request):
    """Open polls, then the archive: closed ones and the earlier rounds of all, each with its number of ballots."""
    polls = Poll.objects.public().prefetch_related("rounds", Prefetch("seals", Seal.objects.order_by("round", "pk")))
    now_open, over = [], []
    for poll in polls:
        sealed = {seal.round: seal for seal in poll.seals.all()}  # the last one of each round
        poll.past = [(past, sealed.get(past.number)) for past in poll.rounds.all() if past.number < poll.round]
        poll.seal = sealed.get(poll.round)
        (now_open if poll.is_open() else over).append(poll)
    return render(request, "polls/list.html", {"now_open": now_open, "over": over})


def _round_that_is_over(pk, number):
    poll = get_object_or_404(Poll.objects.public(), pk=pk)
    get_object_or_404(Round, poll=poll, number=number)
    is_over = number < poll.round or poll.is_closed()
    return poll, is_over


@require_safe
def past_results(request, pk, number):
    poll, _ = _round_that_is_over(pk, number)
    if number >= poll.round:
        return redirect(poll.get_results_url())
    opens, closes = results.times(poll, number)
    context = {
        "poll": poll,
        "number": number,
        "opens": opens,
        "closes": closes,
        "tally": results.lately(poll, number),
        "days": results.days(poll, number) if poll.shows_days else None,
        "seal": poll.seals.filter(round=number).first(),
    }
    return render(request, "polls/past.html", context)


@require_safe
def receipts(request, pk, number):
    """The codes of a round that is over, sorted, without any choice, and the digests under which it was sealed."""
    poll, is_over = _round_that_is_over(pk, number)
    seals = list(poll.seals.filter(round=number)) if is_over else []
    codes = Receipt.objects.filter(poll=poll, round=number) if seals else Receipt.objects.none()
    page = paged(request, codes, RECEIPTS)
    tally = results.lately(poll, number) if seals else None
    context = {"poll": poll, "number": number, "seals": seals, "tally": tally, "page": page}
    return by_page(render(request, "polls/receipts.html", context))


@require_safe
def sealed_list(request, pk, number):
    """What was hashed, to take away. Only where one answer was allowed: there it says no more than the tally."""
    poll, is_over = _round_that_is_over(pk, number)
    if not is_over or poll.max_choices > 1 or not poll.seals.filter(round=number).exists():
        raise Http404
    name = f"binh-chon-{poll.pk}-lan-{number}.txt"
    return StreamingHttpResponse(
        results.sealed_list(poll, number),
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_safe
def answered(request):
    """ "Dân hỏi – đã bổ sung": what citizens missed and where it stands now."""
    wishes = Wish.objects.public().select_related("office").order_by("-answered_on", "-pk")[:200]
    return render(request, "polls/answered.html", {"wishes": wishes})
