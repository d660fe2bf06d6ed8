"""The hotline directory and the map of offices."""

import math

from django.http import JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hotlines.models import Office


@require_safe
def directory(request):
    return render(request, "hotlines/directory.html", {"offices": Office.objects.public().with_hotlines()})


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
