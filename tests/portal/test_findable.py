"""What search engines and shared links are told: canonical, Open Graph, Dublin Core, JSON-LD, feeds and sitemaps."""

import json
import re
import shutil
import subprocess
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from portal import ownpages
from portal.lib import clock, html
from tests.factories import make_article, make_category, make_office, make_page, make_picture, make_poll, make_profile

pytestmark = pytest.mark.django_db
SCHEMAS = settings.BASE_DIR / "tests/data/schemas"
needs_xmllint = pytest.mark.skipif(not shutil.which("xmllint"), reason="xmllint is not installed")


def head_of(response):
    """{name or property: [contents]} of the page's metas."""
    found = {}
    for name, content in re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', response.content.decode()):
        found.setdefault(name, []).append(content)
    return found


def data_of(response):
    """The JSON-LD objects of the page, by their type."""
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', response.content.decode(), re.DOTALL)
    return {(thing := json.loads(block)).get("@type", "graph"): thing for block in blocks}


@pytest.fixture
def article():
    make_profile(name="Quận Mẫu", phone="024.62933647", email="a@example.vn", address="Số 1")
    picture = make_picture((1600, 900), alt="Hội trường", credit="Lan")
    return make_article(
        title='Tết "ấm" </script><b>& no',
        lead="Tóm tắt",
        category=make_category(name="Y tế", parent=make_category(name="Xã hội")),
        cover=picture,
        office=make_office(name="Phòng Y tế"),
        published_at=datetime(2025, 1, 22, 16, 12, tzinfo=clock.ZONE),
    )


def test_an_article_tells_what_it_is(reader, article):
    response = reader.get(article.get_absolute_url())
    address, head = f"http://testserver{article.get_absolute_url()}", head_of(response)
    assert f'<link rel="canonical" href="{address}">' in response.content.decode()
    shown = {
        name: head[name]
        for name in ("og:url", "og:type", "og:image", "og:image:width", "og:image:height", "og:image:alt")
    }
    assert shown == {
        "og:url": [address],
        "og:type": ["article"],
        "og:image": [f"http://testserver{article.cover.shared_url}"],
        "og:image:width": ["1200"],
        "og:image:height": ["675"],
        "og:image:alt": ["Hội trường"],
    }
    assert article.cover.large_url.endswith("-1200.webp")
    assert head["DC.creator"] == ["Phòng Y tế"]
    assert head["DC.date"] == ["2025-01-22"]
    assert (head["DC.language"], head["DC.identifier"]) == (["vi"], [address])


def test_its_data_cannot_end_the_script_that_holds_it(reader, article):
    told = data_of(reader.get(article.get_absolute_url()))
    news, trail = told["NewsArticle"], told["BreadcrumbList"]
    assert news["headline"] == 'Tết "ấm" </script><b>& no'
    assert news["datePublished"] == "2025-01-22T16:12:00+07:00"
    assert news["author"] == {"@type": "Organization", "name": "Phòng Y tế"}
    assert news["publisher"]["@type"] == "GovernmentOrganization"
    assert news["publisher"]["telephone"] == "+842462933647"
    assert (news["image"][0]["width"], news["image"][0]["height"]) == (1200, 675)
    assert [step["name"] for step in trail["itemListElement"]] == [
        "Trang chủ",
        "Tin tức",
        "Xã hội",
        "Y tế",
        article.title,
    ]
    assert [step["position"] for step in trail["itemListElement"]] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("nasty", ["</script>", "<!--", "]]>", "\u2028\u2029\x7f\x85", "&lt;", "'\"\\", "\ud800"])
def test_nothing_ends_or_breaks_a_data_script(nasty):
    told = html.data({"name": nasty})
    inner = told.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert not re.search("[<>&\x7f-\x9f\u2028\u2029]", inner)
    assert json.loads(inner) == {"name": nasty}
    inner.encode()


def test_the_home_page_tells_who_publishes(reader, article):
    graph = data_of(reader.get("/"))["graph"]["@graph"]
    assert [thing["@type"] for thing in graph] == ["GovernmentOrganization", "WebSite"]
    assert graph[0]["name"] == "Quận Mẫu"


def test_the_picture_of_a_page_without_one_is_the_portals_own(reader):
    head = head_of(reader.get(make_page(title="Liên hệ").get_absolute_url()))
    assert head["og:image"] == ["http://testserver/static/img/share.png"]


def test_the_data_of_an_article_without_picture_have_the_picture_that_is_shared(reader):
    answer = reader.get(make_article(title="Lịch tiếp công dân").get_absolute_url())
    head, (image,) = head_of(answer), data_of(answer)["NewsArticle"]["image"]
    assert ([image["url"]], [str(image["width"])]) == (head["og:image"], head["og:image:width"])


def test_every_public_page_has_one_canonical_address_or_is_not_to_be_indexed(reader, article):
    poll, page = make_poll(), make_page()
    indexed = ["/", "/tin-tuc/", "/tin-tuc/?page=1&utm=x", article.category.get_absolute_url(), article.get_absolute_url(),
        page.get_absolute_url(), "/duong-day-nong/", "/ban-do/", "/thong-ke/", "/so-do-trang/", "/binh-chon/",
        "/tim-kiem/"]  # fmt: skip
    for address in indexed:
        text = reader.get(address).content.decode()
        assert (address, text.count('rel="canonical"'), "noindex" in text) == (address, 1, False)
        assert "utm" not in re.search(r'rel="canonical" href="([^"]*)"', text)[1]
    hidden = ["/tim-kiem/?q=tet", "/tim-kiem/goi-y/?q=tet", f"/binh-chon/{poll.pk}/", "/khong-co/",
        article.get_print_url(), "/duong-day-nong/tim/?q=a"]  # fmt: skip
    for address in hidden:
        response = reader.get(address)
        assert (address, "noindex" in response.content.decode() + response.get("X-Robots-Tag", "")) == (address, True)


def test_each_page_of_the_portals_own_describes_itself(reader):
    make_profile(description="Cổng của phường.")
    own = [page.url() for page in ownpages.ALL if page.view != "rss"]
    assert len({head_of(reader.get(url))["description"][0] for url in own}) == len(own)


def test_the_second_page_of_a_list_is_shared_as_itself(reader, settings):
    settings.LIST_PAGE_SIZE = 1
    category = make_category()
    make_article(category=category)
    make_article(category=category)
    for path in ("/tin-tuc/", category.get_absolute_url()):
        address, response = f"http://testserver{path}?page=2", reader.get(f"{path}?page=2&fbclid=x")
        head = head_of(response)
        assert (head["og:url"], head["DC.identifier"]) == ([address], [address])
        assert f'<link rel="canonical" href="{address}">' in response.content.decode()


def test_an_article_with_a_new_title_is_no_new_one_in_the_feed(reader, article):
    told = []
    for title in ("Trước", "Sau"):
        article.title = title
        article.save()
        told.append(
            re.findall("<guid[^>]*>[^<]*</guid>|<title>(?:Trước|Sau)</title>", reader.get("/rss/").content.decode())
        )
    assert [len(found) for found in told] == [2, 2]
    assert told[0][0] != told[1][0] and told[0][1] == told[1][1]


def test_pictures_of_drafts_are_told_to_nobody(reader):
    public, draft = make_picture(), make_picture()
    make_article(cover=public)
    make_article(cover=draft, state="draft")
    make_article(cover=draft, published_at=timezone.now() + timedelta(days=1))
    for address in ("/", "/rss/", "/sitemap-articles-1.xml", "/tin-tuc/"):
        told = reader.get(address).content.decode()
        assert (address, draft.name in told) == (address, False)
    assert public.name in reader.get("/sitemap-articles-1.xml").content.decode()
    assert public.name in reader.get("/rss/").content.decode()


@needs_xmllint
@pytest.mark.parametrize(
    ("address", "schema"),
    [
        ("/sitemap.xml", "siteindex.xsd"),
        ("/sitemap-articles-1.xml", "sitemap.xsd"),
        ("/sitemap-pages-1.xml", "sitemap.xsd"),
        ("/sitemap-categories-1.xml", "sitemap.xsd"),
        ("/sitemap-fixed-1.xml", "sitemap.xsd"),
        ("/rss/", "rss.xsd"),
        ("/tin-tuc/y-te/rss/", "rss.xsd"),
    ],
)
def test_feeds_and_sitemaps_are_valid(reader, article, tmp_path, address, schema):
    make_page(title="Liên hệ")
    response = reader.get(address)
    assert response.status_code == 200
    (tmp_path / "file.xml").write_bytes(response.content)
    command = ["xmllint", "--nonet", "--noout", "--schema", str(SCHEMAS / schema), str(tmp_path / "file.xml")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, f"{tmp_path / 'file.xml'} validates\n")


@needs_xmllint
def test_the_schemas_refuse_what_is_wrong(tmp_path):
    wrong = {
        "sitemap.xsd": '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>/khong-du/</loc></url></urlset>',
        "siteindex.xsd": '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"></sitemapindex>',
        "rss.xsd": '<rss version="2.0"><channel><title>a</title><link>http://a/</link><description>b</description>'
        "<item><title>c</title><pubDate>Wed, 22 Jan 2025 09:12:00 +0000</pubDate></item></channel></rss>",
    }
    for schema, text in wrong.items():
        (tmp_path / "file.xml").write_text(text)
        command = ["xmllint", "--nonet", "--noout", "--schema", str(SCHEMAS / schema), str(tmp_path / "file.xml")]
        assert subprocess.run(command, capture_output=True).returncode != 0


def test_the_index_says_when_each_file_last_changed(reader, article):
    index = reader.get("/sitemap.xml").content.decode()
    changed = timezone.localtime(article.updated_at).isoformat()
    assert f"<loc>http://testserver/sitemap-articles-1.xml</loc><lastmod>{changed}</lastmod>" in re.sub(
        r">\s+<", "><", index
    )


def test_the_feed_tells_vietnamese_time_and_the_picture(reader, article):
    feed = reader.get("/rss/").content.decode()
    assert "<pubDate>Wed, 22 Jan 2025 16:12:00 +0700</pubDate>" in feed
    told = dict(re.findall(r'(\w+)="([^"]*)"', re.search("<enclosure ([^>]*)", feed)[1]))
    cover = article.cover
    assert told == {"url": f"http://testserver{cover.url}", "length": str(cover.size), "type": "image/webp"}
