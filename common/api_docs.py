"""The API's own description: its schema, and a page to read and try it."""

import functools
import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator


@require_safe
@cache_control(public=True, max_age=300)
def schema(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_schema(), content_type="application/vnd.oai.openapi+json; charset=utf-8")


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "api/docs.html")


@functools.cache
def _schema() -> bytes:
    """Return the schema in English; made once per process, which takes a moment."""
    with override("en"):
        schema = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
        return json.dumps(schema, default=str).encode()
