"""The library's writes: storing a picture, describing it, deleting it with its files."""

import logging
import secrets
from collections.abc import Iterable
from datetime import datetime
from functools import partial

from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.db.models.deletion import ProtectedError
from PIL import Image

from news.models import Picture, file_name
from portal.lib import audit, images

log = logging.getLogger(__name__)
DESCRIBED = ("alt", "is_decorative", "caption", "credit", "focal_x", "focal_y")


def store(pixels: Image.Image, *, by: User | None = None, **described) -> tuple[Picture, bool]:
    """The library's picture with these `pixels` (see `images.read`), and whether it is new; `described`: of DESCRIBED.

    Pixels that the library has already keep the description that they have. Raises ValidationError when a new picture
    is neither described nor called a decoration.
    """
    sha256 = images.digest(pixels)
    if known := Picture.objects.filter(sha256=sha256).first():
        return known, False
    picture = Picture(name=secrets.token_hex(16), sha256=sha256, uploaded_by=by, **described)
    picture.width, picture.height = pixels.size
    check(picture)
    written: list[str] = []
    try:
        picture.size = write_files(picture, pixels, written)
        with transaction.atomic():
            picture.save()
            audit.record("Picture uploaded", picture, by=by)
    except BaseException as failure:
        remove_files(written)
        known = Picture.objects.filter(sha256=sha256).first() if isinstance(failure, IntegrityError) else None
        if known is None:
            raise
        return known, False  # somebody else stored the same pixels in this moment
    return picture, True


def check(picture: Picture) -> None:
    """Raises ValidationError for a description that cannot stand."""
    picture.clean_fields(exclude=[field.name for field in picture._meta.fields if field.name not in DESCRIBED])
    picture.clean()


def write_files(picture: Picture, pixels: Image.Image, written: list[str]) -> int:
    """Writes the files of `picture` that are missing, notes their names in `written`; bytes of the whole picture."""
    size = 0
    for width in (None, *picture.widths):
        name = file_name(picture.name, width)
        if not default_storage.exists(name):
            data = images.webp(pixels, width)
            written.append(name)
            default_storage.save(name, ContentFile(data))
            size = size or len(data)
    return size


def describe(picture: Picture, *, by: User, **described) -> Picture:
    """Changes what is said of a picture."""
    with transaction.atomic():
        picture = Picture.objects.select_for_update().get(pk=picture.pk)
        before = {name: getattr(picture, name) for name in DESCRIBED}
        for name, value in described.items():
            setattr(picture, name, value)
        check(picture)
        picture.save()
        changed = {name: getattr(picture, name) for name in DESCRIBED if getattr(picture, name) != before[name]}
        if changed:
            audit.record("Picture described", picture, by=by, changed=changed)
    return picture


def delete(picture: Picture) -> None:
    """Takes a picture out of the library; its files go when this is committed. Raises ProtectedError while it is used."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            names = picture.files
            picture.delete()
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what began to use it meanwhile speaks here
    except IntegrityError as used:
        raise ProtectedError(str(used), set()) from used
    transaction.on_commit(partial(remove_files, names))


def remove_files(names: Iterable[str]) -> None:
    """Removes files from the media store; one that cannot be removed now is left to `tend_media`."""
    for name in names:
        try:
            default_storage.delete(name)
        except OSError as error:
            log.warning("%s: %s", name, error)


def mend(picture: Picture) -> list[str]:
    """Makes the narrower files of `picture` that are missing; their names. FileNotFoundError without the whole one."""
    missing = [name for name in picture.files if not default_storage.exists(name)]
    written: list[str] = []
    if missing:
        with default_storage.open(file_name(picture.name)) as file, Image.open(file) as pixels:
            write_files(picture, pixels.convert("RGBA" if pixels.has_transparency_data else "RGB"), written)
    return written


def orphans(folder: str, known: set[str], older_than: datetime) -> list[str]:
    """Files of `folder` that stand not among `known` and are older than that moment: an upload may be under way."""
    try:
        names = [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]]
    except FileNotFoundError:
        return []
    return [name for name in names if name not in known and default_storage.get_modified_time(name) <= older_than]
