from django.urls import path

from hotlines import maps, views

app_name = "hotlines"
urlpatterns = [
    path("duong-day-nong/", views.directory, name="directory"),
    path("duong-day-nong/tim/", views.find, name="find"),
    path("duong-day-nong/ban-in/", views.print_sheet, name="print"),
    path("duong-day-nong/ban-in/ma-qr.svg", views.qr, name="qr"),
    path("duong-day-nong/danh-ba.json", views.as_json, name="json"),
    path("duong-day-nong/danh-ba.csv", views.as_csv, name="csv"),
    path("duong-day-nong/<int:pk>.vcf", views.card, name="card"),
    path("duong-day-nong/ban-do.geojson", maps.geojson, name="geojson"),
    path("ban-do/", maps.office_map, name="map"),
]
