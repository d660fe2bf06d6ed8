"""The media store in S3 (or MinIO, Ceph …): needs requirements-s3.txt. Its files are still given out by our own views.

Readers never see the bucket: which picture is public is decided at each request (portal/mediafiles.py).
"""

from urllib.parse import urljoin

from botocore.exceptions import ClientError
from django.conf import settings
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage


class GuardedS3(S3Storage):
    def url(self, name, parameters=None, expire=None, http_method=None):
        return urljoin(settings.MEDIA_URL, filepath_to_uri(name))

    def open(self, name, mode="rb"):
        """As other stores do it: what is not there is told at opening, not at reading."""
        try:
            return super().open(name, mode)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                raise FileNotFoundError(name) from error
            raise
