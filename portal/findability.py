"""The desk of search and of old addresses: synonyms, promoted results, questions without results, redirects, lost addresses."""

from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from hotlines import tables
from portal import redirecting
from portal.lib import audit
from portal.lib.desk import Desk, FoldedSearch
from portal.lib.sheet import csv_response
from portal.models import LostAddress, MissedQuery, PromotedResult, Redirect, Synonym

HOUR, SHOWN = 3600, 300  # how long a preview is good; rows of a kind on its page


@admin.register(Synonym)
class SynonymAdmin(FoldedSearch, Desk):
    list_display = ["short", "long"]
    search_fields = ["short", "long"]
    fields = ["short", "long"]


@admin.register(PromotedResult)
class PromotedResultAdmin(FoldedSearch, Desk):
    list_display = ["title", "url", "for_queries", "order"]
    list_editable = ["order"]
    search_fields = ["title", "url", "queries"]
    fields = ["title", "url", "note", "queries", "order"]

    @admin.display(description=gettext_lazy("for the questions"))
    def for_queries(self, one):
        return " · ".join(one.queries.split("\n")[:5])


class ReadOnly:
    """Mixin of lists that the portal writes itself."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class Answered(admin.SimpleListFilter):
    title = gettext_lazy("answered")
    parameter_name = "tra-loi"

    def lookups(self, request, model_admin):
        return [("chua", _("not yet")), ("roi", _("by a promoted result"))]

    def queryset(self, request, queryset):
        return queryset.filter(is_answered=self.value() == "roi") if self.value() in {"chua", "roi"} else queryset


@admin.register(MissedQuery)
class MissedQueryAdmin(ReadOnly, FoldedSearch, Desk):
    """One row for each question that was asked often; what one person typed once is shown to nobody."""

    list_display = ["query", "times", "day", "answer"]
    list_display_links = None
    list_filter = [Answered]
    search_fields = ["query"]

    def get_queryset(self, request):
        return super().get_queryset(request).told().order_by("is_answered", "-total", "query")

    @admin.display(description=gettext_lazy("times"), ordering="total")
    def times(self, missed):
        return missed.total

    @admin.display(description=gettext_lazy("answer"))
    def answer(self, missed):
        if missed.is_answered:
            return _("answered by a promoted result")
        new = reverse("admin:portal_promotedresult_add")
        asked = urlencode({"queries": missed.query, "title": missed.query})
        return format_html('<a href="{}?{}">{}</a>', new, asked, _("Put a result on top"))


class RedirectForm(forms.ModelForm):
    def clean(self):
        told = super().clean()
        if told.get("old") and told.get("target"):
            try:
                told["old"], told["target"], self.doubts = redirecting.cleaned(told["old"], told["target"])
            except ValidationError as refusal:
                raise ValidationError(refusal.messages) from refusal
            if Redirect.objects.filter(old=told["old"]).exclude(pk=self.instance.pk).exists():
                self.add_error("old", _("This old address has a redirect already."))
        return told


@admin.register(Redirect)
class RedirectAdmin(Desk):
    form = RedirectForm
    list_display = ["old", "target", "created_at"]
    search_fields = ["old", "target"]
    fields = ["old", "target"]
    change_list_template = "admin/portal/redirects.html"

    def save_model(self, request, one, form, change):
        one.slug = redirecting.slug_of(one.old)
        super().save_model(request, one, form, change)
        redirecting.found_again([one.old])
        for doubt in form.doubts:
            messages.warning(request, doubt)

    def get_urls(self):
        def view(work):
            return self.admin_site.admin_view(lambda request: work(request, self))

        return [
            path("nhap/", view(import_page), name="portal_redirect_import"),
            path("xuat/", view(export), name="portal_redirect_export"),
            *super().get_urls(),
        ]


@admin.register(LostAddress)
class LostAddressAdmin(ReadOnly, Desk):
    list_display = ["path", "n", "first_on", "last_on", "leads_to"]
    list_display_links = None
    search_fields = ["path"]
    actions = ["follow_guess"]

    def get_queryset(self, request):
        self.known = redirecting.by_slug()
        return super().get_queryset(request)

    def has_redirect_permission(self, request):
        return request.user.has_perm("portal.add_redirect")

    @admin.display(description=gettext_lazy("redirect"))
    def leads_to(self, lost):
        guess = redirecting.guess(lost.path, self.known)
        new = f"{reverse('admin:portal_redirect_add')}?{urlencode({'old': lost.path, 'target': guess})}"
        told = _("Lead to %(target)s") % {"target": guess} if guess else _("Lead elsewhere")
        return format_html('<a href="{}">{}</a>', new, told)

    @admin.action(
        description=gettext_lazy("Lead the selected addresses to what they seem to mean"), permissions=["redirect"]
    )
    def follow_guess(self, request, queryset):
        known, led = redirecting.by_slug(), 0
        for lost in queryset:
            if guess := redirecting.guess(lost.path, known):
                try:
                    one = redirecting.set_redirect(lost.path, guess)
                except ValidationError as refusal:
                    messages.error(request, " ".join(refusal.messages))
                    continue
                audit.record("Redirect set", one, by=request.user, after=one.target)
                redirecting.found_again([one.old])
                led += 1
        messages.success(request, ngettext("%(n)d address led.", "%(n)d addresses led.", led) % {"n": led})
        if left := queryset.count():
            messages.warning(request, _("%(n)d addresses: nobody knows what they meant.") % {"n": left})


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("CSV or XLSX file"), widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"})
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        try:
            if file.size > tables.MAX_BYTES:
                raise ValueError(_("The file is larger than 5 MB."))
            return tables.read(file.name, file.read())
        except ValueError as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request, desk):
    """The form; what a file would do; after "Nhập" what it did. Between the steps the page itself holds the rows, signed."""
    if not (desk.has_add_permission(request) and desk.has_change_permission(request)):
        raise PermissionDenied
    if request.method == "POST" and "rows" in request.POST:
        return _carry_out(request)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    context = {"title": _("Import redirects"), "opts": desk.opts, "form": form}
    if form.is_bound and form.is_valid():
        context |= _preview(request, form)
    return render(request, "admin/portal/redirect_import.html", desk.admin_site.each_context(request) | context)


def _preview(request, form):
    rows = form.cleaned_data["file"]
    try:
        report = redirecting.take(rows, by=request.user, is_trial=True)
    except ValueError as refusal:
        form.add_error("file", str(refusal))
        return {}
    every = {"bad": report.of("bad"), "doubtful": report.doubtful}
    every |= {verb: report.of(verb) for verb in ("change", "add")}
    kinds = {kind: some[:SHOWN] for kind, some in every.items()}
    signed = signing.dumps(rows, salt=_salt(request), compress=True)
    return {"report": report, "kinds": kinds, "rows": signed, "SHOWN": SHOWN}


def _salt(request):
    return f"portal.redirects:{request.user.pk}"


def _carry_out(request):
    """Brings in what the preview showed, against the table as it is now."""
    try:
        rows = signing.loads(request.POST["rows"], salt=_salt(request), max_age=HOUR)
        report = redirecting.take(rows, by=request.user)
    except signing.BadSignature:
        messages.error(request, _("The preview is more than an hour old. Please choose the file again."))
        return redirect("admin:portal_redirect_import")
    except (ValueError, IntegrityError):
        messages.error(request, _("The table has changed meanwhile. Please choose the file again."))
        return redirect("admin:portal_redirect_import")
    told = _("%(add)d redirects added, %(change)d changed, %(same)d left as they were, %(bad)d rows refused.")
    messages.success(request, told % report.counts)
    return redirect("admin:portal_redirect_changelist")


@require_POST
def export(request, desk):
    """All redirects as a file that the import reads back; the audit log says who took it."""
    if not desk.has_view_permission(request):
        raise PermissionDenied
    rows = redirecting.table(Redirect.objects.order_by("old"))
    audit.record("Exported redirects", None, by=request.user, rows=len(rows) - 1)
    return csv_response("chuyen-huong", rows)
