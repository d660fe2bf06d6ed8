"""Placing an office on the map: a number field that brings the map of the site along."""

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _


class PointInput(forms.NumberInput):
    """The longitude, with a map on which one clicks; static/js/point.js puts it after the two number fields."""

    class Media:
        css = {"all": ["vendor/leaflet/leaflet.css", "css/map.css"]}
        js = ["vendor/leaflet/leaflet.js", "js/ground.js", "js/point.js"]

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"] |= {
            "data-point-map": reverse("hotlines:geojson"),
            "data-tiles": settings.MAP_TILES,
            "data-attribution": settings.MAP_ATTRIBUTION,
            "data-bounds": ",".join(map(str, settings.MAP_BOUNDS)),
            "data-min-zoom": str(settings.MAP_MIN_ZOOM),
            "data-max-zoom": str(settings.MAP_MAX_ZOOM),
            "data-label": _("Map to place the office on"),
            "data-help": _(
                "Click on the map to place the office, or drag its point. By keyboard: type the two numbers, or go to"
                " the point with Tab and move it with the arrow keys (with Shift in large steps)."
            ),
            "data-point": _("Point of this office: arrow keys move it"),
            "data-clear": _("Take the point off the map"),
            "data-zoom-in": _("Zoom in"),
            "data-zoom-out": _("Zoom out"),
        }
        return context
