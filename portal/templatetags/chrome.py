"""What stands around every page, built once for each state of the content, and the filters that all templates use."""

from urllib.parse import urlencode

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from portal.lib import html, live, pagecache, phone, text
from portal.models import Alert, Banner, MenuItem, RelatedLink, SiteProfile

register = template.Library()


def profile():
    """The authority's profile; an unsaved one before the first administrator has filled it in."""
    return pagecache.shared("profile", lambda: SiteProfile.objects.first() or SiteProfile(name=""))


def fragment(name, context):
    """`chrome/_<name>.html`, remembered until the content changes; `context` is a function, called only if needed."""
    return html.printed(pagecache.shared(name, lambda: render_to_string(f"chrome/_{name}.html", context())))


@register.simple_tag
def site_title():
    """ "Cổng thông tin điện tử Quận Thanh Xuân", for <title> and feeds."""
    return text.line(str(profile()))


@register.simple_tag
def site_description():
    return profile().description


@register.simple_tag
def site_head():
    return fragment("head", dict)


@register.simple_tag
def alert_band():
    return fragment("alerts", lambda: {"alerts": gravest_first(Alert.objects.public())})


def gravest_first(alerts):
    return sorted(alerts, key=lambda alert: -Alert.Level.values.index(alert.level))


@register.simple_tag
def site_header():
    return fragment("header", lambda: {"profile": profile(), "menu": menu(), "today": live.hole("today")})


@register.simple_tag
def boxes():
    return fragment("boxes", lambda: {"banners": Banner.objects.public()})


@register.simple_tag
def site_footer():
    return fragment("footer", lambda: {"profile": profile(), "links": RelatedLink.objects.all()})


def menu():
    """The top items of the menu; each item of the tree has its own in `.below`. One query."""
    items = list(MenuItem.objects.select_related("category", "page", "poll"))
    for item in items:
        item.below = [child for child in items if child.parent_id == item.pk]
    return [item for item in items if item.parent_id is None]


@register.inclusion_tag("chrome/_breadcrumbs.html")
def breadcrumbs(current, trail=(), root="", root_name=""):
    """Home, the list at the address `root` if given, the objects of `trail` as links, then the page itself as text."""
    return {"current": current, "trail": trail, "root": root, "root_name": root_name}


@register.inclusion_tag("chrome/_paging.html")
def paging(page, query=""):
    """Links to the pages of a list, near ones and the ends; `query` stays in them.

    They take nothing else from the request: on a cached page it would be what the first reader had in the address.
    """
    numbers = page.paginator.get_elided_page_range(page.number)
    return {"page": page, "numbers": numbers, "kept": f"{urlencode({'q': query})}&" if query else ""}


@register.filter(name="html")
def html_filter(value):
    """HTML that was cleaned when it was written: the one way to print it."""
    return html.printed(value)


@register.filter
def stamp(moment, style="full"):
    """<time> as "22/01/2025 | 16:12", or "22/01/2025" with "day"."""
    if not moment:
        return ""
    local = timezone.localtime(moment)
    shown = f"{local:%d/%m/%Y}" if style == "day" else f"{local:%d/%m/%Y | %H:%M}"
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), shown)


@register.filter
def tel(number):
    """The link of a telephone number: "tel:+842462933647"; empty for what cannot be dialled."""
    try:
        return f"tel:{phone.dial(number)}"
    except ValueError:
        return ""


@register.filter
def marked(value, query):
    """`value` with the words of `query` in <mark>, whatever their accents."""
    sought = text.sought_words(query)
    return format_html_join("", "{}{}{}", (
        (html.printed("<mark>") if hit else "", piece, html.printed("</mark>") if hit else "")
        for piece, hit in text.marked(str(value), sought)
    ))  # fmt: skip
