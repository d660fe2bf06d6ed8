"""The way of an article on the desk: who may edit it when, the buttons of its form, one page for each verb, whole batches."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, re_path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from news import publishing, rights
from news.admin.checking import digest, findings_shown
from news.admin.queue import compare_address, queue, text_stamp
from news.admin.verbs import ADDRESS, WORDS, VerbForm, effect, outcome, person, reader_state
from news.models import Article, Category
from portal.lib import html

MOST_AT_ONCE = 200
CHECKED = {"submit", "publish"}  # verbs before which the findings of the checker are shown


def bulk(name, description):
    """The action of the list that does the verb `name` to all that are selected, after a page that tells what will be."""

    def act(self, request, queryset):
        return _confirm(self, request, queryset, name)

    act.__name__ = f"{name}_selected"
    permission = "change" if name == "submit" else "publish"
    return admin.action(act, description=description, permissions=[permission])


def _confirm(self, request, queryset, name):
    articles = list(queryset.select_related("category", "replaces", "created_by")[: MOST_AT_ONCE + 1])
    if len(articles) > MOST_AT_ONCE:
        return messages.error(request, _("At most %(n)s articles at once, please.") % {"n": MOST_AT_ONCE})
    by = request.user
    alone = by.is_superuser and any(article.updated_by_id == by.pk for article in articles)
    only_revisions = all(article.replaces_id for article in articles)
    data = request.POST if "confirmed" in request.POST else None
    form = VerbForm(name, data, may_be_alone=alone, is_revision=only_revisions)
    if form.is_valid():
        return _do_all(request, articles, name, form)
    rows = [
        (article, reader_state(article), effect(name, article), _refusal(name, article, by), _findings(name, article))
        for article in articles
    ]
    context = self.admin_site.each_context(request) | {
        "title": publishing.VERBS[name].label,
        "opts": self.opts,
        "rows": rows,
        "form": form,
        "possible": sum(not refusal for _article, _state, _effect, refusal, _found in rows),
        "action": f"{name}_selected",
    }
    return render(request, "admin/news/article/bulk.html", context)


def _findings(name, article):
    """What the page before the verb `name` shows of the checker, and which text it shows."""
    found = findings_shown(article) if name in CHECKED else {"findings": [], "seen": digest([])}
    return {**found, "sent": text_stamp(article)}


def _was_seen(request, article):
    """Whether `article` is still the one on the page from which the request comes."""
    stamps = request.POST.getlist("sent")
    return not stamps or text_stamp(article) in stamps


CHANGED = gettext_lazy("“%(title)s” was changed and sent again after you opened the page. Look at it once more.")


def _refusal(name, article, by):
    try:
        publishing.guard(name, article, by=by, reason="?")
    except publishing.Refused as refused:
        return " ".join(refused.messages)
    return ""


def _do_all(request, articles, name, form):
    done = 0
    for article in articles:
        if not _was_seen(request, article):
            messages.error(request, CHANGED % {"title": article.title})
            continue
        try:
            getattr(publishing, name)(article, by=request.user, **form.cleaned_data)
        except publishing.Refused as refused:
            messages.error(request, f"{article}: {' '.join(refused.messages)}")
        else:
            done += 1
    words = {"verb": publishing.VERBS[name].label, "n": done}
    if done:
        said = ngettext("%(verb)s: %(n)d article.", "%(verb)s: %(n)d articles.", done)
        messages.success(request, said % words)


class Workflow:
    """Mixin of the article's admin: rights by state, author and category; buttons; queue; batches."""

    actions = [
        bulk("submit", gettext_lazy("Submit the selected articles for approval")),
        bulk("publish", gettext_lazy("Publish the selected articles")),
        bulk("return_to_author", gettext_lazy("Return the selected articles")),
        bulk("withdraw", gettext_lazy("Withdraw the selected articles")),
    ]

    # --- Who may what ---------------------------------------------------------------------------------------------
    def has_change_permission(self, request, obj=None):
        if obj is None:
            return request.user.has_perm("news.change_article") or request.user.has_perm("news.add_article")
        return obj.is_editable and rights.may_write(request.user, obj)

    def has_delete_permission(self, request, obj=None):
        """What citizens could read is withdrawn, not deleted; what waits is taken back first."""
        return super().has_delete_permission(request, obj) and (obj is None or self.has_change_permission(request, obj))

    def has_publish_permission(self, request):
        return request.user.has_perm("news.publish_article")

    def get_queryset(self, request):
        return rights.visible_to(request.user, super().get_queryset(request))

    def get_object(self, request, object_id, from_field=None):
        """The article; held while it is being written, so that nobody publishes the one half and saves the other."""
        if request.method == "POST" and transaction.get_connection().in_atomic_block and object_id.isdecimal():
            Article.objects.select_for_update().only("pk").filter(pk=object_id[:18]).first()
        return super().get_object(request, object_id, from_field)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "category":
            field.queryset = field.queryset.exclude(pk__in=Category.closed_to(request.user))
        return field

    # --- The form -------------------------------------------------------------------------------------------------
    def get_fieldsets(self, request, obj=None):
        """Where the text cannot be changed it stands as readers see it, not as a field."""
        sections = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return sections
        shown = {"body": ["body_now"], "cover": ["cover_now"]}
        return [
            (title, {**section, "fields": [new for name in section["fields"] for new in shown.get(name, [name])]})
            for title, section in sections
        ]

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_now(self, article):
        badge = format_html('<span class="state state-{}">{}</span>', *reader_state(article))
        return format_html("{} <small>({})</small>", badge, _("revision")) if article.replaces_id else badge

    @admin.display(description=gettext_lazy("text"))
    def body_now(self, article):
        """Cleaned once more: this page has the editor's looser policy, and rows can be written past the field."""
        try:
            cleaned = html.clean(article.body)
        except ValueError:
            cleaned = ""
        return format_html(
            '<div class="body-frame" role="group" tabindex="0" aria-label="{}"><div class="body-now">{}</div></div>',
            Article._meta.get_field("body").verbose_name,
            html.printed(cleaned),
        )

    @admin.display(description=gettext_lazy("cover picture"))
    def cover_now(self, article):
        picture = article.cover
        return format_html('<img src="{}" alt="{}" width="240">', picture.small_url, picture.alt) if picture else "—"

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            context |= {"workflow": panel(request.user, obj), "form_panel": "admin/news/article/_panel.html"}
        context |= {"show_save_and_add_another": False}  # one article at a time; one button less to choose from
        return super().render_change_form(request, context, add, change, form_url, obj)

    def response_add(self, request, article, post_url_continue=None):
        return self._submitted(request, article) or super().response_add(request, article, post_url_continue)

    def response_change(self, request, article):
        return self._submitted(request, article) or super().response_change(request, article)

    def _submitted(self, request, article):
        """Sends what was just saved to be approved, when that button was pressed; None when it was another."""
        if "_submit" not in request.POST:
            return None
        if _findings("submit", article)["findings"]:
            messages.info(request, _("Your changes are saved."))
            return redirect("admin:news_article_verb", article.pk, ADDRESS["submit"])
        try:
            publishing.submit(article, by=request.user)
        except publishing.Refused as refused:
            messages.error(request, " ".join(refused.messages))
            messages.warning(request, _("Your changes are saved; the state of the article is as before."))
        else:
            article.refresh_from_db()
            messages.success(request, outcome("submit", article))
        return redirect("admin:news_article_change", article.pk)

    # --- The verbs ------------------------------------------------------------------------------------------------
    def get_urls(self):
        view = self.admin_site.admin_view
        verb = rf"^(?P<pk>[0-9]{{1,18}})/(?P<word>{'|'.join(WORDS)})/$"
        return [
            path("cho-duyet/", view(queue), {"site": self.admin_site}, name="news_article_queue"),
            re_path(verb, view(self.verb_view), name="news_article_verb"),
            *super().get_urls(),
        ]

    def verb_view(self, request, pk, word):
        """Asks for what the verb needs to know, then does it: the page behind every button."""
        name = WORDS[word]
        article = get_object_or_404(self.get_queryset(request).select_related("category", "replaces"), pk=pk)
        if not publishing.VERBS[name].may(request.user, article):
            raise PermissionDenied
        alone = request.user.is_superuser and article.updated_by_id == request.user.pk
        data = request.POST if request.method == "POST" else None
        form = VerbForm(
            name, data, may_be_alone=alone, is_revision=bool(article.replaces_id), borne=(article.published_at,)
        )
        found = _findings(name, article)
        if form.is_valid():
            if not _was_seen(request, article):
                messages.warning(request, CHANGED % {"title": article.title})
            elif request.POST.get("seen", digest([])) == found["seen"] or _refusal(name, article, request.user):
                return self._do(request, name, article, form)
        context = (
            self.admin_site.each_context(request)
            | found
            | {
                "title": publishing.VERBS[name].label,
                "opts": self.opts,
                "article": article,
                "form": form,
                "effect": effect(name, article),
                "refusal": _refusal(name, article, request.user),
                "compare": compare_address(article),
                "name": name,
                "from": request.POST.get("from") or request.GET.get("from", ""),
            }
        )
        return render(request, "admin/news/article/verb.html", context)

    def _do(self, request, name, article, form):
        try:
            article = getattr(publishing, name)(article, by=request.user, **form.cleaned_data)
        except publishing.Refused as refused:
            messages.error(request, " ".join(refused.messages))
        else:
            messages.success(request, outcome(name, article))
        if request.POST.get("from") == "queue":
            return redirect("admin:news_article_queue")
        return redirect("admin:news_article_change", article.pk)


def panel(user, article):
    """What the form says about the way of `article`: where it is, why, and what `user` can do next."""
    names = [name for name in publishing.VERBS if name != "submit" and publishing.can(name, article, user)]
    is_own_change = article.state == Article.State.WAITING and article.updated_by_id == user.pk
    revision = Article.objects.filter(replaces=article).first() if not article.replaces_id else None
    alone = is_own_change and user.is_superuser
    return {
        "state": reader_state(article),
        "sent": text_stamp(article),
        "sender": person(article.submitted_by),
        "buttons": [
            (name, publishing.VERBS[name].label, reverse("admin:news_article_verb", args=[article.pk, ADDRESS[name]]))
            for name in names
            if name != "revise" or revision is None
        ],
        "asks_reason": alone or any(publishing.VERBS[name].needs_reason for name in names),
        "asks_public": "withdraw" in names,
        "is_alone": alone,
        "schedule": reverse("admin:news_article_verb", args=[article.pk, ADDRESS["publish"]])
        if "publish" in names and not article.replaces_id
        else "",
        "must_wait": is_own_change and not alone and rights.may_approve(user, article),
        "can_submit": publishing.can("submit", article, user),
        "revision": revision,
        "compare": compare_address(article),
    }
