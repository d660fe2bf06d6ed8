"""The ballot page (never cached: it carries the voter's cookie and token), the results, the list of polls."""

from django.conf import settings
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from polls import voting
from polls.forms import BallotForm
from polls.models import Poll
from portal.lib.labels import uncached


@require_safe
def poll_list(request):
    return render(request, "polls/list.html", {"polls": Poll.objects.public()})


@require_http_methods(["GET", "HEAD", "POST"])
def ballot(request, pk):
    poll = get_object_or_404(Poll.objects.public(), pk=pk)
    if not poll.is_open():
        return uncached(_closed(request, poll)) if request.method == "POST" else redirect(poll.get_results_url())
    cookie = request.COOKIES.get(voting.COOKIE, "")
    voter = voting.voter_key(poll, cookie)
    if request.method == "POST":
        return uncached(_cast(request, poll, voter))
    if voter and voting.has_voted(poll, voter):
        return uncached(redirect(f"{poll.get_results_url()}?da-ghi-nhan=1"))
    response = uncached(
        render(request, "polls/ballot.html", {"poll": poll, "form": BallotForm(poll=poll, initial=request.GET)})
    )
    if voter is None and request.method == "GET":
        _give_cookie(response, poll)
    return response


def _cast(request, poll, voter):
    form = BallotForm(request.POST, poll=poll)
    if voter is None:
        response = render(request, "polls/ballot.html", {"poll": poll, "form": form, "no_cookie": True}, status=400)
        _give_cookie(response, poll)
        return response
    if not form.is_valid():
        return render(request, "polls/ballot.html", {"poll": poll, "form": form}, status=400)
    try:
        is_new = voting.cast(poll, form.cleaned_data["option"], voter=voter)
    except voting.NotOpen:
        return _closed(request, poll)
    except voting.BadChoice:
        form.add_error("option", form.fields["option"].error_messages["invalid_choice"])
        return render(request, "polls/ballot.html", {"poll": poll, "form": form}, status=400)
    mark = "cam-on" if is_new else "da-ghi-nhan"
    return HttpResponseRedirect(f"{poll.get_results_url()}?{mark}=1", status=303)


def _closed(request, poll):
    return render(request, "polls/closed.html", {"poll": poll}, status=409)


def _give_cookie(response, poll):
    response.set_cookie(
        voting.COOKIE,
        voting.new_voter(),
        max_age=voting.COOKIE_AGE,
        path=poll.get_absolute_url(),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


@require_safe
def results(request, pk):
    poll = get_object_or_404(Poll.objects.public(), pk=pk)
    voter = voting.voter_key(poll, request.COOKIES.get(voting.COOKIE, ""))
    context = {
        "poll": poll,
        "tally": voting.tally(poll)
        if poll.shows_results_to(voter is not None and voting.has_voted(poll, voter))
        else None,
        "thanks": "cam-on" in request.GET,
        "already": "da-ghi-nhan" in request.GET,
    }
    return uncached(render(request, "polls/results.html", context))
