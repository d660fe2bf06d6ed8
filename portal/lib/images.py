"""Pictures that staff upload: only their pixels are kept, whatever else the file may have been."""

import io
import warnings
from typing import IO

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 25_000_000
MAX_SIDE = 10_000
# More than any screen shows of a picture in a text; readers on a telephone pay for every pixel.
KEPT_SIDE = 2400
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


def picture(file: IO[bytes]) -> ContentFile:
    """The pixels of an uploaded JPEG, PNG, WebP or GIF (its first frame) as a new WebP file named "picture.webp".

    Upright, at most KEPT_SIDE wide and high, without metadata, comments or anything behind the picture's end.
    Raises ValueError with a sentence for the uploader when the file is too large or no whole picture.
    """
    file.seek(0)
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError(_("The picture is larger than 10 MB. Please make it smaller before uploading."))
    out = io.BytesIO()
    _pixels(data).save(out, "WEBP", quality=85, method=4)
    return ContentFile(out.getvalue(), name="picture.webp")


class _Refusal(ValueError):
    """Our own sentence, told apart from a ValueError of a decoder."""


def _pixels(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                _refuse_huge(image)
                return _copied(ImageOps.exif_transpose(image))
    except _Refusal:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise _too_many_pixels() from bomb
    except Exception as broken:  # a broken file makes Pillow's decoders raise nearly anything, struct.error and all
        raise _no_picture() from broken


def _too_many_pixels() -> _Refusal:
    return _Refusal(
        _(
            "The picture has more than 25 million pixels or a side of more than 10,000. Please make it smaller before uploading."
        )
    )


def _no_picture() -> _Refusal:
    return _Refusal(_("This file is not a whole JPEG, PNG, WebP or GIF picture."))


def _refuse_huge(image: Image.Image) -> None:
    """By what the header says, before a single pixel is unpacked."""
    if image.width * image.height > MAX_PIXELS or max(image.size) > MAX_SIDE:
        raise _too_many_pixels()


def _copied(image: Image.Image) -> Image.Image:
    """A new image with the same pixels: a plain save would carry comments and profiles along."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    image = image.convert(mode)
    image.thumbnail((KEPT_SIDE, KEPT_SIDE))
    copy = Image.new(mode, image.size)
    copy.paste(image)
    return copy
