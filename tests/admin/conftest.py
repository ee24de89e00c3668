from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Person

SignedIn = Callable[[Person | None], Client]


@pytest.fixture
def signed_in() -> SignedIn:
    """Return a browser's stand-in for a person, or for nobody."""

    def client_of(person: Person | None) -> Client:
        client = Client()
        if person:
            client.force_login(person)
        return client

    return client_of


@pytest.fixture
def boss(administrator: Person, signed_in: SignedIn) -> Client:
    return signed_in(administrator)


@pytest.fixture
def pm(team_member: Person, signed_in: SignedIn) -> Client:
    """The product manager of `board`."""
    return signed_in(team_member)
