"""Hostile and broken pictures: what may come in, and that only pixels go on."""

import io
import struct
import zlib

import pytest
from PIL import Image

from portal.lib import images

GPS = 0x8825


def encoded(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def kept(data):
    """The picture that is stored for an upload of `data`."""
    return Image.open(images.picture(io.BytesIO(data)))


def refusal(data):
    with pytest.raises(ValueError) as raised:
        images.picture(io.BytesIO(data))
    return str(raised.value)


NO_PICTURE = "Tệp này không phải là ảnh JPEG, PNG, WebP hoặc GIF nguyên vẹn."
HUGE = "Ảnh có hơn 25 triệu điểm ảnh hoặc có cạnh dài hơn 10.000 điểm ảnh. Hãy thu nhỏ ảnh trước khi tải lên."
RED = Image.new("RGB", (40, 20), "red")


def png_claiming(width, height):
    """A small PNG whose header promises `width` × `height` pixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_becomes_a_webp_of_the_same_size(kind):
    stored = images.picture(io.BytesIO(encoded(RED, kind)))
    assert stored.name == "picture.webp"
    picture = Image.open(stored)
    assert (picture.format, picture.size, picture.mode) == ("WEBP", (40, 20), "RGB")


def test_transparency_stays():
    clear = kept(encoded(Image.new("RGBA", (10, 10), (255, 0, 0, 0)), "PNG"))
    assert clear.convert("RGBA").getpixel((5, 5))[3] == 0


@pytest.mark.parametrize("mode", ["L", "CMYK", "P", "1"])
def test_other_colour_models_become_rgb(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert kept(encoded(RED.convert(mode), kind)).mode == "RGB"


def test_where_the_picture_was_taken_and_comments_do_not_stay():
    photo = Image.new("RGB", (40, 20), "blue")
    exif = photo.getexif()
    exif[GPS] = {1: "N", 2: (21.0, 0.0, 12.0), 3: "E", 4: (105.0, 48.0, 0.0)}
    data = encoded(photo, "JPEG", exif=exif, comment=b"<script>alert(1)</script>", icc_profile=b"profile" * 20)
    assert Image.open(io.BytesIO(data)).getexif().get_ifd(GPS)
    stored = images.picture(io.BytesIO(data)).read()
    picture = Image.open(io.BytesIO(stored))
    assert dict(picture.getexif()) == {}
    assert {"exif", "icc_profile", "xmp", "comment"} & set(picture.info) == set()
    assert b"script" not in stored


def test_a_picture_that_lies_on_its_side_is_turned_upright():
    lying = Image.new("RGB", (40, 20), "blue")
    exif = lying.getexif()
    exif[0x0112] = 6
    assert kept(encoded(lying, "JPEG", exif=exif)).size == (20, 40)


def test_what_hides_behind_the_end_of_a_picture_is_gone():
    polyglot = encoded(RED, "JPEG") + b"<html><script>alert(document.domain)</script></html>"
    assert b"script" not in images.picture(io.BytesIO(polyglot)).read()


def test_a_page_that_calls_itself_a_picture_is_refused():
    assert refusal(b"<html><script>alert(1)</script></html>") == NO_PICTURE
    assert refusal(b"GIF89a<script>alert(1)</script>") == NO_PICTURE
    assert refusal(b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>') == NO_PICTURE
    assert refusal(b"") == NO_PICTURE


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "PPM", "ICO"])
def test_other_kinds_of_pictures_are_refused(kind):
    assert refusal(encoded(RED, kind)) == NO_PICTURE


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_half_a_picture_is_refused(kind):
    noise = Image.effect_noise((200, 200), 80).convert("RGB")
    data = encoded(noise, kind)
    assert refusal(data[: len(data) // 2]) == NO_PICTURE


@pytest.mark.parametrize("size", [(20_000, 20_000), (5_001, 5_000), (10_001, 1), (100_000, 100_000)])
def test_a_bomb_is_refused_by_its_header(size):
    assert refusal(png_claiming(*size)) == HUGE


def test_a_file_of_more_than_ten_megabytes_is_refused_unread():
    data = encoded(RED, "PNG") + bytes(images.MAX_BYTES)
    assert refusal(data) == "Ảnh nặng hơn 10 MB. Hãy giảm dung lượng trước khi tải lên."


def test_a_large_picture_is_kept_at_the_size_that_screens_can_show():
    assert kept(encoded(Image.new("RGB", (5_000, 2_500), "green"), "PNG")).size == (
        images.KEPT_SIDE,
        images.KEPT_SIDE // 2,
    )
