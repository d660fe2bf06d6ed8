"""The page “Kiểm tra bài” of an article, and the list of common mistakes."""

import hashlib

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from news.checking.articles import MOST, findings_of
from news.models import Mistake
from portal.lib import audit
from portal.lib.desk import Desk, FoldedSearch


class Checked:
    """Mixin: the button “Kiểm tra bài” over the form as it stands, and the same page before an article goes on.

    `looked_at_first` is asked before a button's act and `knowing` wraps the act, so that no finding is overruled
    without a line in the audit log, be it by the form or for many articles at once.
    """

    checked_before = {"_publish"}  # buttons whose act is preceded by the page when there are findings

    def get_urls(self):
        check = self.admin_site.admin_view(self.check_view)
        return [
            path("kiem-tra/", check, name="news_article_check_new"),
            path("<int:pk>/kiem-tra/", check, name="news_article_check"),
            *super().get_urls(),
        ]

    def check_view(self, request, pk=None):
        """The findings of the form that was sent, or of the saved article; with ?then= the way on."""
        article = self._saved(request, pk)
        if "_check" in request.POST:
            return self._findings_page(request, self._as_written(request, article))
        if article is None:
            return redirect("admin:news_article_add")
        button = request.GET.get("then", "")
        if button not in {"", *self.checked_before}:
            raise Http404
        if request.method == "POST" and button:
            if request.POST.get("seen") == digest(findings_of(article)):
                return self.press(request, article, button)
            messages.warning(request, _("The article has changed meanwhile: this is what is found now."))
        return self._findings_page(request, article, button)

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

    def _findings_page(self, request, article, button=""):
        findings = findings_of(article)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Check of the article"),
            "opts": self.opts,
            "article": article,
            "findings": findings,
            "more": len(findings) >= MOST,
            "button": button,
            "seen": digest(findings),
        }
        return TemplateResponse(request, "admin/news/check.html", context)

    def looked_at_first(self, request, article, button):
        """The way to the findings of `article`, if the act of `button` is to be preceded by them; otherwise None."""
        if button not in self.checked_before or not findings_of(article):
            return None
        return redirect(f"{reverse('admin:news_article_check', args=[article.pk])}?then={button}")

    def knowing(self, verb):
        """`verb` as a verb that writes into the audit log which findings it overrules."""

        def act(article, *, by):
            with transaction.atomic():
                done = verb(article, by=by)
                if findings := findings_of(article):
                    told = [f"{finding.rule}: {finding.figure}" for finding in findings]
                    audit.record("Findings overruled", article, by=by, findings=told)
                return done

        return act


def digest(findings):
    """What tells one list of findings from another."""
    told = "\n".join(f"{finding.rule}|{finding.place}|{finding.figure}" for finding in findings)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


@admin.register(Mistake)
class MistakeAdmin(FoldedSearch, Desk):
    list_display = ["wrong", "right"]
    list_editable = ["right"]
    search_fields = ["wrong", "right"]
