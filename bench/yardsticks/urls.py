from django.urls import path

from bench.yardsticks import views

urlpatterns = [
    path("empty", views.empty),
    path("ideas.json", views.ideas_json),
    path("ideas.html", views.ideas_html),
    path("vote", views.vote),
]
