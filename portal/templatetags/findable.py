"""What a page says of itself to search engines and to those who share it."""

from django import template

from portal import structured
from portal.lib import html, text
from portal.templatetags.chrome import profile

register = template.Library()


@register.simple_tag
def social_picture(picture=None):
    """The picture that a shared link shows: that of the page, or the authority's emblem, or the portal's own."""
    if not picture:
        return {"alt": text.line(str(profile())), **structured.own_picture(profile())}
    width, height = picture.large_size
    alt = picture.alt or picture.caption or text.line(str(profile()))
    return {"url": picture.shared_url, "width": width, "height": height, "type": "image/jpeg", "alt": alt}


@register.simple_tag
def firstof_picture(thing):
    """The cover of `thing`, or the first picture in its text, or None."""
    return getattr(thing, "cover", None) or next(iter(thing.pictures), None)


@register.filter
def opening(body):
    """The beginning of cleaned HTML as plain text, for descriptions."""
    return text.excerpt(html.plain(body[:3000]), 200)


@register.simple_tag(takes_context=True)
def organization_data(context):
    return html.data(structured.site(context["request"], profile()))


@register.simple_tag(takes_context=True)
def article_data(context, article, picture=None):
    return html.data(structured.article(context["request"], article, profile(), picture))
