"""Uploaded files as responses; who may have one is decided before."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, HttpResponseNotModified
from django.utils.cache import add_never_cache_headers
from django.utils.http import parse_etags


def respond(
    request: HttpRequest, path: str, kind: str, *, cache: str | None = None, download_as: str = ""
) -> HttpResponseBase:
    """The stored file `path` as media type `kind`; 404 when it is lost.

    `cache` is its Cache-Control, None: no cache keeps it. Its name stands for its content: no file is written twice.
    """
    etag = f'"{path.rpartition("/")[2]}"'
    sent = [tag.removeprefix("W/") for tag in parse_etags(request.headers.get("If-None-Match", ""))]
    response: HttpResponseBase
    try:
        if cache and etag in sent and default_storage.exists(path):
            response = HttpResponseNotModified()
        else:
            file = default_storage.open(path)
            response = FileResponse(file, content_type=kind, as_attachment=bool(download_as), filename=download_as)
            response["Accept-Ranges"] = "none"
    except (FileNotFoundError, IsADirectoryError) as lost:
        raise Http404 from lost
    if cache:
        response["Cache-Control"], response["ETag"] = cache, etag
    else:
        add_never_cache_headers(response)
    return response
