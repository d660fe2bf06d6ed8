"""The page of a list that ?page= asks for."""

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest


class NoSuchPage(Http404):
    """The list is there, this page of it is not: nobody has lost an address."""


def paged(request: HttpRequest, things, size: int) -> Page:
    """The page of `things` that is asked for, the first one by default; 404 for one that is not there."""
    paginator = Paginator(things, size)
    number = request.GET.get("page", "1")
    if number not in map(str, paginator.page_range):
        raise NoSuchPage
    return paginator.page(int(number))
