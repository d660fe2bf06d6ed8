"""What stands around every page, built once for each state of the content, and the filters that all templates use."""

import json
from base64 import b64encode
from pathlib import Path
from string import Template
from urllib.parse import quote, urlencode

from django import template
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.translation import get_language, override

from portal import structured
from portal.lib import html, images, languages, lexemes, live, pagecache, phone, text
from portal.models import Alert, Banner, MenuItem, RelatedLink, SiteProfile

register = template.Library()
# --brand-deep of tokens.css and accents.css: a browser's bar knows no sheets.
BAR_COLORS = {
    "": "#740a11", "blue": "#083a67", "green": "#0f4529", "indigo": "#2d2969", "mourning": "#111", "tet": "#8a0a0f",
}  # fmt: skip
SWITCH = '<a class="language" href="{1}" lang="{0}" hreflang="{0}">{2}</a>'


def profile():
    """The authority's profile; an unsaved one before the first administrator has filled it in."""
    return pagecache.shared("profile", lambda: SiteProfile.objects.first() or SiteProfile(name=""))


def fragment(name, context):
    """`chrome/_<name>.html`, remembered until the content changes; `context` is a function, called only if needed."""
    key = f"{name}:{get_language()}"
    return html.printed(pagecache.shared(key, lambda: render_to_string(f"chrome/_{name}.html", context())))


@register.simple_tag
def emblem():
    """The authority's emblem, or the drawing static/img/emblem.svg as a part of the page."""
    return pagecache.shared("emblem", lambda: _emblem(profile().emblem))


def _emblem(own):
    if own:
        side = images.EMBLEM_SIDE
        return format_html('<img class="emblem" src="{}" width="{}" height="{}" alt="">', own.url, side, side)
    drawing = Path(finders.find("img/emblem.svg")).read_text(encoding="utf-8")
    return html.printed(drawing.replace("<svg ", '<svg class="emblem" aria-hidden="true" ', 1))


@register.simple_tag
def site_identity():
    """What the authority has chosen for the head of every page: colour of the telephone's bar, the tab's icon, its sheet."""
    own = profile()
    return fragment("identity", lambda: {"profile": own, "color": BAR_COLORS[own.dressed() or own.accent]})


@register.simple_tag
def site_icon():
    """The emblem in the browser's tab."""
    own = profile().emblem
    return format_html('<link rel="icon" type="image/png" href="{}">', own.url if own else static("img/emblem.png"))


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
    return languages.said(profile(), "description")


@register.simple_tag
def site_head():
    return fragment("head", dict)


@register.simple_tag
def alert_band():
    return fragment("alerts", lambda: {"alerts": gravest_first(Alert.objects.public())})


def gravest_first(alerts):
    return sorted(alerts, key=lambda alert: -Alert.Level.values.index(alert.level))


@register.simple_tag(takes_context=True)
def site_header(context):
    """The head of the page, shared by all pages of its language but for the way to this page in the other one."""
    shared = fragment("header", lambda: {"profile": profile(), "menu": menu(), "today": today()})
    to = other_language(context.get("request"))
    switch = format_html(SWITCH, *to, languages.NAMES[to[0]]) if to else ""
    return html.printed(shared.replace("<!--language-->", switch))


def other_language(request):
    """(language, address) of this page in the other language, of its home page where there is no such page; or None."""
    language = languages.VIETNAMESE if languages.is_english() else languages.ENGLISH
    if language == languages.ENGLISH and not profile().name_en:
        return None
    here = request.path if request else ""
    there = languages.translated(here)
    with override(language):
        return language, there if there != here else languages.address("home")


@register.simple_tag(takes_context=True)
def alternates(context):
    """Links to this page in either language, if there are both: for search engines."""
    here = context["request"].path
    there = languages.translated(here)
    page = context.get("page")
    if there == here or not profile().name_en or getattr(page, "title_en", "some") == "":
        return ""
    vietnamese, english = (there, here) if languages.is_english() else (here, there)
    origin = f"{context['request'].scheme}://{context['request'].get_host()}"
    rows = (("vi", vietnamese), ("en", english), ("x-default", vietnamese))
    link = '<link rel="alternate" hreflang="{}" href="{}{}">'
    return format_html_join("\n", link, ((language, origin, path) for language, path in rows))


@register.simple_tag
def today():
    """The day on which the page is delivered, in words."""
    return live.hole("today-en" if languages.is_english() else "today")


@register.simple_tag(takes_context=True)
def address_of(context, thing):
    """The whole address of the page of `thing`."""
    return context["request"].build_absolute_uri(thing.get_absolute_url())


@register.simple_tag(takes_context=True)
def tools(context, thing):
    """What a reader can do with the page of `thing`, which has a title and addresses to print and to save it.

    All but these is the same on every page.
    """
    address = address_of(context, thing)
    own = {
        "print": getattr(thing, "get_print_url", str)(),
        "save": getattr(thing, "get_save_url", str)(),
        "address": address,
        "sent": quote(address, safe=""),
        "title": quote(str(thing), safe=""),
        "zalo": quote(b64encode(json.dumps({"url": address}).encode()), safe=""),
    }
    shared = Template(fragment("tools", lambda: {"own": {name: f"${{{name}}}" for name in own}}))
    return html.printed(shared.substitute({name: conditional_escape(value) for name, value in own.items()}))


@register.simple_tag
def boxes():
    return fragment("boxes", lambda: {"banners": banners_at("column")})


@register.simple_tag
def banners(place):
    """The banners at `place`: "home" or "foot"; they are pictures of Vietnamese words."""
    shown = [] if languages.is_english() else banners_at(place)
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
    """All items of the menu in the language of the page, each with those below it in `.below`. One query."""

    def read():
        items = [item for item in MenuItem.objects.select_related("category", "page", "poll") if is_in_menu(item)]
        for item in items:
            item.below = [child for child in items if child.parent_id == item.pk]
        return items

    return pagecache.shared(f"menu:{get_language()}", read)


def is_in_menu(item):
    return not (languages.is_english() and languages.is_foreign(item, "label"))


@register.inclusion_tag("chrome/_breadcrumbs.html", takes_context=True)
def breadcrumbs(context, current, trail=(), root="", root_name=""):
    """Home, the list at the address `root` if given, the objects of `trail` as links, then the page itself as text."""
    above = [(root_name, root)] * bool(root) + [(str(one), one.get_absolute_url()) for one in trail]
    request = context.get("request")
    data = html.data(structured.trail(request, above, str(current))) if request else ""
    told = {"current": current, "trail": trail, "root": root, "root_name": root_name, "data": data}
    return {**told, "is_foreign": context.get("is_foreign")}


@register.inclusion_tag("chrome/_paging.html")
def paging(page, kept=()):
    """Links to the pages of a list, near ones and the ends; what `kept` says of the address stays in them.

    They take nothing else from the request: on a cached page it would be what the first reader had in the address.
    """
    numbers = page.paginator.get_elided_page_range(page.number)
    return {"page": page, "numbers": numbers, "kept": f"{urlencode(kept)}&" if kept else ""}


@register.filter
def breakable(email):
    """An address of mail that a narrow line breaks before its @ only."""
    return format_html("{}<wbr>@{}", *email.rsplit("@", 1))


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
    shown = date_format(local, "DATE_FORMAT" if style == "day" else "DATETIME_FORMAT")
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), shown)


@register.filter
def local(thing, name):
    """The field `name` of `thing` in the language of the page; marked as Vietnamese where it has no English."""
    words = languages.said(thing, name)
    return format_html('<span lang="vi">{}</span>', words) if words and languages.is_foreign(thing, name) else words


@register.filter
def plain_local(thing, name):
    """`local` for where no markup can stand: attributes and titles."""
    return languages.said(thing, name)


@register.filter
def lang_of(thing, name):
    """The attribute of an element whose label is a `plain_local` that has no English."""
    return html.printed(' lang="vi"') if languages.is_foreign(thing, name) else ""


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
