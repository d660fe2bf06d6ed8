"""The article as readers will see it, before they do: for its editors, and by a signed link for people outside."""

from copy import copy

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.http import require_http_methods

from news import previewing
from news.models import Article, Category, PreviewLink
from news.views import as_preview, preview_context
from portal.lib import html
from portal.lib.labels import uncached


class LinkForm(forms.Form):
    days = forms.TypedChoiceField(
        label=gettext_lazy("valid for"),
        coerce=int,
        initial=3,
        choices=[(n, ngettext_lazy("%(n)d day", "%(n)d days", n) % {"n": n}) for n in (1, 3, 7)],
    )


class Previews:
    """Mixin: a button that shows the unsaved form as the real page, and links for people outside."""

    def get_urls(self):
        site = self.admin_site
        return [
            path("add/xem-thu/", site.admin_view(self.preview_view), name="news_article_preview_new"),
            path("<int:pk>/xem-thu/", site.admin_view(self.preview_view), name="news_article_preview"),
            path("<int:pk>/lien-ket/", site.admin_view(self.links_view), name="news_article_links"),
            *super().get_urls(),
        ]

    def form_context(self, request, object_id):
        context = super().form_context(request, object_id)
        if not object_id:
            return context | {"preview_address": reverse("admin:news_article_preview_new")}
        links = (_("Link for people outside"), reverse("admin:news_article_links", args=[object_id]))
        address = reverse("admin:news_article_preview", args=[object_id])
        return context | {"preview_address": address, "tools": [*context.get("tools", []), links]}

    # --- The unsaved form -----------------------------------------------------------------------------------------
    @method_decorator(require_http_methods(["GET", "POST"]))
    def preview_view(self, request, pk=None):
        saved = self._article(request, pk) if pk else Article()
        if not (self.has_view_or_change_permission(request, saved) if pk else self.has_add_permission(request)):
            raise PermissionDenied
        article, faults = copy(saved), []
        if request.method == "POST":
            form = self.get_form(request, saved if pk else None, change=bool(pk))(
                request.POST, request.FILES, instance=article
            )
            form.is_valid()
            faults = [(form.fields[name].label if name in form.fields else "", e) for name, e in form.errors.items()]
        _stands_alone(article, saved)
        context = preview_context(article, faults=faults)
        return as_preview(render(request, "news/preview.html", context))

    def _article(self, request, pk):
        article = self.get_object(request, str(pk))
        if article is None:
            raise Http404
        return article

    # --- Links for people outside ---------------------------------------------------------------------------------
    @method_decorator(require_http_methods(["GET", "POST"]))
    def links_view(self, request, pk):
        """Makes and revokes links; the address of a new one is shown once, in the answer that made it."""
        article = self._article(request, pk)
        if not self.may_see_versions(request, article):
            raise PermissionDenied
        form, made = LinkForm(request.POST if "make" in request.POST else None), None
        if "revoke" in request.POST:
            return self._revoke(request, article)
        if form.is_valid():
            try:
                made = previewing.make_link(article, days=form.cleaned_data["days"], by=request.user)
            except ValidationError as refusal:
                form.add_error(None, refusal)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Links for people outside"),
            "opts": self.opts,
            "original": article,
            "form": form,
            "made": made and request.build_absolute_uri(made.get_absolute_url()),
            "links": article.preview_links.select_related("created_by"),
            "open": set(PreviewLink.objects.open().filter(article=article).values_list("pk", flat=True)),
        }
        return uncached(TemplateResponse(request, "admin/news/links.html", context))

    def _revoke(self, request, article):
        number = request.POST["revoke"]
        link = article.preview_links.filter(pk=number).first() if number.isdecimal() else None
        if link is None:
            raise Http404
        previewing.revoke(link, by=request.user)
        messages.success(request, _("The link is revoked: it leads nowhere from now on."))
        return redirect("admin:news_article_links", article.pk)


def _stands_alone(article, saved):
    """Gives an article from a half-filled form what its page cannot do without; nothing of it is saved."""
    article.title = article.title or _("(without a title)")
    try:
        article.body = html.clean(article.body or "")
    except ValueError:  # too long: the form says so
        article.body = saved.body
    if not article.category_id:
        article.category = Category.objects.first() or Category(name="—", slug="-")
    article.byline = article.byline or (article.office.name if article.office else "")
    article.pk = article.pk or 0
