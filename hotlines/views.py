"""The hotline directory, on screen, on paper and as files."""

import io

import segno
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hotlines.directory import as_data, entries, matching, parted, sheet
from hotlines.models import Office, Official
from hotlines.vcard import vcard
from portal.lib import languages, text
from portal.lib.labels import uncached
from portal.lib.sheet import csv_response

LONGEST_QUERY = 100


@require_safe
def directory(request):
    return render(request, "hotlines/directory.html", parted(entries()))


@require_safe
def find(request):
    """What the filter of the directory does where no script does it in place; never remembered: anybody asks anything."""
    query = text.line(request.GET.get("q", ""))[:LONGEST_QUERY]
    purpose = text.line(request.GET.get("muc", ""))[:200]
    offices = entries()
    whole = parted(offices)
    found = parted(matching(offices, query, purpose))
    shown = whole | {"offices": found["offices"], "ended": found["ended"]}
    n = sum(len(office.numbers) for office in shown["offices"])
    context = {"is_filtered": True, "query": query, "purpose": purpose, "n": n}
    return uncached(render(request, "hotlines/directory.html", shown | context))


@require_safe
def card(request, pk):
    office = get_object_or_404(Office.objects.public().current().with_hotlines(), pk=pk)
    url = request.build_absolute_uri(office.get_absolute_url())
    name = f"{text.slug(languages.said(office, 'name'))}.vcf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(vcard(office, url), "text/vcard; charset=utf-8", headers=headers)


@require_safe
def officials(request):
    return render(request, "hotlines/officials.html", {"officials": Official.objects.public()})


@require_safe
def print_sheet(request):
    offices = entries()
    shown, left = sheet(offices)
    return render(request, "hotlines/print.html", {"shown": shown, "left": left, **parted(offices)})


@require_safe
def qr(request):
    """The address of the directory for a telephone's camera."""
    image = io.BytesIO()
    code = segno.make(request.build_absolute_uri(reverse("hotlines:directory")), error="m", micro=False)
    code.save(image, kind="svg", scale=4, border=2, light="#fff")
    return HttpResponse(image.getvalue(), "image/svg+xml")


@require_safe
def as_json(request):
    data = {"source": request.build_absolute_uri(reverse("hotlines:directory")), "offices": as_data(entries())}
    return JsonResponse(data, json_dumps_params={"ensure_ascii": False})


@require_safe
def as_csv(request):
    head = [_("Office"), _("Purpose"), capfirst(_("number")), _("Ext."), _("Duty hours"), _("Hours in words")]
    head += [_("Address"), _("Checked on"), _("Note"), _("In force"), _("Office in English"), _("Purpose in English")]
    rows = [_csv_row(office, line) for office in entries() for line in office.numbers]
    return csv_response("duong-day-nong", [head, *rows])


def _csv_row(office, line):
    hours = [line.duty or office.duty, line.hours or office.hours]
    contact = [office.name, line.purpose, line.number, line.extension, *hours, office.address]
    state = [line.checked_on, line.note, _("no") if office.is_over else _("yes")]
    return [*contact, *state, office.name_en, line.purpose_en]
