"""The authority's emblem: uploaded in its profile, shown wherever the portal shows who it is."""

import io
import json
import re

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from portal import outage
from portal.lib import images, pagecache
from portal.models import SiteProfile
from tests import hostile
from tests.factories import make_article, make_profile

FORM = "/quan-tri/portal/siteprofile/1/change/"
SMALL = "Biểu trưng nhỏ hơn 112 điểm ảnh. Hãy chọn ảnh lớn hơn."
NO_PICTURE = "Tệp này không phải là ảnh JPEG, PNG, WebP hoặc GIF nguyên vẹn."


def send(client, data=None, **fields):
    """Answer to the profile's form with `data` as the emblem."""
    sent = {"name": "Phường Khác", "title": "Cổng thông tin", "title_en": "Portal", **fields}
    if data is not None:
        sent["emblem"] = SimpleUploadedFile("Biểu trưng.png", data)
    answer = client.post(FORM, sent)
    pagecache.forget()
    return answer


def status(reader, address):
    answer = reader.get(address)
    if answer.streaming:
        b"".join(answer)  # who reads to the end closes the file
    return answer.status_code


@pytest.fixture
def own(admin_client):
    """The address of an emblem that was uploaded."""
    make_profile()
    assert send(admin_client, hostile.encoded(Image.new("RGB", (400, 200), "red"), "JPEG")).status_code == 302
    return SiteProfile.objects.get().emblem.url


def test_it_is_a_square_png_with_clear_margins(own):
    with default_storage.open(SiteProfile.objects.get().emblem.name) as file, Image.open(file) as stored:
        assert (stored.format, stored.size) == ("PNG", (256, 256))
        pixels = stored.convert("RGBA")
    assert (pixels.getpixel((128, 10))[3], pixels.getpixel((128, 128))[3]) == (0, 255)


def test_a_photograph_becomes_a_file_that_a_telephone_loads_at_once():
    file = images.emblem(io.BytesIO(hostile.encoded(hostile.noise((1500, 1500)), "PNG")))
    assert file.size < 75_000  # noise, which no file makes small: a byte for each point


def test_readers_see_it_in_head_and_foot_and_in_the_tab(reader, own):
    page = reader.get("/").content.decode()
    assert page.count(f'<img class="emblem" src="{own}" width="256" height="256" alt="">') == 2
    assert page.count(f'<link rel="icon" type="image/png" href="{own}">') == 1
    assert '<svg class="emblem"' not in page


def test_sheets_and_the_admin_show_it_too(reader, admin_client, own):
    article = make_article()
    for client, address in (
        (reader, article.get_print_url()),
        (reader, "/duong-day-nong/ban-in/"),
        (reader, "/quan-tri/login/"),
        (admin_client, "/quan-tri/"),
    ):
        page = client.get(address).content.decode()
        assert (address, page.count(f'<img class="emblem" src="{own}"')) == (address, 1)
        assert (address, page.count(f'<link rel="icon" type="image/png" href="{own}">')) == (address, 1)


def test_shared_links_and_search_engines_get_it(reader, own):
    page = reader.get("/").content.decode()
    told = re.findall(r'<meta property="og:image(?::(\w+))?" content="([^"]*)">', page)
    expected = {"": f"http://testserver{own}", "type": "image/png", "width": "256", "height": "256"}
    assert dict(told).items() >= expected.items()
    graph = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])["@graph"]
    assert graph[0]["logo"] == {
        "@type": "ImageObject", "url": f"http://testserver{own}", "width": 256, "height": 256
    }  # fmt: skip


def test_its_file_is_public_until_another_takes_its_place(reader, admin_client, own):
    answer = reader.get(own)
    assert (answer.status_code, answer["Content-Type"], b"".join(answer)[:4]) == (200, "image/png", b"\x89PNG")
    send(admin_client, hostile.encoded(hostile.noise((300, 300)), "WEBP"))
    newer = SiteProfile.objects.get().emblem.url
    assert newer != own
    assert [status(reader, address) for address in (own, newer)] == [404, 200]


def test_it_can_be_taken_away(reader, admin_client, own):
    assert send(admin_client, **{"emblem-clear": "on"}).status_code == 302
    page = reader.get("/").content.decode()
    assert (page.count('<svg class="emblem"'), own in page) == (2, False)
    assert SiteProfile.objects.get().emblem == ""


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (hostile.encoded(Image.new("RGB", (111, 60)), "PNG"), SMALL),
        (hostile.SVG, NO_PICTURE),
        (hostile.HTML, NO_PICTURE),
        (b"\x89PNG\r\n\x1a\n", NO_PICTURE),
    ],
)
def test_what_is_no_emblem_is_refused_in_words_and_nothing_typed_is_lost(admin_client, own, data, sentence):
    refused = send(admin_client, data, name="Phường vừa gõ")
    page = refused.content.decode()
    assert (refused.status_code, sentence in page, 'value="Phường vừa gõ"' in page) == (200, True, True)
    profile = SiteProfile.objects.get()
    assert (profile.name, profile.emblem.url) == ("Phường Khác", own)


def test_a_page_for_bad_days_shows_no_emblem_as_it_cannot_know_whose(own):
    page = outage.whole(is_voting=False, was_sent=False)
    assert ("emblem" in page, '<link rel="icon" href="data:,">' in page) == (False, True)
