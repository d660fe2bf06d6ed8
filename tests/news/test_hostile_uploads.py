"""Hostile files at the addresses where staff upload: none stored as given, none a fault of the server, none slow."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from news.models import Article, Attachment, Picture
from tests import hostile, pace
from tests.desk import inline, said
from tests.factories import make_category

pytestmark = pytest.mark.django_db
PICTURES, DOCUMENTS = hostile.pictures(), hostile.documents()
UPLOAD, ADD = "/quan-tri/news/picture/kho/tai-len/", "/quan-tri/news/picture/add/"


def timed(client, address, data):
    with pace.seconds(1):
        response = client.post(address, data)
    assert response.status_code < 500
    return response


def sent(name, data):
    return SimpleUploadedFile(name, data, "image/png")


def stored(folder):
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


def test_there_are_forty_and_more():
    assert (len(PICTURES) >= 30, len(DOCUMENTS) >= 50) == (True, True)


@pytest.mark.parametrize("case", PICTURES)
def test_of_a_hostile_picture_at_most_the_pixels_are_kept(admin_client, tmp_path, case):
    name, data, payload = PICTURES[case]
    described = {"alt": "Ảnh thử"}
    for address in (UPLOAD, ADD):
        response = timed(admin_client, address, {"upload": sent(name, data), **described})
        assert response.status_code in {200, 201, 302, 422}
    kept = stored(tmp_path)
    assert data not in kept
    assert len(kept) == Picture.objects.count()  # the samples are small: one file each
    for file in kept:
        assert (Image.open(io.BytesIO(file)).format, file[:4]) == ("WEBP", b"RIFF")
        assert payload is None or payload not in file
        assert {"exif", "icc_profile", "xmp", "comment"} & set(Image.open(io.BytesIO(file)).info) == set()


@pytest.mark.parametrize("case", DOCUMENTS)
def test_a_hostile_document_is_refused_in_words(admin_client, tmp_path, case):
    name, data, _ = DOCUMENTS[case]
    row = {"title": "Biểu mẫu", "file": sent(name, data), "order": "1"}
    form = {"title": "Bài viết", "category": make_category().pk} | inline("attachments", row)
    response = timed(admin_client, "/quan-tri/news/article/add/", form)
    assert (response.status_code, Attachment.objects.count(), Article.objects.count()) == (200, 0, 0)
    assert (len(said(response)), stored(tmp_path)) == (1, [])


@pytest.mark.parametrize(
    ("address", "field"), [(UPLOAD, "upload"), (ADD, "upload"), ("/quan-tri/news/article/add/", "attachments-0-file")]
)
def test_a_request_longer_than_all_files_of_a_form_is_refused_unread(
    admin_client, address, field, monkeypatch, tmp_path
):
    monkeypatch.setattr("portal.lib.uploads.MAX_REQUEST", 1000)
    response = timed(admin_client, address, {field: sent("anh.png", bytes(2000))})
    assert (response.status_code, stored(tmp_path)) == (413, [])


@pytest.mark.parametrize("address", [UPLOAD, ADD])
def test_a_field_that_is_missing_or_no_file_is_a_refusal(admin_client, address):
    for data in ({}, {"upload": "chuỗi"}, {"upload": sent("a.png", b"x"), "focal_x": "1e9", "alt": "x" * 10_000}):
        assert timed(admin_client, address, data).status_code in {200, 422}
    assert not Picture.objects.exists()
