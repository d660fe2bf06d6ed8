from django import template

from polls import results
from polls.models import Option, Poll

register = template.Library()


@register.inclusion_tag("polls/_box.html")
def poll_box():
    """The open poll that opened last, as a plain GET form to its ballot page: nothing personal on a cached page."""
    newest = Poll.objects.open().values("pk")[:1]
    options = list(Option.objects.filter(poll__in=newest).select_related("poll"))
    poll = options[0].poll if options else None
    return {"poll": poll, "options": options, "wording": poll and poll.wording(options)}


@register.simple_tag
def share(poll, name):
    """A live number of an open poll: "voters", or an option's share by its number."""
    return results.hole(poll, str(name))
