"""The page “Kiểm tra bài” of an article, and the list of common mistakes."""

import hashlib

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _

from news.checking.articles import MOST, findings_of
from news.models import Mistake
from portal.lib.desk import Desk, FoldedSearch


class Checked:
    """Mixin: the button “Kiểm tra bài” over the form as it stands."""

    def get_urls(self):
        check = self.admin_site.admin_view(self.check_view)
        return [
            path("kiem-tra/", check, name="news_article_check_new"),
            path("<int:pk>/kiem-tra/", check, name="news_article_check"),
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
    list_display = ["wrong", "right"]
    list_editable = ["right"]
    search_fields = ["wrong", "right"]
