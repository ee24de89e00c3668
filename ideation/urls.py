from django.contrib import admin
from django.urls import include, path

api_v1 = [
    path("", include("ideas.urls_api")),
    path("", include("votes.urls_api")),
]

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include(api_v1)),
    path("", include("frontend.urls")),
]
