from django import template

from hotlines.models import Hotline

register = template.Library()


@register.inclusion_tag("hotlines/_box.html")
def hotline_box():
    """The numbers of the box, grouped by their office."""
    return {"hotlines": Hotline.objects.public().in_box()}
