"""Articles for editors; how they go to the readers and back is in `news.admin.workflow`."""

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy

from news.admin.attachments import AttachmentInline
from news.admin.checking import Checked
from news.admin.preview import Previews
from news.admin.versions import ArticleVersions
from news.admin.workflow import Workflow
from news.forms import ArticleForm
from news.models import Article
from portal.lib.desk import Desk, TitleSearch, WithEditor
from stats import figures


class ArticleList(ChangeList):
    """The list without the long texts, each row with its views."""

    def get_queryset(self, *args, **kwargs):
        return super().get_queryset(*args, **kwargs).defer("lead", "body", "title_words", "text_words")

    def get_results(self, request):
        super().get_results(request)
        views = figures.views([article.count_key for article in self.result_list])
        for article in self.result_list:
            article.views = views[article.count_key]


class StateFilter(admin.SimpleListFilter):
    """As citizens find the articles: what is published and not yet, or no longer, to be read stands apart."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        states = dict(Article.State.choices)
        clockwork = {"scheduled": gettext_lazy("scheduled"), "expired": gettext_lazy("expired")}
        order = ["draft", "waiting", "returned", "scheduled", "published", "expired", "withdrawn"]
        return [(code, (states | clockwork)[code]) for code in order]

    def queryset(self, request, queryset):
        known = {code for code, _words in self.lookup_choices}
        return queryset.in_reader_state(self.value()) if self.value() in known else queryset


class WhoseFilter(admin.SimpleListFilter):
    title = gettext_lazy("whose")
    parameter_name = "whose"

    def lookups(self, request, model_admin):
        return [("mine", gettext_lazy("mine"))]

    def queryset(self, request, queryset):
        own = Q(created_by=request.user) | Q(submitted_by=request.user)
        return queryset.filter(own) if self.value() == "mine" else queryset


@admin.register(Article)
class ArticleAdmin(Checked, Workflow, WithEditor, Previews, ArticleVersions, TitleSearch, Desk):
    form = ArticleForm
    inlines = [AttachmentInline]
    list_display = ["title", "state_now", "category", "published_at", "views"]
    list_filter = [StateFilter, WhoseFilter, "category", "is_featured"]
    list_select_related = ["category"]
    list_per_page = 50
    date_hierarchy = "published_at"
    ordering = [F("published_at").desc(nulls_first=True), "-pk"]  # what is still to be published comes first
    autocomplete_fields = ["office"]
    outlined = ["category"]
    readonly_fields = ["state_now", "body_now", "cover_now", "created", "changed"]
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
        """Whoever saves without having changed anything does not take the place of its last editor: see four eyes."""
        if not change:
            article.created_by = request.user
        if not change or form.has_changed():
            article.updated_by = request.user
        super().save_model(request, article, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        article = form.instance
        if article.updated_by != request.user and any(formset.has_changed() for formset in formsets):
            article.updated_by = request.user
            Article.objects.filter(pk=article.pk).update(updated_by=request.user)  # the save before is the version


def stamp(moment, user):
    """ "22/01/2025 16:12 · lan"; "—" for an article that is not saved yet."""
    if moment is None:
        return "—"
    when = date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")
    return f"{when} · {user.get_full_name() or user.get_username()}" if user else when
