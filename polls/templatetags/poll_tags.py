from django import template

from polls.models import Poll

register = template.Library()


@register.inclusion_tag("polls/_box.html")
def poll_box():
    """The open poll that opened last, as a plain GET form to its ballot page: nothing personal on a cached page."""
    return {"poll": Poll.objects.open().prefetch_related("options").first()}
