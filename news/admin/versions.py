"""Versions of articles, and who is writing on one."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, JsonResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from news import presence, publishing, rights
from news.models import Article
from portal.lib.labels import uncached
from portal.lib.unlost import KeepsText
from portal.lib.versioned import Versioned


class ArticleVersions(KeepsText, Versioned):
    """Mixin: versions that know of working copies, nothing typed is lost, "X đang sửa"."""

    def relatives(self, article):
        """The article that this working copy is to replace, or the working copies of this article."""
        copies = Article.objects.filter(replaces=article.pk).defer("body", "title_words", "text_words")
        original = [("ban-dang", _("Published article"), article.replaces)] if article.replaces_id else []
        return [*original, *((f"ban-sua-{copy.pk}", _("Working copy"), copy) for copy in copies)]

    def draft_of(self, request, article):
        """Of an article that citizens know the revision, begun if there is none."""
        if publishing.can("revise", article, request.user):
            article = publishing.revise(article, by=request.user)
        if not article.is_editable:
            words = {"title": article.title, "state": article.get_state_display()}
            raise ValidationError(_("“%(title)s” is “%(state)s”: take it back first, then the version.") % words)
        return article

    def may_see_versions(self, request, article):
        return rights.may_write(request.user, article) or rights.may_approve(request.user, article)

    def get_fieldsets(self, request, obj=None):
        """A working copy says what is corrected; when it is published, `news.correcting` prints that."""
        sections = list(super().get_fieldsets(request, obj))
        if getattr(obj, "replaces_id", None):
            sections.insert(1, (_("Public correction"), {"fields": ["correction_note"]}))
        return sections

    # --- Who is writing -------------------------------------------------------------------------------------------
    def get_urls(self):
        ping = self.admin_site.admin_view(self.presence_view)
        return [path("<int:pk>/dang-sua/", ping, name="news_article_presence"), *super().get_urls()]

    def form_context(self, request, object_id):
        article = self.get_object(request, object_id) if object_id else None
        context = super().form_context(request, object_id)
        if article is None or not self.has_change_permission(request, article):
            return context
        address = reverse("admin:news_article_presence", args=[article.pk])
        return context | {"presence_url": address, "others": named(presence.others(article, request.user))}

    @method_decorator(require_POST)
    def presence_view(self, request, pk):
        """The form's script says twice a minute that the form is open, and at the end that it was closed."""
        article = self.get_object(request, str(pk))
        if article is None:
            raise Http404
        if not self.has_change_permission(request, article):
            raise PermissionDenied
        if "closed" in request.POST:
            presence.leave(article, request.user)
        else:
            presence.arrive(article, request.user)
        return uncached(JsonResponse({"others": named(presence.others(article, request.user))}))


def named(users):
    return ", ".join(user.get_full_name() or user.get_username() for user in users)
