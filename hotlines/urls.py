from django.urls import path

from hotlines import maps, views
from portal.lib.languages import both

app_name = "hotlines"
urlpatterns = [
    path(both("duong-day-nong/", "hotlines/"), views.directory, name="directory"),
    path(both("duong-day-nong/tim/", "hotlines/find/"), views.find, name="find"),
    path(both("duong-day-nong/ban-in/", "hotlines/print/"), views.print_sheet, name="print"),
    path(both("duong-day-nong/ban-in/ma-qr.svg", "hotlines/print/qr.svg"), views.qr, name="qr"),
    path(both("duong-day-nong/danh-ba.json", "hotlines/directory.json"), views.as_json, name="json"),
    path(both("duong-day-nong/danh-ba.csv", "hotlines/directory.csv"), views.as_csv, name="csv"),
    path(both("duong-day-nong/<int:pk>.vcf", "hotlines/<int:pk>.vcf"), views.card, name="card"),
    path(both("duong-day-nong/ban-do.geojson", "hotlines/map.geojson"), maps.geojson, name="geojson"),
    path(both("can-bo/", "officials/"), views.officials, name="officials"),
    path(both("ban-do/", "map/"), maps.office_map, name="map"),
]
