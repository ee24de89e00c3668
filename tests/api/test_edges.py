"""Whatever is sent, the answer is a 4xx that says what was wrong, and nothing is written."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from accounts.models import Person, Scope
from ideas.models import Board, Idea
from ideation.urls import urlpatterns as all_urls
from tests.support.api import Caller, fields_at_fault, nobody, problem, signed_in, with_key

OK = {"board": "ideas-for-home", "title": "A softer chair", "author": {"external_id": "c-1"}}


def breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a bug of ours")


urlpatterns = [path("api/v1/breaks/", breaks), *all_urls]


@pytest.mark.parametrize(
    ("body", "status", "code", "fields"),
    [
        ("", 400, "required", {"title", "board"}),
        ("{", 400, "malformed_json", set()),
        (b"\xff\xfe", 400, "malformed_json", set()),
        ('{"title": NaN}', 400, "malformed_json", set()),
        ('{"title": ' + "9" * 5000 + "}", 400, "malformed_json", set()),
        ("[" * 100_000, 400, "malformed_json", set()),
        ("[]", 400, "wrong_type", set()),
        ("null", 400, "required", set()),
        ("7", 400, "wrong_type", set()),
        ('"text"', 400, "wrong_type", set()),
        (OK | {"title": 5}, 400, "wrong_type", {"title"}),
        (OK | {"title": None}, 400, "required", {"title"}),
        (OK | {"title": ""}, 400, "required", {"title"}),
        (OK | {"title": " \n "}, 400, "required", {"title"}),
        (OK | {"title": "a\0b"}, 400, "invalid_characters", {"title"}),
        (OK | {"title": "\ud800"}, 400, "invalid_characters", {"title"}),
        (OK | {"title": "x" * 141}, 400, "too_long", {"title"}),
        (OK | {"body": "x" * 20_001}, 400, "too_long", {"body"}),
        (OK | {"body": {"text": "x"}}, 400, "wrong_type", {"body"}),
        (OK | {"tags": "comfort"}, 400, "wrong_type", {"tags"}),
        (OK | {"tags": ["comfort", 7]}, 400, "wrong_type", {"tags.1"}),
        (OK | {"tags": ["comfort"] * 11}, 400, "too_many", {"tags"}),
        (OK | {"tags": ["unheard of"]}, 400, "unknown_tag", {"tags"}),
        (OK | {"language": "Deutsch"}, 400, "invalid", {"language"}),
        (OK | {"board": "nowhere"}, 404, "unknown_board", {"board"}),
        (OK | {"board": 10**400}, 400, "wrong_type", {"board"}),
        (OK | {"status": "planned"}, 400, "unknown_field", {"status"}),
        (OK | {"\ud800": 1}, 400, "unknown_field", {"?"}),
        (OK | {"author": "c-1"}, 400, "wrong_type", {"author"}),
        (OK | {"author": {"external_id": 7}}, 400, "wrong_type", {"author.external_id"}),
        (OK | {"author": {"name": "Cara"}}, 400, "required", {"author.external_id"}),
        (OK | {"author": {"external_id": "c-1", "phone": "1"}}, 400, "unknown_field", {"author.phone"}),
        (OK | {"author": {"external_id": "c-1", "email": "cara"}}, 400, "invalid", {"author.email"}),
        ({"board": "ideas-for-home", "title": "A softer chair"}, 400, "author_required", {"author"}),
    ],
    ids=lambda value: str(sorted(value) if isinstance(value, set) else value)[:60],
)
def test_bad_body_is_refused_and_nothing_is_written(
    board: Board, body: Any, status: int, code: str, fields: set[str]
) -> None:
    answer = with_key(Scope.IDEAS_WRITE).send("POST", "ideas/", body)
    assert problem(answer) == (status, code)
    assert set(fields_at_fault(answer)) == fields
    assert (Idea.objects.count(), Person.objects.count()) == (0, 0)


def test_good_body_of_the_table_is_taken(board: Board) -> None:
    assert with_key(Scope.IDEAS_WRITE).post("ideas/", OK).status_code == 201


def test_body_over_a_megabyte_is_refused(board: Board) -> None:
    answer = with_key().post("ideas/", OK | {"body": "x" * 1_000_001})
    assert problem(answer) == (413, "body_too_large")
    assert problem(with_key().post("ideas/", OK | {"body": "x" * 999_000})) == (400, "too_long")


@pytest.mark.parametrize(
    "content_type", ["text/csv", "application/x-www-form-urlencoded", "multipart/form-data", "x" * 300]
)
def test_body_that_is_not_json_is_refused(board: Board, content_type: str) -> None:
    caller = with_key()
    answer = caller.client.post("/api/v1/ideas/", b"a=1", content_type=content_type)
    assert problem(answer) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "path",
    [
        "/api/",
        "/api/v2/ideas/",
        "/api/v1/nothing/",
        "/api/v1/ideas/aaaaaaaaaaaa/",
        "/api/v1/ideas/a%00b/",
        "/api/v1/ideas/../../etc/passwd",
        "/api/v1/%ff%fe/",
        f"/api/v1/{'x' * 5000}/",
    ],
    ids=lambda path: path[:40],
)
def test_unknown_address_is_a_problem_too(board: Board, path: str) -> None:
    assert problem(nobody().get(path)) == (404, "not_found")


def test_get_without_the_last_slash_is_led_on_and_a_post_is_not(board: Board) -> None:
    led_on = nobody().get("ideas")
    assert (led_on.status_code, led_on["Location"]) == (301, "/api/v1/ideas/")
    assert problem(with_key().post("ideas", OK)) == (404, "not_found")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused_with_those_that_are_allowed(board: Board, method: str) -> None:
    answer = with_key().send(method, "ideas/")
    assert problem(answer) == (405, "method_not_allowed")
    assert answer["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "boards/?x=1"), ("GET", "ideas/aaaaaaaaaaaa/?x=1"), ("POST", "ideas/?x=1")]
)
def test_parameter_that_nobody_reads_is_refused(board: Board, method: str, path: str) -> None:
    answer = with_key().send(method, path, OK)
    assert problem(answer) == (400, "unknown_parameter")
    assert fields_at_fault(answer) == {"x": "unknown_parameter"}


def test_unknown_key_is_refused_even_where_none_is_needed(board: Board) -> None:
    for secret in ("nonsense", "", "ü", "a b c"):
        answer = Caller(headers={"Authorization": f"Bearer {secret}"}).get("boards/")
        assert problem(answer) == (401, "invalid_key")
        assert answer["WWW-Authenticate"].startswith("Bearer")


def test_session_without_the_csrf_token_is_refused(board: Board, member: Person) -> None:
    caller = signed_in(member)
    caller.headers = {}
    assert problem(caller.post("ideas/", {"board": board.slug, "title": "x"})) == (403, "csrf_failed")


def test_host_that_is_not_ours_is_refused(board: Board) -> None:
    assert problem(Client(headers={"Host": "evil.example"}).get("/api/v1/boards/")) == (400, "bad_request")


@pytest.mark.urls(__name__)
def test_bug_of_ours_is_an_internal_error_that_tells_nothing(caplog: pytest.LogCaptureFixture) -> None:
    answer = Client(raise_request_exception=False).get("/api/v1/breaks/")
    assert problem(answer) == (500, "internal_error")
    assert b"a bug of ours" not in answer.content
    assert any(record.exc_info and "a bug of ours" in str(record.exc_info[1]) for record in caplog.records)


def test_too_many_posts_say_when_to_come_back(board: Board, member: Person) -> None:
    caller = signed_in(member)
    answers = [caller.post("ideas/", {"board": board.slug, "title": f"Idea {n}"}) for n in range(31)]
    assert {answer.status_code for answer in answers[:30]} == {201}
    assert problem(answers[30]) == (429, "rate_limited")
    assert int(answers[30]["Retry-After"]) > 0
    assert Idea.objects.count() == 30


def test_answers_are_json_whatever_a_browser_would_like(board: Board) -> None:
    answer = nobody().get("boards/", headers={"Accept": "text/html"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")


def test_answers_are_kept_by_nobody_in_between(board: Board) -> None:
    answer = nobody().get("ideas/")
    assert set(answer["Cache-Control"].split(", ")) == {"private", "no-cache"}
    assert {"Authorization", "Cookie"} <= {name.strip() for name in answer["Vary"].split(",")}
