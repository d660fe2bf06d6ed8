from django import template

from portal.lib import live
from stats import figures

register = template.Library()


@register.simple_tag
def views(count_key):
    """ "Lượt xem" of something, as a live hole."""
    return figures.hole(count_key)


@register.simple_tag
def visits(name):
    """A counter, as a live hole: online, day, week, month, year, total."""
    if not live.knows(f"visits.{name}"):  # before the process' first beat
        figures.refresh()
    return live.hole(f"visits.{name}")


@register.simple_tag
def bars(days):
    """The chart of (day, visits) pairs, as numbers for an SVG."""
    return figures.chart(days)


@register.filter
def signed(n):
    """A correction: "+1.200", "-120"; empty for 0."""
    return f"{'+' if n > 0 else ''}{figures.grouped(n)}" if n else ""


@register.inclusion_tag("stats/_box.html")
def counter_box():
    """The visitor counters."""
    return {}
