"""How the API's schema describes errors, keys and sessions."""

from collections import defaultdict
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema_serializer
from rest_framework import serializers

from common.errors import Conflict, DomainError
from common.idempotency import HEADER
from common.problems import CODES_BY_STATUS, CONTENT_TYPE

READS = ("invalid", "unknown_parameter", "invalid_key", "rate_limited")
WRITES = (
    *READS,
    "malformed_json",
    "unknown_field",
    "not_authenticated",
    "csrf_failed",
    "missing_scope",
    "body_too_large",
    "unsupported_media_type",
)

# Codes that no DomainError has: those of reading a request.
STATUSES = {code: status for status, code in CODES_BY_STATUS.items()} | {
    "authentication_failed": 401,
    "csrf_failed": 403,
    "invalid_characters": 400,
    "invalid_choice": 400,
    "invalid_key": 401,
    "malformed_json": 400,
    "out_of_range": 400,
    "repeated_parameter": 400,
    "required": 400,
    "too_long": 400,
    "too_many": 400,
    "too_short": 400,
    "unknown_field": 400,
    "unknown_parameter": 400,
    "wrong_type": 400,
}

IDEMPOTENCY_KEY = OpenApiParameter(
    HEADER,
    {"type": "string", "pattern": "^[!-~]{1,255}$"},
    OpenApiParameter.HEADER,
    description="A repeat within 24 hours gets the first answer and does nothing again; another body is refused.",
)


@extend_schema_serializer(component_name="FieldError")
class FieldErrorSerializer(serializers.Serializer[Any]):
    field = serializers.CharField(help_text="Path of the input at fault, such as `author.external_id` or `tags.0`.")
    code = serializers.CharField()
    detail = serializers.CharField()


@extend_schema_serializer(component_name="Problem")
class ProblemSerializer(serializers.Serializer[Any]):
    """An error, as RFC 9457. Programs go by `code`, which stays; `detail` is for people, in their language."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    errors = FieldErrorSerializer(many=True, required=False)  # type: ignore[assignment]  # a field of this name


def known_codes() -> dict[str, int]:
    """Return every code of the API with its HTTP status; those that only heirs make precise are left out."""
    precise = set(_heirs(DomainError)) - {DomainError, Conflict}
    return STATUSES | {error.code: error.http_status for error in precise}


def problems(*codes: str) -> dict[tuple[int, str], OpenApiResponse]:
    """Describe the errors `codes` for an operation, by their statuses."""
    statuses = known_codes()
    by_status = defaultdict(list)
    for code in codes:
        by_status[statuses[code]].append(f"`{code}`")
    return {
        (status, CONTENT_TYPE): OpenApiResponse(ProblemSerializer, description=", ".join(dict.fromkeys(named)))
        for status, named in sorted(by_status.items())
    }


def needs(*scopes: str) -> Any:
    """Say in the schema that an operation needs a key with one of `scopes`, or a session."""
    return [*({"key": [scope]} for scope in scopes), {"session": []}]


def _heirs(error: type[DomainError]) -> list[type[DomainError]]:
    return [error, *(heir for child in error.__subclasses__() for heir in _heirs(child))]


class ApiSchema(AutoSchema):
    """Describe the body of a DELETE too, which OpenAPI 3.1 allows; one without a body says `request=None`."""

    def _get_request_body(self, direction: str = "request") -> Any:
        if self.method != "DELETE":
            return super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        self.method = "POST"
        try:
            return super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        finally:
            self.method = "DELETE"


class StrictObjects(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Say that strict serializers take no other fields."""

    target_class = "common.serializers.StrictSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: str) -> Any:
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return schema | {"additionalProperties": False}


class BearerKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.authentication.ApiKeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A partner's API key, made in the admin."}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "accounts.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        description = "The portal's session. Requests that change something send the header X-CSRFToken too."
        return {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": description}
