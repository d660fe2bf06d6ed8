"""Lines of the audit log in words, for the history of a thing."""

from django import template

from portal.lib import audit

register = template.Library()


@register.filter
def spoken(line):
    """What was done: "Đã trả lại: chờ duyệt → trả lại"."""
    return audit.spoken(line)


@register.filter
def because(line):
    """The reason that was given; empty where none was."""
    return audit.details(line).get("reason", "")
