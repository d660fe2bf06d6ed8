from django.urls import path

from hotlines import maps, views

app_name = "hotlines"
urlpatterns = [
    path("duong-day-nong/", views.directory, name="directory"),
    path("duong-day-nong/ban-do.geojson", maps.geojson, name="geojson"),
    path("ban-do/", maps.office_map, name="map"),
]
