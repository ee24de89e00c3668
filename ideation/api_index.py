"""REST API: where to begin."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.schema import READS, problems
from common.views import ApiView

ENTRANCES = {"boards": "api-boards", "ideas": "api-ideas", "docs": "api-docs", "schema": "api-schema"}


class IndexSerializer(serializers.Serializer[Any]):
    boards = serializers.URLField()
    ideas = serializers.URLField()
    docs = serializers.URLField()
    schema = serializers.URLField()


class IndexView(ApiView):
    @extend_schema(
        operation_id="get_index",
        summary="Where to begin",
        tags=["index"],
        responses={200: IndexSerializer, **problems(*READS)},
    )
    def get(self, request: Request) -> Response:
        return Response({name: settings.BASE_URL + reverse(route) for name, route in ENTRANCES.items()})
