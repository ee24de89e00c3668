"""Input that is read strictly: nothing unknown, nothing converted, nothing the database could not hold."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

MAX_INTEGER = 2**31 - 1


class StrictCharField(serializers.CharField):
    """Text, and not a number. NUL and lone surrogates are refused, as by its parent."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise ValidationError(_("Expected text."), code="wrong_type")
        return str(super().to_internal_value(data))


class StrictIntegerField(serializers.IntegerField):
    """A whole number, and neither text nor true; 1.0 is not one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": -MAX_INTEGER, "max_value": MAX_INTEGER} | kwargs)

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            raise ValidationError(_("Expected a whole number."), code="wrong_type")
        return data


class StrictBooleanField(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        if type(data) is not bool:
            raise ValidationError(_("Expected true or false."), code="wrong_type")
        return data


class StrictChoiceField(serializers.ChoiceField):
    """One of the choices, in the type in which they are written."""

    def to_internal_value(self, data: Any) -> Any:
        if type(data) not in {type(choice) for choice in self.choices}:
            raise ValidationError(_("This type is not expected here."), code="wrong_type")
        return super().to_internal_value(data)


class StrictListField(serializers.ListField):
    """A list; one that is too long is refused before its items are looked at."""

    def to_internal_value(self, data: Any) -> list[Any]:
        if not isinstance(data, list):
            raise ValidationError(_("Expected a list."), code="wrong_type")
        if self.max_length is not None and len(data) > self.max_length:
            raise ValidationError(_("At most %(count)s.") % {"count": self.max_length}, code="too_many")
        return list(super().to_internal_value(data))


class StrictEmailField(serializers.EmailField):
    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise ValidationError(_("Expected text."), code="wrong_type")
        return str(super().to_internal_value(data))


class StrictSerializer(serializers.Serializer[Any]):
    """An object with known fields only."""

    unknown_code = "unknown_field"
    unknown_message: StrOrPromise = _("There is no such field.")

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise ValidationError({"non_field_errors": [ErrorDetail(str(_("Expected an object.")), code="wrong_type")]})
        unknown = sorted(set(data) - set(self.fields))
        if unknown:
            raise ValidationError(
                {name: [ErrorDetail(str(self.unknown_message), self.unknown_code)] for name in unknown}
            )
        return super().to_internal_value(data)


class UtcDateTimeField(serializers.DateTimeField):
    """A time, given in UTC whatever the time zone of who reads it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)


def utc_text(moment: datetime) -> str:
    """Return a time as `UtcDateTimeField` gives it."""
    return moment.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


class QueryIntegerField(serializers.IntegerField):
    def to_internal_value(self, data: Any) -> int:
        if not re.fullmatch(r"-?[0-9]+", data):
            raise ValidationError(_("Expected a whole number."), code="wrong_type")
        if len(data) > 10:
            raise ValidationError(_("This number is out of range."), code="out_of_range")
        return int(data)


class QuerySerializer(StrictSerializer):
    """Parameters of a URL. Only list fields may be repeated."""

    unknown_code = "unknown_parameter"
    unknown_message = _("There is no such parameter.")

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, QueryDict):
            return super().to_internal_value(data)
        fields: dict[str, Any] = dict(self.fields.items())
        lists = {name for name, field in fields.items() if isinstance(field, serializers.ListField)}
        repeated = [name for name in fields if name not in lists and len(data.getlist(name)) > 1]
        if repeated:
            detail = ErrorDetail(str(_("Give this parameter once.")), "repeated_parameter")
            raise ValidationError({name: [detail] for name in repeated})
        return super().to_internal_value({name: data.getlist(name) if name in lists else data[name] for name in data})


class NoParameters(QuerySerializer):
    pass


def read_body(serializer: type[StrictSerializer], request: Request) -> dict[str, Any]:
    """Return the valid fields of the request's body. Raises: ValidationError, naming every field at fault."""
    return dict(_reader(serializer).run_validation(request.data))


def read_query(serializer: type[QuerySerializer], request: Request) -> dict[str, Any]:
    """Return the valid parameters of the request's URL. Raises: ValidationError, naming every one at fault."""
    return dict(_reader(serializer).run_validation(request.query_params))


@cache
def _reader(serializer: type[StrictSerializer]) -> StrictSerializer:
    """Return one reader for all requests: to make its fields takes longer than to read. It keeps nothing of them."""
    return serializer()
