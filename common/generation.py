"""Numbers that are other ones as soon as something changed that must not be shown any longer as it was.

Whoever keeps what people read keeps it with the number. Changes are told to all processes by a channel of Valkey; what
was told before a question is heard in the question, so that no answer is older than it. While Valkey is away nothing is
heard: what is kept by this number must also not be kept for long.
"""

import threading
import time

import structlog
from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.client import PubSub
from redis.exceptions import RedisError
from redis.retry import Retry

logger = structlog.get_logger(__name__)

TIMEOUT_SECONDS = 0.1  # Valkey is near; whoever changes something is not to wait for it when it is gone
RETRY_SECONDS = 1.0


def _client(name: str) -> Redis:
    return Redis.from_url(
        settings.REDIS_URL,
        client_name=name,
        socket_connect_timeout=TIMEOUT_SECONDS,
        socket_timeout=TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


class Generation:
    """This process's end of the channel `name`. Safe for threads."""

    def __init__(self, name: str = "generation") -> None:
        self._name = name
        self._lock = threading.Lock()
        self._number = 0
        self._next_try = 0.0
        self._sender: Redis | None = None
        self._listener: PubSub | None = None

    @property
    def _channel(self) -> str:
        return f"{settings.CACHE_PREFIX}:{self._name}"

    @property
    def number(self) -> int:
        """Takes some ten microseconds: one read of a socket that mostly has nothing to say."""
        with self._lock:
            try:
                # The answer to the subscription counts too: what happened before it was not heard.
                while (listener := self._listener or self._listen()) and listener.get_message(timeout=0):
                    self._number += 1
            except (RedisError, OSError) as error:
                self._lose(error)
            return self._number

    def advance(self) -> None:
        """Tell all processes, this one too."""
        try:
            self._sender = self._sender or _client(self._channel)
            self._sender.publish(self._channel, b"")
        except (RedisError, OSError) as error:
            logger.warning("change_not_told", error=str(error))

    def _listen(self) -> PubSub | None:
        if time.monotonic() >= self._next_try:
            self._next_try = time.monotonic() + RETRY_SECONDS
            listener = PubSub(_client(self._channel).connection_pool)
            listener.subscribe(self._channel)
            self._listener = listener
        return self._listener

    def _lose(self, error: Exception) -> None:
        logger.warning("changes_not_heard", error=str(error))
        self._number += 1
        if self._listener:
            self._listener.close()
            self._listener = None


generation = Generation()  # of what people and events decide
tallies = Generation("tallies")  # of what is counted about once a second
