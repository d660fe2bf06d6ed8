"""Articles for editors; publishing and withdrawing go through `news.publishing`."""

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from news import publishing
from news.admin.attachments import AttachmentInline
from news.forms import ArticleForm
from news.models import Article
from portal.lib.desk import Desk, TitleSearch, WithEditor
from stats import figures


def reader_state(article, at=None):
    """(code, words) for what citizens see of `article` at this moment."""
    at = at or timezone.now()
    is_published = article.state == Article.State.PUBLISHED
    if is_published and article.published_at and article.published_at > at:
        return "scheduled", _("scheduled")
    if is_published and article.expires_at and article.expires_at <= at:
        return "expired", _("expired")
    return article.state, article.get_state_display()


class ArticleList(ChangeList):
    """The list without the long texts, each row with its views."""

    def get_queryset(self, *args, **kwargs):
        return super().get_queryset(*args, **kwargs).defer("lead", "body", "title_words", "text_words", "words")

    def get_results(self, request):
        super().get_results(request)
        views = figures.views([article.count_key for article in self.result_list])
        for article in self.result_list:
            article.views = views[article.count_key]


@admin.register(Article)
class ArticleAdmin(WithEditor, TitleSearch, Desk):
    form = ArticleForm
    inlines = [AttachmentInline]
    list_display = ["title", "state_now", "category", "published_at", "views"]
    list_filter = ["state", "category", "is_featured"]
    list_select_related = ["category"]
    list_per_page = 50
    date_hierarchy = "published_at"
    ordering = [F("published_at").desc(nulls_first=True), "-pk"]  # what is still to be published comes first
    actions = ["publish_selected", "withdraw_selected"]
    autocomplete_fields = ["office"]
    outlined = ["category"]
    readonly_fields = ["state_now", "created", "changed"]
    fieldsets = [
        (gettext_lazy("Content"), {"fields": ["title", "category", "lead", "body"]}),
        (gettext_lazy("Picture"), {"fields": ["cover", "cover_caption"]}),
        (gettext_lazy("Signature"), {"fields": ["office", "byline"]}),
        (gettext_lazy("Times"), {"fields": ["published_at", "expires_at", "is_featured"]}),
        (gettext_lazy("State"), {"fields": ["state_now", "created", "changed"]}),
    ]

    def get_changelist(self, request, **kwargs):
        return ArticleList

    # --- What the list and the form show --------------------------------------------------------------------------
    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_now(self, article):
        return format_html('<span class="state state-{}">{}</span>', *reader_state(article))

    @admin.display(description=gettext_lazy("views"))
    def views(self, article):
        return figures.grouped(article.views)

    @admin.display(description=gettext_lazy("written"))
    def created(self, article):
        return stamp(article.created_at, article.created_by)

    @admin.display(description=gettext_lazy("last changed"))
    def changed(self, article):
        return stamp(article.updated_at, article.updated_by)

    # --- Writing --------------------------------------------------------------------------------------------------
    def save_model(self, request, article, form, change):
        article.updated_by = request.user
        if not change:
            article.created_by = request.user
        super().save_model(request, article, form, change)

    def response_add(self, request, article, post_url_continue=None):
        return self._pressed(request, article) or super().response_add(request, article, post_url_continue)

    def response_change(self, request, article):
        return self._pressed(request, article) or super().response_change(request, article)

    def _pressed(self, request, article):
        """Does what the form's own buttons say, after the form has been saved; None when it was another button."""
        verb = next((verb for button, verb in self.VERBS.items() if button in request.POST), None)
        if verb is None:
            return None
        if verb(self, request, [article]):
            messages.success(request, self._outcome(article.pk))
        else:
            messages.warning(request, _("Your changes are saved; the state of the article is as before."))
        return redirect("admin:news_article_change", article.pk)

    def _publish(self, request, articles):
        """How many of `articles` are public now or will be at their time; says why the others are not."""
        return self._each(request, articles, publishing.publish, _("Published"))

    def _withdraw(self, request, articles):
        published = [article for article in articles if article.state == Article.State.PUBLISHED]
        return self._each(request, published, publishing.withdraw, _("Withdrawn"))

    VERBS = {"_publish": _publish, "_withdraw": _withdraw}

    def _each(self, request, articles, verb, done):
        count = 0
        for article in articles:
            if not self.has_change_permission(request, article):
                raise PermissionDenied
            try:
                verb(article, by=request.user)
            except ValidationError as refusal:
                messages.error(request, f"{article}: {' '.join(refusal.messages)}")
            else:
                self.log_change(request, article, done)
                count += 1
        return count

    def _outcome(self, pk):
        article = Article.objects.get(pk=pk)
        when = article.published_at and date_format(timezone.localtime(article.published_at), "SHORT_DATETIME_FORMAT")
        return {
            "published": _("“%(title)s” is published: citizens can read it now."),
            "scheduled": _("“%(title)s” will appear at %(when)s, Vietnamese time."),
            "expired": _("“%(title)s” is published, but its time is over: citizens do not see it."),
            "withdrawn": _("“%(title)s” is withdrawn: its address now says so."),
            "draft": _("“%(title)s” is a draft."),
        }[reader_state(article)[0]] % {"title": article.title, "when": when}

    @admin.action(description=gettext_lazy("Publish the selected articles"), permissions=["change"])
    def publish_selected(self, request, queryset):
        n = self._publish(request, queryset)
        messages.success(
            request, ngettext("%(n)d article is published.", "%(n)d articles are published.", n) % {"n": n}
        )

    @admin.action(description=gettext_lazy("Withdraw the selected articles"), permissions=["change"])
    def withdraw_selected(self, request, queryset):
        n = self._withdraw(request, queryset)
        messages.success(
            request, ngettext("%(n)d article is withdrawn.", "%(n)d articles are withdrawn.", n) % {"n": n}
        )


def stamp(moment, user):
    """ "22/01/2025 16:12 · lan"; "—" for an article that is not saved yet."""
    if moment is None:
        return "—"
    when = date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")
    return f"{when} · {user.get_full_name() or user.get_username()}" if user else when
