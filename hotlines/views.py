"""The hotline directory and the map of offices."""

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
    return render(request, "hotlines/map.html", {"offices": offices, "points": svg_points(offices)})


@require_safe
def geojson(request):
    offices = Office.objects.public().on_map().with_numbers()
    features = {"type": "FeatureCollection", "features": [office.as_feature() for office in offices]}
    return JsonResponse(features, content_type="application/geo+json", json_dumps_params={"ensure_ascii": False})


SVG_WIDTH, SVG_HEIGHT, SVG_MARGIN = 640, 480, 48


def svg_points(offices):
    """Offices with their place on a drawing of SVG_WIDTH × SVG_HEIGHT, north up, as far as the points reach."""
    if not offices:
        return []
    lngs, lats = [o.lng for o in offices], [o.lat for o in offices]
    span_x, span_y = max(lngs) - min(lngs) or 1, max(lats) - min(lats) or 1
    return [
        {
            "office": office,
            "x": round(SVG_MARGIN + float((office.lng - min(lngs)) / span_x) * (SVG_WIDTH - 2 * SVG_MARGIN)),
            "y": round(SVG_MARGIN + float((max(lats) - office.lat) / span_y) * (SVG_HEIGHT - 2 * SVG_MARGIN)),
        }
        for office in offices
    ]
