"""What search engines are told in data beside the page (schema.org): who publishes, what this article is, where it stands."""

from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.lib import images, languages, pagecache, phone, text

CONTEXT = "https://schema.org"


def origin(request) -> str:
    return f"{request.scheme}://{request.get_host()}"


def own_picture(profile) -> dict:
    """What stands for the whole portal: the authority's emblem, or the portal's own picture; url, width, height, type."""
    if profile.emblem:
        return {
            "url": profile.emblem.url,
            "width": images.EMBLEM_SIDE,
            "height": images.EMBLEM_SIDE,
            "type": "image/png",
        }
    return {"url": static("img/share.png"), "width": 1200, "height": 630, "type": "image/png"}


def organization(request, profile) -> dict:
    """The authority, by its profile; every article names it."""
    here = origin(request)
    return pagecache.shared(f"organization:{here}:{get_language()}", lambda: _organization(here, profile))


def _organization(here: str, profile) -> dict:
    logo = own_picture(profile)
    told = {
        "@type": "GovernmentOrganization",
        "@id": f"{here}/#organization",
        "name": languages.said(profile, "name") or str(profile),
        "url": f"{here}/",
        "logo": {"@type": "ImageObject", "url": here + logo["url"], "width": logo["width"], "height": logo["height"]},
        "description": languages.said(profile, "description"),
        "email": profile.email,
        "telephone": _dialled(profile.phone),
        "address": {
            "@type": "PostalAddress",
            "streetAddress": languages.said(profile, "address"),
            "addressCountry": "VN",
        }
        if profile.address
        else "",
        "parentOrganization": {"@type": "GovernmentOrganization", "name": languages.said(profile, "superior")}
        if profile.superior
        else "",
    }
    return {key: value for key, value in told.items() if value}


def _dialled(number: str) -> str:
    try:
        return phone.dial(number)
    except ValueError:
        return ""


def site(request, profile) -> dict:
    """The portal itself, for its home page."""
    here = origin(request)
    website = {
        "@type": "WebSite",
        "@id": f"{here}/#website",
        "url": f"{here}/",
        "name": str(profile),
        "inLanguage": get_language(),
    }
    website["publisher"] = {"@id": f"{here}/#organization"}
    return {"@context": CONTEXT, "@graph": [organization(request, profile), website]}


def article(request, article, profile, picture=None) -> dict:
    """A public article."""
    here = origin(request)
    address = here + article.get_absolute_url()
    publisher = organization(request, profile)
    told = {
        "@context": CONTEXT,
        "@type": "NewsArticle",
        "headline": text.excerpt(article.title, 110),
        "description": text.excerpt(article.lead, 300),
        "url": address,
        "mainEntityOfPage": {"@type": "WebPage", "@id": address},
        "datePublished": _moment(article.published_at),
        "dateModified": _moment(max(article.updated_at, article.published_at)),
        "inLanguage": "vi",
        "articleSection": article.category.name,
        "isAccessibleForFree": True,
        "author": {"@type": "Organization", "name": article.byline} if article.byline else publisher,
        "publisher": publisher,
        "image": _image(here, picture) if picture else [publisher["logo"]],  # as og:image has it
    }
    return {key: value for key, value in told.items() if value}


def _image(here: str, picture) -> list[dict]:
    width, height = picture.large_size
    shown = {"@type": "ImageObject", "url": here + picture.large_url, "width": width, "height": height}
    return [
        {key: value for key, value in (shown | {"caption": picture.alt, "creditText": picture.credit}).items() if value}
    ]


def _moment(at) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds")


def trail(request, above: list[tuple[str, str]], current: str) -> dict:
    """Where a page stands: home, the pages `above` it as (name, path), itself."""
    here = origin(request)
    steps = [
        (_("Home"), here + languages.address("home")),
        *((name, here + path) for name, path in above),
        (current, ""),
    ]
    rows = [
        {"@type": "ListItem", "position": n, "name": name} | ({"item": address} if address else {})
        for n, (name, address) in enumerate(steps, start=1)
    ]
    return {"@context": CONTEXT, "@type": "BreadcrumbList", "itemListElement": rows}
