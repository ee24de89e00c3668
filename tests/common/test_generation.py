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


def test_nobody_is_held_up_where_valkey_is_away(settings: Settings) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    alone = Generation()
    alone.advance()
    before = alone.number
    assert alone.number == before, "tried anew a second later only"
