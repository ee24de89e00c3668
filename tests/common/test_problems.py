from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from rest_framework import exceptions, serializers

from common.errors import Conflict, Invalid, SignInNeeded, Stale
from common.problems import CONTENT_TYPE, MAX_ERRORS, exception_handler, problem_of
from common.serializers import StrictCharField, StrictIntegerField, StrictSerializer


class PersonReader(StrictSerializer):
    external_id = StrictCharField(max_length=5)


class Reader(StrictSerializer):
    title = StrictCharField(max_length=5)
    count = StrictIntegerField(required=False, max_value=9)
    author = PersonReader(required=False)
    tags = serializers.ListField(child=StrictCharField(), required=False)


def errors_of(data: Any) -> tuple[str, dict[str, str]]:
    reader = Reader(data=data)
    try:
        reader.is_valid(raise_exception=True)
    except exceptions.ValidationError as error:
        problem = problem_of(error)
        assert problem
        return problem.code, {each.field: each.code for each in problem.errors}
    return "", {}


def test_valid_input_passes() -> None:
    assert errors_of({"title": "x", "count": 3, "author": {"external_id": "7"}, "tags": ["a"]}) == ("", {})


def test_each_error_names_its_field_by_path() -> None:
    assert errors_of({"title": 5, "author": {"external_id": "123456"}, "tags": ["a", 1]}) == (
        "invalid",
        {"title": "wrong_type", "author.external_id": "too_long", "tags.1": "wrong_type"},
    )


def test_code_of_the_whole_is_the_one_of_its_errors_when_they_agree() -> None:
    assert errors_of({"title": "x", "a": 1, "b": 2}) == ("unknown_field", {"a": "unknown_field", "b": "unknown_field"})
    assert errors_of({"title": "x", "author": {"external_id": "1", "mail": ""}}) == (
        "unknown_field",
        {"author.mail": "unknown_field"},
    )


def test_nothing_is_converted() -> None:
    for count in ("1", True, 1.0, [1]):
        assert errors_of({"title": "x", "count": count}) == ("wrong_type", {"count": "wrong_type"})
    titles: list[Any] = [5, True, ["x"], {}]
    for title in titles:
        assert errors_of({"title": title}) == ("wrong_type", {"title": "wrong_type"})
    assert errors_of({"title": "x", "tags": "a"}) == ("wrong_type", {"tags": "wrong_type"})


def test_characters_that_postgresql_cannot_hold_are_refused() -> None:
    for title in ("a\0b", "\ud800"):
        assert errors_of({"title": title}) == ("invalid_characters", {"title": "invalid_characters"})


def test_input_that_is_no_object_is_refused_without_a_field() -> None:
    inputs: list[Any] = [[], "x", 5, [{}]]
    for data in inputs:
        assert errors_of(data) == ("wrong_type", {})


def test_answer_stays_small_and_valid_when_the_input_is_neither() -> None:
    problem = problem_of(exceptions.ValidationError({f"\ud800{n}" * 1000: ["no"] for n in range(1000)}))
    assert problem
    assert len(problem.errors) == MAX_ERRORS
    assert len(str(problem.as_dict()).encode()) < 20_000


def test_domain_errors_keep_code_status_and_field() -> None:
    problem = problem_of(Invalid("No such tag.", field="tags", code="unknown_tag"))
    assert problem
    assert problem.as_dict() == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "code": "unknown_tag",
        "detail": "No such tag.",
        "errors": [{"field": "tags", "code": "unknown_tag", "detail": "No such tag."}],
    }


def test_each_kind_of_exception_has_its_status_and_code() -> None:
    expected = {
        Conflict(): (409, "conflict"),
        Stale(): (412, "precondition_failed"),
        SignInNeeded(): (401, "not_authenticated"),
        exceptions.NotAuthenticated(): (401, "not_authenticated"),
        exceptions.AuthenticationFailed(): (401, "authentication_failed"),
        exceptions.PermissionDenied(): (403, "permission_denied"),
        exceptions.NotFound(): (404, "not_found"),
        exceptions.MethodNotAllowed("PUT"): (405, "method_not_allowed"),
        exceptions.UnsupportedMediaType("text/csv"): (415, "unsupported_media_type"),
        exceptions.ParseError(): (400, "malformed_json"),
        exceptions.Throttled(wait=1.2): (429, "rate_limited"),
        Http404(): (404, "not_found"),
        PermissionDenied(): (403, "permission_denied"),
        SuspiciousOperation(): (400, "bad_request"),
        RequestDataTooBig(): (413, "body_too_large"),
    }
    found = {exc: problem_of(exc) for exc in expected}
    assert {exc: (problem.status, problem.code) for exc, problem in found.items() if problem} == expected


def test_401_says_how_to_sign_in_and_429_when_to_come_back() -> None:
    refused = exception_handler(SignInNeeded(), {})
    throttled = exception_handler(exceptions.Throttled(wait=1.2), {})
    assert refused
    assert throttled
    assert refused["WWW-Authenticate"].startswith("Bearer")
    assert refused.content_type == CONTENT_TYPE
    assert throttled["Retry-After"] == "2"


def test_unexpected_exceptions_are_left_to_the_log() -> None:
    assert problem_of(RuntimeError()) is None
