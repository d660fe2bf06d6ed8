from dataclasses import dataclass

from django import template
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from hotlines import tokens
from news.models import Article
from portal.lib import html, languages, pagecache

register = template.Library()
WORDS_A_MINUTE = 240  # of Vietnamese, written in syllables
CONTENTS_FROM = 3  # headings
# How wide a picture is shown, for the browser to choose its file before it knows the layout.
SIZES = {
    "card": "(width >= 36rem) 24rem, 94vw",
    "lead": "(width >= 56rem) 45rem, 94vw",
    "column": "(width >= 44rem) 40.5rem, 94vw",
}


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


@register.inclusion_tag("news/_picture.html")
def picture(picture, place="column", eager=False):
    """A picture of the library in the file that fits; `eager`: the first thing to be seen."""
    return {"picture": picture, "sizes": SIZES[place], "eager": eager}


@dataclass(frozen=True)
class Reading:
    """A text as it is read: its HTML, its headings as (anchor, words) if it is long, and how many minutes it takes."""

    html: str
    contents: list
    minutes: int


@register.simple_tag
def reading(thing):
    """The text of `thing` (an article, a page) laid out for its readers."""
    body, contents = html.outlined(html.framed(illustrated(thing), _("Table, can be scrolled sideways")))
    words = len(html.plain(body).split())
    is_long = len(contents) >= CONTENTS_FROM
    return Reading(html.printed(body), contents if is_long else [], max(1, round(words / WORDS_A_MINUTE)))


def illustrated(thing):
    """The text of `thing` with the hotlines of today, its pictures in the file that fits."""
    known = {
        picture.name: {
            "width": picture.width,
            "height": picture.height,
            "srcset": picture.srcset,
            "sizes": SIZES["column"],
            "loading": "lazy",
        }
        for picture in thing.pictures
    }
    return html.illustrated(tokens.resolved(languages.said(thing, "body")), known)


@register.inclusion_tag("news/_most_read.html")
def most_read(counted, count=10):
    """The first `count` public articles of `counted`, which is (count key, views), most first. One query."""
    articles = Article.objects.public().listed().by_count_key([key for key, _ in counted])
    return {"lines": [(articles[key], n) for key, n in counted if key in articles][:count]}


@register.filter
def kind_and_size(attachment):
    """ "PDF, 1,2 MB" """
    return f"{attachment.kind}, {filesizeformat(attachment.size)}"
