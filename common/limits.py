"""How often somebody may do something: counted in the cache, in windows of fixed length.

A limit protects others from a flood; it decides no right. So it lets everybody pass while the cache is down.
"""

import ipaddress
import time
from dataclasses import dataclass
from hashlib import sha256

import structlog
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

from common.errors import TooManyRequests

logger = structlog.get_logger(__name__)

IPV6_PREFIX = 64  # one household or server: whoever has a single address of it has them all


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `times` uses by one user of the limit in a window of `seconds`."""

    name: str
    times: int
    seconds: int

    def use(self, by: str) -> None:
        """Count one use; `by` is whoever is counted: a person, an address, a key.

        Raises: TooManyRequests from the first use beyond the limit until the window ends.
        """
        now = time.time()
        window, elapsed = divmod(int(now), self.seconds)
        who = sha256(by.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        if _count(f"limit:{self.name}:{who}:{window}", self.seconds) > self.times:
            raise TooManyRequests(retry_after_seconds=self.seconds - elapsed)


def _count(key: str, seconds: int) -> int:
    try:
        cache.add(key, 0, timeout=seconds + 1)
        return cache.incr(key)
    except ValueError:  # the window ended between the two calls
        return 1
    except RedisError as error:
        logger.warning("limit_not_counted", error=str(error))
        return 0


def client_address(request: HttpRequest) -> str:
    """Return the address a request came from, as the proxy in front of us saw it where there is one.

    Of IPv6 it is the network: see IPV6_PREFIX.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    if settings.BEHIND_PROXY:
        address = request.headers.get("X-Forwarded-For", address).rpartition(",")[2].strip()
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, IPV6_PREFIX), strict=False).network_address)
    return address
