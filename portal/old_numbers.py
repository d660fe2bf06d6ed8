"""The page of the admin that lists articles and pages whose texts still hold numbers that are no longer in use."""

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hotlines import former, tokens
from hotlines.former import Retired
from hotlines.models import Hotline
from news.models import Article
from portal.models import Page

CHUNK = 200


@dataclass
class Finding:
    """A text that needs an editor: the numbers in it, and the tokens that lead to none in use."""

    kind: str
    title: str
    url: str
    numbers: list[Retired] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)


@require_safe
def page(request, site):
    if not request.user.has_perm("hotlines.view_hotline"):
        raise PermissionDenied
    retired = former.retired()
    findings = [
        finding
        for model, texts in ((Article, ("lead", "body")), (Page, ("body", "body_en")))
        if site.get_model_admin(model).has_view_permission(request)
        for finding in find(site.get_model_admin(model).get_queryset(request), texts, retired)
    ]
    context = {"title": _("Old numbers in texts"), "findings": findings, "n": len(retired), "shortest": former.SHORTEST}
    return render(request, "admin/hotlines/in_texts.html", site.each_context(request) | context)


def find(things: QuerySet[Any], texts: tuple[str, ...], retired: dict[str, Retired]) -> list[Finding]:
    """Those of `things`, newest first, whose `texts` hold a number of `retired` or a token without a number in use."""
    finder = former.Finder(retired)
    in_use = set(Hotline.objects.public().values_list("pk", flat=True))
    findings = []
    meta = things.model._meta
    rows = things.order_by("-pk").values_list("pk", "title", *texts)
    for pk, title, *written in rows.iterator(chunk_size=CHUNK):
        whole = "\n".join(written)
        numbers = [retired[dialled] for dialled in finder.found_in(whole)]
        lost = [match[0] for match in tokens.TOKEN.finditer(whole) if int(match[1]) not in in_use]
        if numbers or lost:
            url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[pk])
            findings.append(Finding(str(meta.verbose_name), title, url, numbers, sorted(set(lost))))
    return findings
