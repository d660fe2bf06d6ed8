"""Style sheets as they are delivered: those that a sheet imports stand in it, so that a browser asks once, without comments."""

import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

JOINED = "css/site.css"
_IMPORT = re.compile(r'@import url\("([\w-]+\.css)"\);')
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


class SheetStorage(CompressedManifestStaticFilesStorage):
    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if not dry_run and JOINED in paths:
            joined = _IMPORT.sub(lambda line: _read(paths, f"css/{line[1]}"), _read(paths, JOINED))
            self.delete(JOINED)
            self._save(JOINED, ContentFile(shortened(joined).encode()))
            paths = {**paths, JOINED: (self, JOINED)}
        yield from super().post_process(paths, dry_run=dry_run, **options)


def _read(paths: dict[str, Any], name: str) -> str:
    storage, path = paths[name]
    with storage.open(path) as file:
        return str(file.read().decode())


def shortened(sheet: str) -> str:
    """`sheet` without comments and the blanks that only people need."""
    bare = re.sub(r"\s+", " ", _COMMENT.sub("", sheet))
    bare = re.sub(r"(?<![\d.])0(?=\.\d)", "", bare)
    # Not before ":", where a blank is a descendant, nor around "+" and "-", where calc() needs it.
    return re.sub(r"\s*([{};,>])\s*", r"\1", re.sub(r":\s+", ":", bare)).replace(";}", "}").strip()
