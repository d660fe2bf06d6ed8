from django.urls import path

from polls import publication, views

app_name = "polls"
urlpatterns = [
    path("", publication.poll_list, name="list"),
    path("da-bo-sung/", publication.answered, name="answered"),
    # Never cached: the voter's cookie goes to these and nowhere else.
    path("<int:pk>/", views.ballot, name="ballot"),
    path("<int:pk>/phieu/", views.in_place, name="in_place"),
    path("<int:pk>/thieu-gi/", views.wish, name="wish"),
    path("<int:pk>/ket-qua/", views.results, name="results"),
    path("<int:pk>/ket-qua.csv", views.results_csv, name="results_csv"),
    path("<int:pk>/ket-qua.json", views.results_json, name="results_json"),
    # The same for everybody.
    path("<int:pk>/ket-qua/lan-<int:number>/", publication.past_results, name="past_results"),
    path("<int:pk>/bien-nhan/lan-<int:number>/", publication.receipts, name="receipts"),
    path("<int:pk>/bien-nhan/lan-<int:number>.txt", publication.sealed_list, name="sealed_list"),
]
