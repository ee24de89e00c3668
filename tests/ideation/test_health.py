import pytest
from django.test import Client
from pytest_django import Settings

from ideation.celery import app


@pytest.mark.django_db
def test_ready_when_all_parts_answer(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    parts = answer.json()
    fold = parts.pop("fold")
    assert parts == {"status": "ready", "database": "ok", "cache": "ok", "broker": "ok"}
    assert fold["seconds"] == 0
    assert isinstance(fold["blockers"], list), "other tests of this cluster may hold transactions open"


@pytest.mark.django_db
def test_not_ready_and_says_why_when_the_broker_is_gone(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.conf, "broker_url", "redis+socket:///nowhere/valkey.sock")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert (answer.json()["broker"], answer.json()["database"]) == ("OperationalError", "ok")


@pytest.mark.django_db
def test_not_ready_and_says_why_when_the_cache_is_gone(client: Client, settings: Settings) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "unix:///nowhere/valkey.sock"}}
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert (answer.json()["cache"], answer.json()["broker"]) == ("ConnectionError", "ok")


def test_alive_when_no_part_is_asked(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "alive"}


def test_probes_are_answered_by_name_of_this_machine_and_without_https(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["ideas.example.org", "127.0.0.1"]
    assert client.get("/healthz", headers={"host": "127.0.0.1:8000"}).status_code == 200
    assert client.get("/accounts/login/", headers={"host": "127.0.0.1:8000"}).status_code == 301
