"""The voter's own pages, never cached: the ballot, the vote in place, the result as this voter may see it, the wish."""

from django.conf import settings
from django.http import Http404, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from polls import brake, voting, wishes
from polls import results as counts
from polls.forms import BallotForm, WishForm
from polls.models import Poll
from portal.lib.client import client_ip
from portal.lib.labels import uncached
from portal.lib.sheet import csv_response

STATUS = {"closed": 409, "no_cookie": 400, "bad": 400}
SENT = "da-gui"  # in the address of the results: what is missing has come


def identify(request, poll):
    return voting.identify(poll, request.COOKIES.get(voting.COOKIE, ""))


def give_cookie(response, poll):
    response.set_cookie(
        voting.COOKIE,
        voting.new_voter(),
        max_age=voting.COOKIE_AGE,
        path=poll.get_absolute_url(),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def checked(answer, request, poll):
    """`answer(request, poll)` to who sends the token; who takes no cookies has none, stores nothing, and is told why."""
    answer = csrf_protect(answer) if voting.COOKIE in request.COOKIES else answer
    return uncached(answer(request, poll))


def attempt(request, poll, *, can_work):
    """(what became of the ballot that `request` sends, its form): recorded, already, closed, no_cookie, bad, work."""
    form, voter = BallotForm(request.POST, poll=poll), identify(request, poll)
    if not poll.is_open():
        return "closed", form
    if voter is None:
        return "no_cookie", form
    if not form.is_valid():
        return "bad", form
    try:
        is_new = voting.vote(
            poll,
            form.cleaned_data["option"],
            voter,
            address=client_ip(request.META),
            wording=request.POST.get("wording", ""),
            proof=request.POST.get("proof", ""),
            can_work=can_work,
        )
    except voting.NotOpen:
        return "closed", form
    except brake.WorkNeeded:
        return "work", form
    except voting.BadChoice:
        form.add_error("option", form.fields["option"].error_messages["invalid_choice"])
        return "bad", form
    except voting.Reworded:
        form.add_error("option", _("The poll was changed after this page was opened. Please load it again and choose."))
        return "bad", form
    return ("recorded" if is_new else "already"), form


# --- Two steps, without script -----------------------------------------------------------------------------------------
@csrf_exempt  # see `checked`
@require_http_methods(["GET", "HEAD", "POST"])
def ballot(request, pk):
    poll = get_object_or_404(Poll.objects.public(), pk=pk)
    if request.method == "POST":
        return checked(_answer, request, poll)
    if not poll.is_open():
        return redirect(poll.get_results_url())
    voter = identify(request, poll)
    if voter and voting.has_voted(poll, voter.key):
        return uncached(redirect(f"{poll.get_results_url()}?da-ghi-nhan=1"))
    form = BallotForm(poll=poll, initial={"option": request.GET.getlist("option")})
    response = uncached(render(request, "polls/ballot.html", {"poll": poll, "form": form}))
    response["Referrer-Policy"] = "strict-origin"  # the choice in the address goes no further, not into our log either
    return give_cookie(response, poll) if voter is None and request.method == "GET" else response


def _answer(request, poll):
    state, form = attempt(request, poll, can_work=False)
    if state in {"recorded", "already"}:
        mark = "cam-on" if state == "recorded" else "da-ghi-nhan"
        return HttpResponseRedirect(f"{poll.get_results_url()}?{mark}=1", status=303)
    if state == "closed":
        return render(request, "polls/closed.html", {"poll": poll}, status=STATUS[state])
    no_cookie = state == "no_cookie"
    context = {"poll": poll, "form": form, "no_cookie": no_cookie}
    response = render(request, "polls/ballot.html", context, status=STATUS[state])
    return give_cookie(response, poll) if no_cookie else response


# --- One click in place, by static/js/poll.js ----------------------------------------------------------------------------
@csrf_exempt  # see `checked`
@require_http_methods(["GET", "HEAD", "POST"])
def in_place(request, pk):
    """GET: the token that a cached page cannot hold, and the cookie. POST: the ballot. JSON with what is to be shown."""
    poll = get_object_or_404(Poll.objects.public(), pk=pk)
    if request.method == "POST":
        return checked(_in_place_answer, request, poll)
    voter = identify(request, poll)
    if not poll.is_open():
        return uncached(_shown(request, poll, "closed", None))
    if voter and voting.has_voted(poll, voter.key):
        return uncached(_shown(request, poll, "already", voter))
    response = uncached(JsonResponse({"state": "ready", "token": get_token(request)}))
    return give_cookie(response, poll) if voter is None and request.method == "GET" else response


def _in_place_answer(request, poll):
    state, form = attempt(request, poll, can_work=request.POST.get("proof") != "unable")
    if state == "work":
        return JsonResponse({"state": state, **brake.challenge(poll)})
    if state in {"no_cookie", "bad"}:
        said = [_("Your browser did not accept the cookie that makes sure that each browser votes once.")]
        errors = said if state == "no_cookie" else [error for errors in form.errors.values() for error in errors]
        return JsonResponse({"state": state, "errors": errors}, status=STATUS[state])
    return _shown(request, poll, state, identify(request, poll))


def _shown(request, poll, state, voter):
    context = outcome(poll, voter, thanks=state == "recorded")
    context |= {"already": state == "already", "is_closed_to_it": state == "closed"}
    page = render_to_string("polls/_outcome.html", context, request)
    return JsonResponse({"state": state, "html": page}, status=STATUS.get(state, 200))


# --- The result ---------------------------------------------------------------------------------------------------------
def outcome(poll, voter, *, thanks=False):
    """What this voter (or nobody) may see of the present round: result, own receipt, whether the ballot waits; with the
    `thanks`, who is not content is asked what is missing.
    """
    own = poll.ballots.filter(round=poll.round, voter=voter.key).first() if voter else None
    asks = thanks and own and own.choices.filter(option__is_low=True).exists() and not wishes.has_sent(voter)
    is_shown = poll.shows_results_to(own is not None)
    return {
        "poll": poll,
        "number": poll.round,
        "own": own,
        "thanks": thanks and own is not None,
        "wish": WishForm() if asks else None,
        "receipt": voter.receipt if own else "",
        "tally": counts.lately(poll) if is_shown else None,
        "days": counts.days_lately(poll) if is_shown and poll.shows_days else None,
        "seal": poll.seals.filter(round=poll.round).first() if poll.is_closed() else None,
    }


@require_safe
def results(request, pk):
    poll = get_object_or_404(Poll.objects.public(), pk=pk)
    voter = identify(request, poll)
    context = outcome(poll, voter, thanks="cam-on" in request.GET)
    has_voted = context["own"] is not None
    context |= {"already": has_voted and "da-ghi-nhan" in request.GET, "wish_came": has_voted and SENT in request.GET}
    return uncached(render(request, "polls/results.html", context))


def _rounds(request, pk):
    """The poll and (number, opening, closing, tally) of all rounds that whoever asks may see."""
    poll = get_object_or_404(Poll.objects.public(), pk=pk)
    tally = outcome(poll, identify(request, poll))["tally"]
    numbers = [*range(1, poll.round), *([poll.round] if tally else [])]
    if not numbers:
        raise Http404
    return poll, [(number, *counts.times(poll, number), counts.lately(poll, number)) for number in numbers]


@require_safe
def results_csv(request, pk):
    poll, rounds = _rounds(request, pk)
    head = [_("Round"), _("Answer"), _("Votes"), _("Share (%)"), _("People who voted")]
    rows = [
        [number, line.option.text, line.votes, line.share, tally.voters]
        for number, _opens, _closes, tally in rounds
        for line in tally.lines
    ]
    return uncached(csv_response(f"binh-chon-{poll.pk}", [head, *rows]))


@require_safe
def results_json(request, pk):
    poll, rounds = _rounds(request, pk)
    shown = [
        {
            "round": number,
            "opens_at": opens.isoformat(),
            "closes_at": closes and closes.isoformat(),
            "voters": tally.voters,
            "kept_aside": tally.aside,
            "not_counted": tally.rejected,
            "answers": [
                {"answer": line.option.text, "votes": line.votes, "percent": line.tenths / 10} for line in tally.lines
            ],
        }
        for number, opens, closes, tally in rounds
    ]
    note = _("This poll shows what those who took part think. It is not statistically representative.")
    return uncached(JsonResponse({"question": poll.question, "note": note, "rounds": shown}))


# --- What is missing ------------------------------------------------------------------------------------------------------
@require_POST
def wish(request, pk):
    """Takes what a voter looked for and did not find, once."""
    poll = get_object_or_404(Poll.objects.public(), pk=pk)
    voter, form = identify(request, poll), WishForm(request.POST)
    if voter is None or not voting.has_voted(poll, voter.key):
        return uncached(redirect(reverse("polls:ballot", args=[pk])))
    if form.is_valid():
        try:
            wishes.send(poll, voter, form.cleaned_data["text"], address=client_ip(request.META))
        except wishes.TooMany:
            form.add_error("text", _("Many have written from your network in this hour. Please send this again later."))
        else:
            return uncached(HttpResponseRedirect(f"{poll.get_results_url()}?{SENT}=1", status=303))
    context = outcome(poll, voter) | {"wish": form}
    return uncached(render(request, "polls/results.html", context, status=400))
