import re

from django import template

from hotlines import directory, duty, tokens
from hotlines.models import Hotline

register = template.Library()
_GLUED_DASH = re.compile(r"\b[–-]\b")


@register.inclusion_tag("hotlines/_box.html")
def hotline_box():
    """The numbers of the box, grouped by their office."""
    return {"hotlines": Hotline.objects.public().in_box()}


@register.inclusion_tag("hotlines/_duty.html")
def duty_hours(written):
    """Duty hours and whether somebody is on duty now."""
    is_always = written == duty.ALWAYS
    return {
        "written": duty.spoken(written),
        "is_always": is_always,
        "now": "" if is_always else duty.hole(written, directory.holidays()),
    }


@register.filter(is_safe=True)
def unbroken(hours):
    """Hours in words, with what keeps "7:30–17:00" and "T2–T6" on one line."""
    return _GLUED_DASH.sub("\u2060\\g<0>\u2060", hours)


@register.filter
def with_hotlines(body):
    """HTML of an article or page with its tokens replaced by the hotlines as they are now."""
    return tokens.resolved(body)


@register.filter
def token(hotline):
    """What an editor writes for `hotline`."""
    return tokens.token(hotline)
