"""Hotlines in from a CSV or XLSX file, with a preview first, and out into one."""

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from hotlines import exchange, tables
from hotlines.models import Hotline
from portal.lib import audit
from portal.lib.sheet import csv_response, xlsx_response

HOUR = 3600
SHOWN = 300  # rows of a kind on the page


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("CSV or XLSX file"), widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"})
    )
    makes_offices = forms.BooleanField(
        label=gettext_lazy("Add offices that the directory does not know"), required=False
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
    context = {"title": _("Import hotlines"), "opts": desk.opts, "columns": exchange.COLUMNS.values()}
    context["form"] = form = FileForm()
    if request.method == "POST" and "rows" in request.POST:
        return _carry_out(request)
    if request.method == "POST":
        context["form"] = form = FileForm(request.POST, request.FILES)
        if form.is_valid():
            context |= _preview(request, form)
    return render(request, "admin/hotlines/import.html", desk.admin_site.each_context(request) | context)


def _preview(request, form):
    table, makes_offices = form.cleaned_data["file"], form.cleaned_data["makes_offices"]
    _may_make_offices(request, makes_offices)
    try:
        report = exchange.take(table, by=request.user, makes_offices=makes_offices, is_trial=True)
    except ValueError as refusal:
        form.add_error("file", str(refusal))
        return {}
    rows = signing.dumps([table, makes_offices], salt=_salt(request), compress=True)
    kinds = [(verb, report.of(verb)[:SHOWN]) for verb in ("bad", "change", "add")]
    warned = [row for row in report.rows if row.warnings][:SHOWN]
    return {"report": report, "kinds": dict(kinds), "warned": warned, "rows": rows, "SHOWN": SHOWN}


def _may_make_offices(request, makes_offices):
    if makes_offices and not request.user.has_perm("hotlines.add_office"):
        raise PermissionDenied


def _salt(request):
    return f"hotlines.import:{request.user.pk}"


def _carry_out(request):
    """Brings in what the preview showed, against the directory as it is now."""
    try:
        table, makes_offices = signing.loads(request.POST["rows"], salt=_salt(request), max_age=HOUR)
        _may_make_offices(request, makes_offices)
        report = exchange.take(table, by=request.user, makes_offices=makes_offices)
    except signing.BadSignature:
        messages.error(request, _("The preview is more than an hour old. Please choose the file again."))
        return redirect("admin:hotlines_import")
    except (ValueError, IntegrityError):
        messages.error(request, _("The directory has changed meanwhile. Please choose the file again."))
        return redirect("admin:hotlines_import")
    counts = report.counts
    messages.success(
        request,
        _("%(add)d hotlines added, %(change)d changed, %(same)d left as they were, %(bad)d rows refused.") % counts,
    )
    return redirect("admin:hotlines_hotline_changelist")


@require_POST
def export(request, desk):
    """All hotlines as a file that the import reads back; the audit log says who took it."""
    if not desk.has_view_permission(request):
        raise PermissionDenied
    hotlines = Hotline.objects.select_related("office", "owner").order_by(
        "office__order", "office__name", "order", "pk"
    )
    kind = "xlsx" if request.POST.get("kind") == "xlsx" else "csv"
    with transaction.atomic():
        rows = exchange.table(hotlines)
        audit.record("Exported hotlines", None, by=request.user, kind=kind, rows=len(rows) - 1)
    if kind == "csv":
        return csv_response("duong-day-nong-day-du", rows)
    return xlsx_response("duong-day-nong-day-du", "Đường dây nóng", rows)
