from django.urls import path

from polls import views

app_name = "polls"
urlpatterns = [
    path("", views.poll_list, name="list"),
    path("<int:pk>/", views.ballot, name="ballot"),
    path("<int:pk>/ket-qua/", views.results, name="results"),
]
