"""Where uploads are kept: under names that nobody can guess."""

import secrets
from pathlib import PurePath


def random_name(folder, filename):
    """Path for an upload: a random 128-bit name, so that nobody can guess the file of a draft; the ending stays."""
    return f"{folder}/{secrets.token_hex(16)}{PurePath(filename).suffix.lower()[:6]}"


def cover_path(article, filename):  # for migration 0001
    return random_name("images", filename)


def attachment_path(attachment, filename):
    return random_name("attachments", filename)
