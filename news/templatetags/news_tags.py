from django import template
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string

from news.models import Article
from portal.lib import pagecache

register = template.Library()


@register.inclusion_tag("news/_card.html")
def card(article, heading="h3", picture=True, eager=False):
    """An article in a list: picture (`eager`: the first thing to be seen), title, day, lead."""
    return {"article": article, "heading": heading, "picture": picture and bool(article.cover), "eager": eager}


@register.simple_tag
def related(article, count=4):
    """The cards of the newest other articles of its category, rendered once for all articles of that category."""
    cards = pagecache.shared(
        f"related:{article.category_id}",
        lambda: [(a.pk, render_to_string("news/_card.html", card(a))) for a in article.newest_beside()[: count + 1]],
    )
    return [rendered for pk, rendered in cards if pk != article.pk][:count]


@register.inclusion_tag("news/_most_read.html")
def most_read(counted, count=10):
    """The first `count` public articles of `counted`, which is (count key, views), most first. One query."""
    articles = Article.objects.public().listed().by_count_key([key for key, _ in counted])
    return {"lines": [(articles[key], n) for key, n in counted if key in articles][:count]}


@register.filter
def kind_and_size(attachment):
    """ "PDF, 1,2 MB" """
    return f"{attachment.kind}, {filesizeformat(attachment.size)}"
