from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def fresh_limits(services: None) -> Iterator[None]:
    """All tests come from one address: what earlier ones used up must not count."""
    cache.clear()
    yield
    cache.clear()
