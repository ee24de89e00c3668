from collections.abc import Callable, Iterator

import pytest

from activity.models import Event
from activity.registry import Handler, register, unregister


@pytest.fixture
def hears() -> Iterator[Callable[..., None]]:
    """Register handlers for this test alone."""
    registered: list[Handler] = []

    def hear(handler: Handler, *verbs: str) -> None:
        register(handler, verbs=verbs)
        registered.append(handler)

    yield hear
    for handler in registered:
        unregister(handler)


@pytest.fixture
def heard(hears: Callable[..., None]) -> list[tuple[str, int]]:
    """Return a list that fills with what a handler of `test.*` events hears."""
    log: list[tuple[str, int]] = []

    def handler(event: Event) -> None:
        log.append((event.verb, event.subject_id))

    hears(handler, "test.happened", "test.other")
    return log
