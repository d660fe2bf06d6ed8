"""The digital map: a list of offices that can be filtered, a drawing of where they lie, and their points as GeoJSON."""

import math
from urllib.parse import urlsplit

from django.conf import settings
from django.http import JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hotlines.directory import entries
from hotlines.models import Office
from portal.lib import languages, text
from portal.lib.labels import by_query, uncached


@require_safe
def office_map(request):
    offices = [office for office in entries() if office.lat is not None and not office.is_over]
    kinds = [kind for kind in Office.Kind if kind in {office.kind for office in offices}]
    asked, query = request.GET.get("loai", ""), text.line(request.GET.get("q", ""))[:100]
    kind = asked if asked in kinds else ""
    for office in offices:
        office.sought = sought_in(office)
        office.is_found = kind in {"", office.kind} and all(word in office.sought for word in wanted(query))
        office.route = settings.MAP_ROUTE.replace("{lat}", str(office.lat)).replace("{lng}", str(office.lng))
    found = sum(office.is_found for office in offices)
    context = {"kinds": kinds, "kind": kind, "query": query, "found": found, **settings_of_map(), **drawing(offices)}
    response = render(request, "hotlines/map.html", context)
    # What somebody types, or makes up, is not worth remembering.
    is_usual = asked == kind and not request.GET.get("q")
    return by_query(response, "loai", "q") if is_usual else uncached(response)


@require_safe
def geojson(request):
    offices = Office.objects.public().current().on_map().with_numbers()
    features = {"type": "FeatureCollection", "features": [office.as_feature() for office in offices]}
    return JsonResponse(features, content_type="application/geo+json", json_dumps_params={"ensure_ascii": False})


def settings_of_map():
    """What the script has to know of the settings."""
    return {
        "tiles": settings.MAP_TILES,
        "attribution": settings.MAP_ATTRIBUTION,
        "bounds": ",".join(map(str, settings.MAP_BOUNDS)),
        "min_zoom": str(settings.MAP_MIN_ZOOM),
        "max_zoom": str(settings.MAP_MAX_ZOOM),
        "route_host": urlsplit(settings.MAP_ROUTE).hostname,
    }


def sought_in(office):
    """The text in which a reader's words are looked for, folded; needs `with_numbers`. The script looks in the same."""
    told = [languages.said(office, "name"), office.abbreviation, office.get_kind_display(), office.address]
    for line in office.numbers:
        told += [languages.said(line, "purpose"), line.number, line.dialled, line.dialled.replace("+84", "0", 1)]
    return text.fold(" ".join(map(str, filter(None, told))))


def wanted(query):
    """What must be in that text for an office to be found: each word, or the digits of a telephone number."""
    digits = text.phone_digits(query)
    return [digits] if digits else text.fold(query).split()


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
        long = len(languages.said(point["office"], "name")) * LETTER
        spans = {1: (point["x"] + PIN, point["x"] + PIN + long), -1: (point["x"] - PIN - long, point["x"] - PIN)}
        point["side"] = next((side for side, span in spans.items() if _has_room(*span, point["y"], taken)), 0)
        if point["side"]:
            taken.append((*spans[point["side"]], point["y"]))


def _has_room(start, end, y, taken):
    """Whether start…end at height y lies on the drawing and crosses none of the (start, end, y) in `taken`."""
    crossed = any(start < right and left < end and abs(y - height) < LINE for left, right, height in taken)
    return start >= 0 and end <= WIDTH and not crossed
