from django import template
from django.template.defaultfilters import filesizeformat

register = template.Library()


@register.inclusion_tag("news/_card.html")
def card(article, heading="h3", picture=True, eager=False):
    """An article in a list: picture (`eager`: the first thing to be seen), title, day, lead."""
    return {"article": article, "heading": heading, "picture": picture and bool(article.cover), "eager": eager}


@register.filter
def kind_and_size(attachment):
    """ "PDF, 1,2 MB" """
    return f"{attachment.kind}, {filesizeformat(attachment.size)}"
