"""Pictures that staff upload: only their pixels are kept, whatever else the file may have been."""

import hashlib
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
WIDTHS = (400, 800, 1200)  # for telephones, for a column of text, for the whole page
EMBLEM_SIDE = 256  # what sharp screens show of 92 pixels
LEAST_EMBLEM = 112  # below this search engines take none
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


def read(file: IO[bytes]) -> Image.Image:
    """The pixels of an uploaded JPEG, PNG, WebP or GIF (its first frame), upright, at most KEPT_SIDE wide and high.

    Raises ValueError with a sentence for the uploader when the file is too large or no whole picture.
    """
    file.seek(0)
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError(_("The picture is larger than 10 MB. Please make it smaller before uploading."))
    return _pixels(data)


def digest(image: Image.Image) -> str:
    """What tells these pixels from all others, whatever file they came in."""
    return hashlib.sha256(f"{image.mode} {image.size} ".encode() + image.tobytes()).hexdigest()


def webp(image: Image.Image, width: int | None = None) -> bytes:
    """`image` as a WebP file without metadata, comments or anything behind its end; `width`: made that narrow."""
    if width is not None:
        image = image.resize((width, max(1, round(image.height * width / image.width))), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "WEBP", quality=85 if width is None else 80, method=2)
    return out.getvalue()


def jpeg(file: IO[bytes]) -> bytes:
    """A stored picture as a JPEG file, white where it is clear."""
    with Image.open(file) as image:
        shown = Image.new("RGBA", image.size, "white")
        shown.alpha_composite(image.convert("RGBA"))
    out = io.BytesIO()
    shown.convert("RGB").save(out, "JPEG", quality=82)
    return out.getvalue()


def narrower(width: int) -> list[int]:
    """The widths in which a picture of `width` pixels is also kept."""
    return [narrow for narrow in WIDTHS if narrow < width]


def picture(file: IO[bytes]) -> ContentFile:
    """`read(file)` as a file named "picture.webp"."""
    return ContentFile(webp(read(file)), name="picture.webp")


def emblem(file: IO[bytes]) -> ContentFile:
    """`read(file)` in a square of EMBLEM_SIDE, clear around it, as a file named "emblem.png".

    A PNG of 256 colours: browsers take it for the tab as well, and a telephone loads it before it shows the page.
    """
    image = read(file)
    if max(image.size) < LEAST_EMBLEM:
        raise _Refusal(_("The emblem is smaller than 112 pixels. Please choose a larger picture."))
    square = ImageOps.pad(
        image.convert("RGBA"), (EMBLEM_SIDE, EMBLEM_SIDE), Image.Resampling.LANCZOS, color=(0, 0, 0, 0)
    )
    out = io.BytesIO()
    square.quantize(256, Image.Quantize.FASTOCTREE).save(out, "PNG", optimize=True)
    return ContentFile(out.getvalue(), name="emblem.png")


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
    if image.mode.startswith("I"):  # 16 bits of grey: a conversion would cut off all above 255
        image = image.point(lambda grey: grey / 256).convert("L")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    image = image.convert(mode)
    image.thumbnail((KEPT_SIDE, KEPT_SIDE))
    copy = Image.new(mode, image.size)
    copy.paste(image)
    return copy
