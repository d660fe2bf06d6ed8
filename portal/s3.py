"""The media store in S3 (or MinIO, Ceph …): needs requirements-s3.txt. Its files are still given out by our own views.

Readers never see the bucket: which picture is public is decided at each request (portal/mediafiles.py).
"""

from urllib.parse import urljoin

from django.conf import settings
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage


class GuardedS3(S3Storage):
    def url(self, name, parameters=None, expire=None, http_method=None):
        return urljoin(settings.MEDIA_URL, filepath_to_uri(name))
