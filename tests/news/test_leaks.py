"""Nothing that is not public leaks, on any surface. Each cell first proves that the public article is there.

A surface is one line of SURFACES: its address, and what of the article would be seen there. A state is one line of STATES:
what makes the public article into one of that kind.
"""

import json
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.utils import timezone, translation

from news import correcting, publishing
from news.models import Article, Attachment, Picture, PreviewLink, file_name
from portal.lib import clock
from stats.models import DailyCount
from tests.conftest import BROWSER
from tests.factories import make_article, make_category, make_picture
from tests.security.addresses import patterns

pytestmark = pytest.mark.django_db
TITLE, LEAD, BODY = "Quyết định mật Zeta", "Tóm tắt mật Zeta", "Thân bài mật Zeta"


def changed(**fields):
    """A state into which `fields` bring an article, written past all forms: what leaks then leaks by the reading."""
    return lambda article: Article.objects.filter(pk=article.pk).update(**fields)


STATES = {
    "draft": changed(state="draft"),
    "waiting": changed(state="waiting"),
    "returned": changed(state="returned", reason="Thiếu ngày"),
    "scheduled": lambda article: changed(published_at=timezone.now() + timedelta(days=1))(article),
    "expired": lambda article: changed(expires_at=timezone.now() - timedelta(minutes=1))(article),
    "withdrawn": changed(state="withdrawn"),
    "deleted": lambda article: article.delete(),
}
OWN = {
    "page",
    "wrong slug",
    "wrong category",
    "print",
    "print with a wrong slug",
    "saved copy",
    "earlier text",
}  # addresses of the article itself
NEVER_PUBLIC = {
    "draft",
    "waiting",
    "returned",
    "scheduled",
    "deleted",
}  # 404; of the others citizens learn that they are gone


@dataclass
class Place:
    """Where the article may be seen: two neighbours that stay public, and addresses made while it was public."""

    article: Article
    older: Article
    newer: Article
    attachment: Attachment
    preview: PreviewLink
    inside: Picture

    def __post_init__(self):
        self.page = self.article.get_absolute_url()
        self.print = self.article.get_print_url()
        self.file = self.attachment.get_absolute_url()
        self.cover = self.article.cover.url
        self.narrow = f"/media/{file_name(self.inside.name, 400)}"
        self.earlier = f"{self.page}ban-truoc/1/"
        self.link = self.preview.get_absolute_url()


@pytest.fixture
def place(beat):
    now = timezone.now()
    category = make_category(name="Văn bản")
    older = make_article(title="Bài cũ hơn", category=category, published_at=now - timedelta(hours=3))
    inside = make_picture(alt="Ảnh mật Zeta trong bài", size=(900, 60))
    article = make_article(
        title=TITLE, lead=LEAD, category=category, published_at=now - timedelta(hours=2),
        body=f'<p>{BODY}</p><p><img src="{inside.url}" alt="Ảnh trong bài"></p>', cover=make_picture(alt="Ảnh mật Zeta"),
    )  # fmt: skip
    newer = make_article(title="Bài mới hơn", category=category, published_at=now - timedelta(hours=1))
    attachment = Attachment.objects.create(
        article=article, title="Tệp mật Zeta", file=ContentFile(b"mat zeta", name="m.csv")
    )
    correcting.correct(article, earlier=Article(title=TITLE, body=f"<p>{BODY}</p>"), note="Sửa số")
    # Made while the article was a draft: at its publication it died.
    link = PreviewLink.objects.create(
        article=article, created_at=now - timedelta(days=1), expires_at=now + timedelta(days=3)
    )
    DailyCount.objects.create(day=clock.local_day() - timedelta(days=1), key=article.count_key, n=5)
    beat()
    return Place(article, older, newer, attachment, link, inside)


@pytest.fixture
def beat(beat):
    """A beat after what was written so far was committed, as far as the triggers of the generation are concerned."""

    def committed():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
            cursor.execute("SELECT set_config('portal.changed_in', '', true)")
        beat()

    return committed


@pytest.fixture
def get():
    """Function: what a citizen's browser gets; everything that could tell, headers and body, as one text."""
    client = Client(headers={"user-agent": BROWSER})

    def ask(address, method="GET", **headers):
        response = client.generic(method, address, headers=headers)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        told = "\n".join(f"{name}: {value}" for name, value in response.items())
        return response.status_code, f"{told}\n{body.decode(errors='replace')}"

    return ask


# Surface: (address, what proves that the article is there).
SURFACES = {
    "page": (lambda p: p.page, BODY),
    "wrong slug": (lambda p: f"/tin-tuc/van-ban/{p.article.pk}-sai/", "Location"),
    "wrong category": (lambda p: f"/tin-tuc/sai/{p.article.pk}-sai/", "Location"),
    "print": (lambda p: p.print, BODY),
    "earlier text": (lambda p: p.earlier, BODY),
    "print with a wrong slug": (lambda p: f"/tin-tuc/van-ban/{p.article.pk}-sai/ban-in/", "Location"),
    "saved copy": (lambda p: f"{p.page}luu/", BODY),
    "list of all": (lambda p: "/tin-tuc/", TITLE),
    "list of the category": (lambda p: "/tin-tuc/van-ban/", TITLE),
    "home": (lambda p: "/", TITLE),
    "next of the older": (lambda p: p.older.get_absolute_url(), 'rel="next"'),
    "previous of the newer": (lambda p: p.newer.get_absolute_url(), 'rel="prev"'),
    "related": (lambda p: p.newer.get_absolute_url(), TITLE),
    "most read": (lambda p: "/thong-ke/", TITLE),
    "search by title": (lambda p: "/tim-kiem/?q=quyet+dinh+mat", "quyet-dinh-mat-zeta"),
    "search by text": (lambda p: "/tim-kiem/?q=than+bai+zeta", "quyet-dinh-mat-zeta"),
    "suggestions": (lambda p: "/tim-kiem/goi-y/?q=quyet+dinh+mat", "quyet-dinh-mat-zeta"),
    "feed of all": (lambda p: "/rss/", TITLE),
    "feed of the category": (lambda p: "/tin-tuc/van-ban/rss/", TITLE),
    "sitemap": (lambda p: "/sitemap-articles-1.xml", "quyet-dinh-mat-zeta"),
    "site map page": (lambda p: "/so-do-trang/", None),
    "geojson": (lambda p: "/duong-day-nong/ban-do.geojson", None),
    "open graph": (lambda p: p.page, 'property="og:image"'),
    "attachment": (lambda p: p.file, "mat zeta"),
    "image file": (lambda p: p.cover, "image/webp"),
    "image file in the text": (lambda p: p.inside.url, "image/webp"),
    "narrow image file": (lambda p: p.narrow, "image/webp"),
    "picture in the list of widths": (lambda p: p.page, "-400.webp 400w"),
    "attachment in media": (lambda p: f"/media/{p.attachment.file.name}", None),
    "preview link": (lambda p: p.link, None),
    "robots": (lambda p: "/robots.txt", None),
}
SECRETS = (TITLE, LEAD, BODY, "mật Zeta", "mat-zeta", "mat zeta")


def leaks(place, status, told, asked):
    """What `told` gives away of the article; the words that were asked for are not told by the answer."""
    secrets = [*SECRETS, f"/{place.article.pk}-", place.cover, place.file, place.inside.name]
    return [secret for secret in secrets if secret in told.replace(asked, "")]


@pytest.mark.parametrize("state", STATES)
def test_what_is_not_public_is_seen_nowhere(place, get, beat, state):
    asked = {surface: address(place) for surface, (address, _) in SURFACES.items()}
    for surface, (_, proof) in SURFACES.items():
        told = [get(asked[surface])[1] for _ in ("fresh", "from memory, if it is remembered at all")]
        assert [proof is None or proof in one for one in told] == [True, True], (
            f"{surface}: this cell would prove nothing"
        )
    STATES[state](place.article)
    beat()
    found = {}
    for surface, address in asked.items():
        for _ in ("fresh", "remembered"):
            status, told = get(address)
            found[surface] = leaks(place, status, told, address)
            if surface in OWN:
                assert (surface, status) == (surface, 404 if state in NEVER_PUBLIC else 410)
    assert found == {surface: [] for surface in SURFACES}


@pytest.mark.parametrize("state", STATES)
def test_head_and_conditional_requests_tell_nothing_either(place, get, beat, state):
    asked = {
        surface: SURFACES[surface][0](place)
        for surface in ("page", "print", "list of all", "feed of all", "attachment")
    }
    tags = {}
    for surface, address in asked.items():
        status, told = get(address, "HEAD")
        assert (surface, status) == (surface, 200)
        tags[surface] = told.partition("ETag: ")[2].partition("\n")[0]
        assert surface == "attachment" or get(address, **{"if-none-match": tags[surface]})[0] == 304
    STATES[state](place.article)
    beat()
    for surface, address in asked.items():
        known = {"if-none-match": tags[surface] or '"x"'}
        for method, headers in (("HEAD", {}), ("GET", known), ("HEAD", known)):
            status, told = get(address, method, **headers)
            assert leaks(place, status, told, address) == []
            assert status in ({200} if surface in {"list of all", "feed of all"} else {404, 410})


@pytest.mark.parametrize("state", STATES)
def test_the_number_of_pages_of_a_list_counts_only_what_is_public(place, get, beat, settings, state):
    settings.LIST_PAGE_SIZE = 1
    assert [get(f"/tin-tuc/van-ban/?page={n}")[0] for n in (2, 3, 4)] == [200, 200, 404]
    assert "?page=3" in get("/tin-tuc/van-ban/")[1]
    STATES[state](place.article)
    beat()
    assert [get(f"/tin-tuc/van-ban/?page={n}")[0] for n in (2, 3)] == [200, 404]
    assert "?page=3" not in get("/tin-tuc/van-ban/")[1]


@pytest.mark.parametrize("state", STATES)
def test_a_page_that_stood_in_memory_is_gone_from_the_moment_that_the_portal_knows(place, get, beat, state):
    assert [BODY in get(place.page)[1] for _ in range(2)] == [True, True]
    if state in {"scheduled", "expired"}:  # by the clock alone, as it happens every day
        Article.objects.filter(pk=place.article.pk).update(expires_at=timezone.now() + timedelta(milliseconds=300))
        beat()
        while Article.objects.public().filter(pk=place.article.pk).exists():
            get(place.page)
    else:
        STATES[state](place.article)
        beat()
    status, told = get(place.page)
    assert status in (404, 410)
    assert leaks(place, status, told, place.page) == []


def test_a_revision_leaks_nowhere_while_its_article_stays_public(place, get, beat, admin_user):
    """The working copy: its words, its new file and its new picture belong to nobody before it is approved."""
    copy = publishing.revise(place.article, by=admin_user)
    copy.title, copy.lead, copy.body = "Kín Omega", "Kín Omega", "<p>Kín Omega</p>"
    copy.cover = make_picture(alt="Kín Omega")
    copy.save()
    file = Attachment.objects.create(article=copy, title="Kín Omega", file=ContentFile(b"tep rieng", name="k.csv"))
    publishing.submit(copy, by=admin_user)
    beat()
    hidden = {
        "page of the copy": f"/tin-tuc/van-ban/{copy.pk}-kin-omega/",
        "print of the copy": f"/tin-tuc/van-ban/{copy.pk}-kin-omega/ban-in/",
        "file of the copy": file.get_absolute_url(),
        "copied file": copy.attachments.exclude(pk=file.pk).get().get_absolute_url(),
        "picture of the copy": copy.cover.url,
        "search": "/tim-kiem/?q=kin+omega",
    }
    asked = {surface: address(place) for surface, (address, _) in SURFACES.items()} | hidden
    secrets = ("Kín Omega", "kin-omega", "tep rieng", f"/{copy.pk}-", copy.cover.url)
    found = {}
    for surface, address in asked.items():
        for _ in ("fresh", "remembered"):
            status, told = get(address)
            found[surface] = [secret for secret in secrets if secret in told.replace(address, "")]
            if surface in hidden and surface != "search":
                assert (surface, status) == (surface, 404)
    assert found == {surface: [] for surface in asked}
    assert BODY in get(place.page)[1]


def every_address():
    """Each public address that takes no argument, in either language, whoever adds it: none may know what is not public."""
    found = set()
    for language in ("vi", "en"):
        with translation.override(language):
            found |= {f"/{route}" for route, _ in patterns() if not set("<^(") & set(route)}
    return sorted(found)


@pytest.mark.parametrize("state", STATES)
def test_no_address_of_the_portal_knows_it_whichever_there_are(place, get, beat, state):
    addresses = [address for address in every_address() if not address.startswith("/quan-tri/")]
    assert {"/", "/rss/", "/tin-tuc/", "/duong-day-nong/danh-ba.json", "/sitemap.xml"} <= set(addresses)
    knew = [address for address in addresses if leaks(place, *get(address), address)]
    assert {"/", "/en/", "/rss/", "/tin-tuc/", "/thong-ke/"} <= set(knew)
    STATES[state](place.article)
    beat()
    assert [address for address in addresses if leaks(place, *get(address), address)] == []


def test_the_geojson_knows_no_articles(place, get):
    features = json.loads(get("/duong-day-nong/ban-do.geojson")[1].rpartition("\n")[2])["features"]
    assert features == []
