from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from common import api_docs
from common.problems import page_unless_api
from frontend.views import errors
from ideation import engine, health
from ideation.api_index import IndexView

api_v1: list[URLPattern | URLResolver] = [
    path("", IndexView.as_view(), name="api-index"),
    path("schema/", api_docs.schema, name="api-schema"),
    path("docs/", api_docs.docs, name="api-docs"),
    path("", include("ideas.urls_api")),
    path("", include("votes.urls_api")),
]

urlpatterns = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("metrics", engine.metrics),
    path("admin/", admin.site.urls),
    path("accounts/", include("accounts.urls")),
    path("api/v1/", include(api_v1)),
    path("notifications/", include("notifications.urls")),
    path("", include("frontend.urls")),
]

handler400 = page_unless_api(errors.bad_request, 400)
handler403 = page_unless_api(errors.forbidden, 403)
handler404 = page_unless_api(errors.not_found, 404)
handler500 = page_unless_api(errors.server_error, 500)
