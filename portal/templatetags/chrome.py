"""What stands around every page, built once for each state of the content, and the filters that all templates use."""

import json
from base64 import b64encode
from urllib.parse import urlencode

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from portal import structured
from portal.lib import html, lexemes, live, pagecache, phone, text
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


@register.simple_tag(takes_context=True)
def site_dress(context):
    """The attributes of <html> by which the sheets know the authority's colour, Tết and mourning.

    A page may show another `dress`.
    """
    worn = {"accent": profile().accent, "dress": context["dress"] if "dress" in context else profile().dressed()}
    return format_html_join("", ' data-{}="{}"', ((name, value) for name, value in worn.items() if value))


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
    return fragment("header", lambda: {"profile": profile(), "menu": menu(), "today": today()})


@register.simple_tag
def today():
    """The day on which the page is delivered, in words."""
    return live.hole("today")


@register.simple_tag(takes_context=True)
def address_of(context, thing):
    """The whole address of the page of `thing`."""
    return context["request"].build_absolute_uri(thing.get_absolute_url())


@register.inclusion_tag("chrome/_tools.html", takes_context=True)
def tools(context, thing):
    """What a reader can do with the page of `thing`, which has a title and addresses to print and to save it."""
    address = address_of(context, thing)
    return {"thing": thing, "address": address, "for_zalo": b64encode(json.dumps({"url": address}).encode()).decode()}


@register.simple_tag
def boxes():
    return fragment("boxes", lambda: {"banners": banners_at("column")})


@register.simple_tag
def banners(place):
    """The banners at `place`: "home" or "foot"."""
    shown = banners_at(place)
    return render_to_string("chrome/_banners.html", {"banners": shown, "place": place}) if shown else ""


def banners_at(place):
    shown = pagecache.shared("banners", lambda: list(Banner.objects.public()))
    return [banner for banner in shown if banner.place == place]


@register.simple_tag
def tasks():
    """The tiles of the home page, what people come for: items of the menu, those of its first level first."""

    def chosen():
        tiles = [item for item in menu_items() if item.is_task]
        return {"tasks": sorted(tiles, key=lambda item: item.parent_id is not None)}

    return fragment("tasks", chosen)


@register.simple_tag
def site_footer():
    return fragment("footer", lambda: {"profile": profile(), "links": RelatedLink.objects.all()})


def menu():
    """The top items of the menu; each item of the tree has its own in `.below`."""
    return [item for item in menu_items() if item.parent_id is None]


def menu_items():
    """All items of the menu, each with those below it in `.below`. One query."""

    def read():
        items = list(MenuItem.objects.select_related("category", "page", "poll"))
        for item in items:
            item.below = [child for child in items if child.parent_id == item.pk]
        return items

    return pagecache.shared("menu", read)


@register.inclusion_tag("chrome/_breadcrumbs.html", takes_context=True)
def breadcrumbs(context, current, trail=(), root="", root_name=""):
    """Home, the list at the address `root` if given, the objects of `trail` as links, then the page itself as text."""
    above = [(root_name, root)] * bool(root) + [(str(one), one.get_absolute_url()) for one in trail]
    request = context.get("request")
    data = html.data(structured.trail(request, above, str(current))) if request else ""
    return {"current": current, "trail": trail, "root": root, "root_name": root_name, "data": data}


@register.inclusion_tag("chrome/_paging.html")
def paging(page, kept=()):
    """Links to the pages of a list, near ones and the ends; what `kept` says of the address stays in them.

    They take nothing else from the request: on a cached page it would be what the first reader had in the address.
    """
    numbers = page.paginator.get_elided_page_range(page.number)
    return {"page": page, "numbers": numbers, "kept": f"{urlencode(kept)}&" if kept else ""}


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
def marked(value, sought):
    """`value` with what a question seeks in <mark>, in whatever spelling."""
    return format_html_join("", "{}{}{}", (
        (html.printed("<mark>") if hit else "", piece, html.printed("</mark>") if hit else "")
        for piece, hit in lexemes.marked(str(value), sought)
    ))  # fmt: skip
