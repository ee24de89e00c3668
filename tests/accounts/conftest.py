from uuid import uuid4

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def fresh_limits(settings: Settings) -> None:
    """All tests come from one address: what earlier ones used up must not count."""
    settings.CACHES = {"default": settings.CACHES["default"] | {"KEY_PREFIX": f"{settings.CACHE_PREFIX}-{uuid4()}"}}
