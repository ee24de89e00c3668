from django.core.cache import cache
from redis import Redis


def empty_cache() -> None:
    """Forget what this test process put into the cache; `cache.clear()` would empty other processes' too."""
    client: Redis = cache._cache.get_client(write=True)  # type: ignore[attr-defined]
    for key in client.scan_iter(match=cache.make_key("*"), count=1000):
        client.delete(key)
