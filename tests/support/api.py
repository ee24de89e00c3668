"""Callers of the API: nobody, a partner's key, somebody signed in with a CSRF token."""

import json
from typing import Any

from django.middleware.csrf import _get_new_csrf_string
from django.test import Client

from accounts.models import Person, Scope
from accounts.services import create_api_key

ROOT = "/api/v1/"
CONTACT = {"external_id": "c-1", "name": "Cara Customer"}


class Caller:
    """Paths are relative to the API's root, unless absolute."""

    def __init__(self, headers: dict[str, str] | None = None, person: Person | None = None) -> None:
        self.credentials = headers
        self.client = Client(enforce_csrf_checks=True, headers=headers)
        self.headers: dict[str, str] = {}
        if person:
            self.client.force_login(person)
            self.headers["X-CSRFToken"] = self.client.cookies["csrftoken"] = _get_new_csrf_string()

    def get(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> Any:
        return self.client.get(_url(path), query, headers=headers)

    def send(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        raw = body if isinstance(body, (bytes, str)) else json.dumps({} if body is None else body)
        headers = self.headers | (headers or {})
        return self.client.generic(method, _url(path), raw, "application/json", headers=headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("POST", path, body, _as_headers(headers))

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("PATCH", path, body, _as_headers(headers))


def _url(path: str) -> str:
    return path if path.startswith(("/", "http")) else ROOT + path


def _as_headers(words: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in words.items()}


def nobody() -> Caller:
    return Caller()


def signed_in(person: Person) -> Caller:
    return Caller(person=person)


def with_key(*scopes: Scope, source: str = "crm") -> Caller:
    _key, secret = create_api_key(name=f"Key of {source}", source=source, scopes=scopes or [*Scope])
    return Caller(headers={"Authorization": f"Bearer {secret}"})


def problem(response: Any) -> tuple[int, str]:
    """Return status and code of an answer that must be a complete problem."""
    assert response.headers["Content-Type"] == "application/problem+json", response.content
    body = response.json()
    assert body.keys() - {"errors"} == {"type", "title", "status", "code", "detail"}
    assert body["status"] == response.status_code
    assert body["detail"]
    for error in body.get("errors", ()):
        assert error.keys() == {"field", "code", "detail"}
    return response.status_code, body["code"]


def fields_at_fault(response: Any) -> dict[str, str]:
    return {error["field"]: error["code"] for error in response.json().get("errors", ())}
