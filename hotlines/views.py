"""The hotline directory, on screen, on paper and as files, and the map of offices."""

import io
import math

import segno
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hotlines.directory import as_data, entries, matching, parted, sheet
from hotlines.models import Office
from hotlines.vcard import vcard
from portal.lib import text
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
    name = f"{text.slug(office.name)}.vcf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(vcard(office, url), "text/vcard; charset=utf-8", headers=headers)


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
    head = [_("Office"), _("Purpose"), _("Number"), _("Ext."), _("Duty hours"), _("Hours in words"), _("Address")]
    rows = [_csv_row(office, line) for office in entries() for line in office.numbers]
    return csv_response("duong-day-nong", [[*head, _("Checked on"), _("Note"), _("In force")], *rows])


def _csv_row(office, line):
    hours = [line.duty or office.duty, line.hours or office.hours]
    contact = [office.name, line.purpose, line.number, line.extension, *hours, office.address]
    return [*contact, line.checked_on, line.note, _("no") if office.is_over else _("yes")]


@require_safe
def office_map(request):
    offices = Office.objects.public().on_map().with_numbers()
    shown = {office.kind for office in offices}
    kinds = [kind for kind in Office.Kind if kind in shown]
    return render(request, "hotlines/map.html", {"offices": offices, "kinds": kinds, **drawing(offices)})


@require_safe
def geojson(request):
    offices = Office.objects.public().on_map().with_numbers()
    features = {"type": "FeatureCollection", "features": [office.as_feature() for office in offices]}
    return JsonResponse(features, content_type="application/geo+json", json_dumps_params={"ensure_ascii": False})


WIDTH, HEIGHT, MARGIN = 800, 600, 48  # of the drawing; the rest of the width is for the names beside the points
PIN, LETTER, LINE = 20, 8.2, 22  # half a pin with its gap, the width of a letter, the height of a name
KM_PER_DEGREE = 111.32


def drawing(offices):
    """The offices as points on a drawing of WIDTH × HEIGHT, north up and true to scale: for hotlines/_drawing.html."""
    if not offices:
        return {"points": []}
    # A degree of longitude is shorter than one of latitude, the farther north the more.
    shrink = math.cos(math.radians(float(offices[0].lat)))
    places = [(float(office.lng) * shrink, -float(office.lat)) for office in offices]
    west, north = (min(values) for values in zip(*places, strict=True))
    east, south = (max(values) for values in zip(*places, strict=True))
    scale = min((WIDTH - 6 * MARGIN) / (east - west or 0.01), (HEIGHT - 2 * MARGIN) / (south - north or 0.01))
    left, top = (WIDTH - (east - west) * scale) / 2, (HEIGHT - (south - north) * scale) / 2
    points = [
        {"office": office, "x": round(left + (x - west) * scale), "y": round(top + (y - north) * scale)}
        for office, (x, y) in zip(offices, places, strict=True)
    ]
    _name(points)
    return {"points": points, "width": WIDTH, "height": HEIGHT, "km": round(scale / KM_PER_DEGREE)}


def _name(points):
    """Gives each point the side on which its name has room: 1 right, -1 left, 0 none (its number still leads to it)."""
    taken = [(p["x"] - PIN, p["x"] + PIN, p["y"]) for p in points]
    for point in points:
        long = len(point["office"].name) * LETTER
        spans = {1: (point["x"] + PIN, point["x"] + PIN + long), -1: (point["x"] - PIN - long, point["x"] - PIN)}
        point["side"] = next((side for side, span in spans.items() if _has_room(*span, point["y"], taken)), 0)
        if point["side"]:
            taken.append((*spans[point["side"]], point["y"]))


def _has_room(start, end, y, taken):
    """Whether start…end at height y lies on the drawing and crosses none of the (start, end, y) in `taken`."""
    crossed = any(start < right and left < end and abs(y - height) < LINE for left, right, height in taken)
    return start >= 0 and end <= WIDTH and not crossed
