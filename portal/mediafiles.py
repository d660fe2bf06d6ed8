"""Picture files: citizens get those that something public shows, staff all, the others do not exist.

Which are public is remembered for each state of the content, all names in one set: a file costs no query, made-up names
cost no memory, and what a process knows it goes on serving while the database is away.
"""

import re

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.files.storage import default_storage
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from news.models import Article, ArticlePicture, Correction, file_name
from portal.lib import client, html, images, pagecache, stored
from portal.lib.labels import needs_no_database
from portal.models import Banner, PagePicture, SiteProfile

# A reader's own browser may show a picture again for five minutes without asking; no cache on the way may keep it, but a
# CDN of the portal as long as the pages.
PUBLIC = f"public, max-age=300, s-maxage={settings.CDN_SECONDS}" if settings.CDN_SECONDS else "private, max-age=300"
_LIBRARY = re.compile(r"^images/([0-9a-f]{32})(?:(?:-\d{3,4})?\.webp|\.jpg)$")


def public_names():
    """Names of the library's pictures, paths of the emblem and the banners that citizens may see now."""
    return pagecache.shared("public pictures", _public_names)


def _public_names():
    articles = Article.objects.public().order_by()
    covers = articles.filter(cover__isnull=False).values_list("cover__name", flat=True)
    in_texts = ArticlePicture.objects.filter(article__in=articles).values_list("picture__name", flat=True)
    earlier = Correction.objects.filter(article__in=articles, is_earlier_shown=True, body__contains="<img")
    in_earlier = [html.library_images(body) for body in earlier.values_list("body", flat=True)]
    banners = Banner.objects.public().order_by().values_list("image", flat=True)
    emblem = SiteProfile.objects.values_list("emblem", flat=True)
    return frozenset().union(covers, in_texts, *in_earlier, PagePicture.public_names(), banners, emblem)


def is_public(path):
    picture = _LIBRARY.match(path)
    return (picture[1] if picture else path) in public_names()


def may_see_all(request):
    """Whether a member of staff asks who works with pictures."""
    user = getattr(request, "user", AnonymousUser()) if client.is_staff_browser(request.META) else AnonymousUser()
    rights = ("news.view_picture", "news.add_picture", "news.change_article", "news.view_article", "portal.view_banner")
    return user.is_active and user.is_staff and any(map(user.has_perm, rights))


def shared(path):
    """A picture of the library for those who show shared links: JPEG, as not all of them read WebP.

    They ask seldom; a third file of each picture would lie there for nobody else.
    """
    name = _LIBRARY.match(path)[1]
    try:
        kept = next(file for width in (1200, None) if default_storage.exists(file := file_name(name, width)))
        with default_storage.open(kept) as file:
            return HttpResponse(images.jpeg(file), content_type="image/jpeg", headers={"Cache-Control": PUBLIC})
    except (StopIteration, FileNotFoundError) as lost:
        raise Http404 from lost


@needs_no_database
@require_safe
def media(request, path):
    """The file `path` of the media store; 404 for what the reader may not see, as for what is not there."""
    kind = "image/png" if path.endswith(".png") else "image/webp"
    if is_public(path):
        if path.endswith(".jpg"):
            return shared(path)
        return stored.respond(request, path, kind, cache=PUBLIC)
    try:
        allowed = may_see_all(request)
    except (OperationalError, InterfaceError):  # nobody can say who asks
        allowed = False
    if not allowed:
        raise Http404
    return stored.respond(request, path, kind)
