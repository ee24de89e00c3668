from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import Person
from frontend.portals import forget
from tests.support.caching import empty_cache

SignedIn = Callable[[Person], Client]


@pytest.fixture(autouse=True)
def _nothing_remembered(services: None, settings: Settings) -> Iterator[None]:
    """Have each test see its own portal, boards and figures, looked up once however slow the machine is."""
    settings.PORTAL_KEPT_SECONDS = 600
    forget()
    empty_cache()
    yield
    forget()


@pytest.fixture
def signed_in() -> SignedIn:
    def client_of(person: Person) -> Client:
        client = Client()
        client.force_login(person, backend="accounts.backends.AuthenticationBackend")
        return client

    return client_of
