"""The page “Kiểm tra bài” of an article, and the list of common mistakes."""

import hashlib

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from news.checking.articles import MOST, findings_of
from news.checking.conversion import body_converted, line_converted
from news.models import Mistake
from portal.lib import html
from portal.lib.desk import Desk, FoldedSearch
from portal.lib.labels import uncached


class Checked:
    """Mixin: the button “Kiểm tra bài” over the form as it stands."""

    def form_context(self, request, object_id):
        return super().form_context(request, object_id) | {"convert_address": reverse("admin:news_article_convert")}

    def get_urls(self):
        check = self.admin_site.admin_view(self.check_view)
        return [
            path("kiem-tra/", check, name="news_article_check_new"),
            path("<int:pk>/kiem-tra/", check, name="news_article_check"),
            path("chuyen-ma/", self.admin_site.admin_view(self.convert_view), name="news_article_convert"),
            *super().get_urls(),
        ]

    def check_view(self, request, pk=None):
        """The findings of the form that was sent, or of the saved article."""
        article = self._saved(request, pk)
        if "_check" in request.POST:
            article = self._as_written(request, article)
        elif article is None:
            return redirect("admin:news_article_add")
        context = {
            **self.admin_site.each_context(request),
            **findings_shown(article),
            "title": _("Check of the article"),
            "opts": self.opts,
            "article": article,
        }
        return TemplateResponse(request, "admin/news/check.html", context)

    @method_decorator(require_POST)
    def convert_view(self, request):
        """What `text` (`html`, if that is said) would be in Unicode: `js/old-codes.js` shows it and asks."""
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        try:
            is_html = "html" in request.POST
            text = html.clean(request.POST.get("text", "")) if is_html else request.POST.get("text", "")[:10_000]
            code, new = (body_converted if is_html else line_converted)(text)
        except ValueError:  # too long to be read
            code, new = "", ""
        shown = html.plain(new) if is_html else new
        return uncached(JsonResponse({"code": code, "text": new if code else "", "shown": shown.strip()}))

    def _saved(self, request, pk):
        article = self.get_object(request, str(pk)) if pk else None
        if pk and article is None:
            raise Http404
        if not (self.has_view_or_change_permission(request, article) if pk else self.has_add_permission(request)):
            raise PermissionDenied
        return article

    def _as_written(self, request, article):
        """`article` (None: a new one) with what stands in the form; nothing is saved."""
        form = self.get_form(request, article, change=article is not None)(request.POST, instance=article)
        form.is_valid()  # what does not fit is said by the form itself when it is saved
        return form.instance


def findings_shown(article):
    """What a page needs to list the findings of `article`; `seen` tells this list from any other."""
    findings = findings_of(article)
    return {"findings": findings, "more": len(findings) >= MOST, "seen": digest(findings)}


def digest(findings):
    """What tells one list of findings from another."""
    told = "\n".join(f"{finding.rule}|{finding.place}|{finding.figure}" for finding in findings)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


@admin.register(Mistake)
class MistakeAdmin(FoldedSearch, Desk):
    list_display = ["wrong", "right", "since"]
    list_editable = ["right"]
    search_fields = ["wrong", "right"]
