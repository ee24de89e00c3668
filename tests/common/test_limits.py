import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import time_machine
from django.test import RequestFactory
from pytest_django import Settings

from common.errors import TooManyRequests
from common.limits import Limit, client_address

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = 86_400  # so long that no test meets the end of a window by chance


@pytest.fixture
def limit() -> Limit:
    return Limit(f"test-{uuid4()}", times=3, seconds=DAY)


@pytest.fixture
def silent_server() -> Iterator[str]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def passes(limit: Limit, by: str = "ada") -> bool:
    try:
        limit.use(by)
    except TooManyRequests:
        return False
    return True


def test_uses_beyond_the_limit_are_refused(limit: Limit) -> None:
    assert [passes(limit) for _use in range(5)] == [True, True, True, False, False]


def test_refusal_says_when_to_come_back() -> None:
    limit = Limit(f"test-{uuid4()}", times=3, seconds=60)
    with time_machine.travel(NOON.replace(second=20), tick=False):
        for _use in range(3):
            limit.use("ada")
        with pytest.raises(TooManyRequests) as refusal:
            limit.use("ada")
    assert refusal.value.retry_after_seconds == 40
    assert (refusal.value.http_status, refusal.value.error_code) == (429, "rate_limited")


def test_next_window_begins_anew(limit: Limit) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        assert [passes(limit) for _use in range(4)][-1] is False
        clock.shift(DAY)
        assert passes(limit)


def test_everybody_and_every_limit_is_counted_apart(limit: Limit) -> None:
    for _use in range(4):
        passes(limit)
    assert passes(limit, "bea")
    assert passes(Limit(f"{limit.name}-other", times=3, seconds=DAY))


def test_exactly_the_limit_passes_when_many_come_at_once() -> None:
    limit = Limit(f"test-{uuid4()}", times=50, seconds=DAY)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _use: passes(limit), range(200)))
    assert sum(answers) == 50


def test_anything_can_be_counted(limit: Limit) -> None:
    assert passes(limit, "ü \x00 \ud800" + "x" * 10_000)


def test_everybody_passes_while_the_cache_is_down(limit: Limit, settings: Settings) -> None:
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "unix:///nowhere/valkey.sock"}}
    assert all(passes(limit) for _use in range(9))


def test_nobody_waits_long_for_a_cache_that_hangs(limit: Limit, settings: Settings, silent_server: str) -> None:
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": silent_server}}
    before = time.monotonic()
    assert passes(limit)
    assert time.monotonic() - before < 10


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:9::", "2001:db8:1:2::"),
        ("", ""),
    ],
)
def test_address_is_the_connection_s(rf: RequestFactory, address: str, expected: str) -> None:
    request = rf.get("/", REMOTE_ADDR=address, HTTP_X_FORWARDED_FOR="198.51.100.1")
    assert client_address(request) == expected


def test_address_is_what_the_proxy_saw_when_there_is_one(rf: RequestFactory, settings: Settings) -> None:
    settings.BEHIND_PROXY = True
    claimed = rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="198.51.100.1, 192.0.2.7")
    assert client_address(claimed) == "192.0.2.7"
    assert client_address(rf.get("/", REMOTE_ADDR="10.0.0.1")) == "10.0.0.1"
