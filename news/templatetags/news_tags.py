from django import template
from django.template.defaultfilters import filesizeformat

from news.models import Article

register = template.Library()


@register.inclusion_tag("news/_card.html")
def card(article, heading="h3", picture=True, eager=False):
    """An article in a list: picture (`eager`: the first thing to be seen), title, day, lead."""
    return {"article": article, "heading": heading, "picture": picture and bool(article.cover), "eager": eager}


@register.inclusion_tag("news/_most_read.html")
def most_read(counted, count=10):
    """The first `count` public articles of `counted`, which is (count key, views), most first. One query."""
    articles = Article.objects.public().listed().by_count_key([key for key, _ in counted])
    return {"lines": [(articles[key], n) for key, n in counted if key in articles][:count]}


@register.filter
def kind_and_size(attachment):
    """ "PDF, 1,2 MB" """
    return f"{attachment.kind}, {filesizeformat(attachment.size)}"
