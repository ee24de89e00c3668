from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import ApiKey, Person, Scope
from accounts.services import create_api_key, find_api_key, note_use, revoke_api_key
from accounts.viewers import viewer_of
from common.errors import Invalid

pytestmark = pytest.mark.django_db

Queries = Callable[[int], AbstractContextManager[Any]]


def new_key(**changes: Any) -> tuple[ApiKey, str]:
    return create_api_key(**{"name": "Help desk", "scopes": [Scope.IDEAS_WRITE]} | changes)


class WhoView(APIView):
    """Says who asks, by the API's own settings."""

    def get(self, request: Request) -> Response:
        viewer = viewer_of(request)
        return Response({"key": viewer.key.name if viewer.key else None, "person": viewer.person_id})

    post = get


def ask(header: str | None = None) -> HttpResponse:
    headers = {"Authorization": header} if header is not None else {}
    response: HttpResponse = WhoView.as_view()(RequestFactory().get("/api/v1/who/", headers=headers))
    return response


def data_of(response: HttpResponse) -> Any:
    return response.data  # type: ignore[attr-defined]


def test_key_opens_what_it_was_made_for() -> None:
    key, secret = new_key(source="desk", scopes=["votes:write", "ideas:read"])
    assert secret.startswith("idk_")
    assert len(secret) == 47
    found = find_api_key(secret)
    assert found == key
    assert (found.source, found.scopes) == ("desk", ["ideas:read", "votes:write"])


def test_nothing_kept_tells_the_secret() -> None:
    _key, secret = new_key()
    row = ApiKey.objects.values().get()
    assert secret[12:] not in str(row)
    assert row["prefix"] == secret[:12]


@pytest.mark.parametrize("wrong", ["", "idk_", "idk_" + "a" * 43, "ü\x00\ud800"])
def test_nothing_is_found_when_the_secret_is_wrong(wrong: str) -> None:
    new_key()
    assert find_api_key(wrong) is None


def test_key_ends_at_once_when_revoked() -> None:
    key, secret = new_key()
    revoke_api_key(key)
    first = key.revoked_at
    revoke_api_key(key)
    assert find_api_key(secret) is None
    assert ApiKey.objects.get().revoked_at == first


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"scopes": ["ideas:own"]}, "scopes", "unknown_scope"),
        ({"scopes": []}, "scopes", "required"),
        ({"name": "  "}, "name", "required"),
        ({"name": "x" * 81}, "name", "too_long"),
        ({"source": "help desk"}, "source", "invalid"),
        ({"name": "客"}, "source", "required"),
    ],
)
def test_no_key_is_made_when_a_word_is_wrong(changes: dict[str, Any], field: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        new_key(**changes)
    assert (refusal.value.field, refusal.value.error_code) == (field, code)
    assert not ApiKey.objects.exists()


def test_source_comes_from_the_name_when_none_is_given() -> None:
    assert new_key(name="Help Desk Köln")[0].source == "help-desk-koln"


def test_use_is_noted_once_an_hour(django_assert_num_queries: Queries) -> None:
    _key, secret = new_key()
    with django_assert_num_queries(2):
        ask(f"Bearer {secret}")
    with django_assert_num_queries(1):
        ask(f"Bearer {secret}")
    noted = ApiKey.objects.get().last_used_at
    assert noted is not None
    ApiKey.objects.update(last_used_at=noted - timedelta(minutes=61))
    with django_assert_num_queries(2):
        ask(f"Bearer {secret}")
    renoted = ApiKey.objects.get().last_used_at
    assert renoted
    assert renoted >= noted


def test_one_of_two_processes_notes_the_use_when_both_saw_an_old_note() -> None:
    _key, secret = new_key()
    ApiKey.objects.update(last_used_at=timezone.now() - timedelta(hours=2))
    one, other = find_api_key(secret), find_api_key(secret)
    assert one
    assert other
    note_use(one)
    noted = ApiKey.objects.get().last_used_at
    note_use(other)
    assert ApiKey.objects.get().last_used_at == noted


def test_caller_is_the_key_when_it_is_sent() -> None:
    _key, secret = new_key()
    assert data_of(ask(f"Bearer {secret}")) == {"key": "Help desk", "person": None}
    assert data_of(ask(f"bearer  {secret} ")) == {"key": "Help desk", "person": None}


def test_caller_is_nobody_when_nothing_is_sent() -> None:
    assert data_of(ask()) == {"key": None, "person": None}
    assert data_of(ask("Basic YTpi")) == {"key": None, "person": None}


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer idk_nope", "Bearer ÿ"])
def test_wrong_key_is_401_with_a_code(header: str) -> None:
    response = ask(header)
    assert response.status_code == 401
    assert data_of(response)["code"] == "invalid_key"
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_revoked_key_is_401() -> None:
    key, secret = new_key()
    revoke_api_key(key)
    assert data_of(ask(f"Bearer {secret}"))["code"] == "invalid_key"


def test_session_writes_only_with_the_csrf_token(rf: RequestFactory) -> None:
    person = Person.objects.create(email="ada@example.org")
    request = rf.post("/api/v1/who/")
    request.user = person
    request._dont_enforce_csrf_checks = False  # type: ignore[attr-defined]
    response = WhoView.as_view()(request)
    assert response.status_code == 403
    assert data_of(response)["code"] == "csrf_failed"


def test_session_writes_with_the_csrf_token(rf: RequestFactory) -> None:
    person = Person.objects.create(email="ada@example.org")
    token = "a" * 32
    request = rf.post("/api/v1/who/", content_type="application/json", headers={"X-CSRFToken": token})
    request.user, request.COOKIES["csrftoken"] = person, token
    request._dont_enforce_csrf_checks = False  # type: ignore[attr-defined]
    assert data_of(WhoView.as_view()(request)) == {"key": None, "person": person.pk}


def test_command_prints_the_key_last(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_api_key", "Shop", "--scopes", "ideas:write", "votes:write", "--source", "shop")
    secret = capsys.readouterr().out.splitlines()[-1]
    key = find_api_key(secret)
    assert key
    assert (key.name, key.source, key.scopes) == ("Shop", "shop", ["ideas:write", "votes:write"])


def test_command_names_the_scope_that_is_unknown() -> None:
    with pytest.raises(CommandError, match="Unknown scope: votes:all"):
        call_command("create_api_key", "Shop", "--scopes", "ideas:write", "votes:all")
    assert not ApiKey.objects.exists()
