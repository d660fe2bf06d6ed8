"""What a request may bring along: how much, files only from staff, and what happens when the disk is full."""

import contextlib
import errno
from collections.abc import Iterator

from django.core.files.uploadhandler import FileUploadHandler, SkipFile, TemporaryFileUploadHandler
from django.utils.translation import gettext_lazy as _

MAX_REQUEST = (
    64 * 1024 * 1024
)  # three attachments of the largest size, or six pictures; see portal.middleware.CleanInput
DISK_IS_FULL = _("The server has no room left for files. Nothing was saved; please tell your administrator.")


class OnlyOfStaff(FileUploadHandler):
    """Files of those who are not signed in are read past and never written: no page for citizens takes one."""

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        if self.request is None or not self.request.user.is_authenticated:
            raise SkipFile

    def receive_data_chunk(self, raw_data, start):
        return raw_data

    def file_complete(self, file_size):
        return None


class OnDisk(TemporaryFileUploadHandler):
    """Django's, but on a full disk the file is left out and `request.disk_is_full` says so: the text is not lost."""

    def new_file(self, *args, **kwargs):
        with self.room():
            super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data, start):
        with self.room():
            super().receive_data_chunk(raw_data, start)

    @contextlib.contextmanager
    def room(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if not is_full(error):
                raise
            self.request.disk_is_full = True  # type: ignore[union-attr]
            raise SkipFile from error


def is_full(error: OSError) -> bool:
    return error.errno in {errno.ENOSPC, errno.EDQUOT}
