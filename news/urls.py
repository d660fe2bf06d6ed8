from django.urls import path

from news import feeds, views

app_name = "news"
urlpatterns = [
    path("", views.article_list, name="list"),
    path("tep/<int:pk>/", views.attachment, name="attachment"),
    path("xem-truoc/<str:token>/", views.preview, name="preview"),
    path("xem-truoc/<str:token>/anh/<str:file>", views.preview_picture, name="preview_picture"),
    path("<slug:category>/", views.category, name="category"),
    path("<slug:category>/rss/", views.moved_to_today("news:rss")(feeds.CategoryNews()), name="rss"),
    path("<slug:category>/<int:pk>-<slug:slug>/", views.article, name="article"),
    path("<slug:category>/<int:pk>-<slug:slug>/ban-in/", views.article_print, name="print"),
    path("<slug:category>/<int:pk>-<slug:slug>/luu/", views.article_saved, name="save"),
    path("<slug:category>/<int:pk>-<slug:slug>/ban-truoc/<int:number>/", views.earlier, name="earlier"),
]
