"""How much a request may bring: told by its length, before a byte of it is read."""

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

MAX_REQUEST = 64 * 1024 * 1024  # three attachments of the largest size, or six pictures


class Limit(FileUploadHandler):
    """Refuses a request of files that is longer than MAX_REQUEST; leaves the files to the handlers behind it."""

    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None):
        if content_length > MAX_REQUEST:
            raise RequestDataTooBig("The request is longer than all files of a form may be.")

    def receive_data_chunk(self, raw_data, start):
        return raw_data

    def file_complete(self, file_size):
        return None
