from django.urls import path

from hotlines import views

app_name = "hotlines"
urlpatterns = [
    path("duong-day-nong/", views.directory, name="directory"),
    path("duong-day-nong/ban-do.geojson", views.geojson, name="geojson"),
    path("ban-do/", views.office_map, name="map"),
]
