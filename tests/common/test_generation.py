import socket
import time
from collections.abc import Iterator

import pytest
from django.conf import settings
from pytest_django import Settings
from redis import Redis

from common.generation import Generation
from tests.support.ports import free_port
from tests.support.waiting import eventually


@pytest.fixture
def listening() -> Generation:
    listening = Generation()
    eventually(lambda: listening.number > 0)
    return listening


def test_change_is_heard_at_once_in_another_process(listening: Generation) -> None:
    before = listening.number
    assert listening.number == before
    Generation().advance()
    assert listening.number == before + 1


def test_lost_connection_counts_as_a_change_and_comes_back(listening: Generation) -> None:
    client = Redis.from_url(settings.REDIS_URL)
    before = listening.number
    for other in client.client_list(_type="pubsub"):
        if other["name"] == f"{settings.CACHE_PREFIX}:generation":
            client.client_kill_filter(_id=other["id"])
    assert listening.number > before

    def is_heard() -> bool:
        before = listening.number
        Generation().advance()
        return listening.number > before

    eventually(is_heard)


@pytest.fixture
def silent() -> Iterator[int]:
    """Return a port where connections are taken and nothing is ever answered."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("is_silent", [True, False])
def test_nobody_is_held_up_where_valkey_is_away(settings: Settings, silent: int, is_silent: bool) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{silent if is_silent else free_port()}/0"
    alone = Generation()
    started = time.monotonic()
    alone.advance()
    for _question in range(100):
        assert alone.number > 0, "not heard, so maybe changed"
    assert time.monotonic() - started < 4, "tried anew every second only, and a tenth of one at a time"
