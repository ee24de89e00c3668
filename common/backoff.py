"""When to try again what failed: soon at first, then ever more rarely, never all at the same moment."""

import random
from datetime import timedelta

JITTER = 0.2


def delay_after(attempts: int, *, first: timedelta, factor: float) -> timedelta:
    """How long to wait after the attempt number `attempts` failed: `first`·`factor`^(attempts−1), ±20 %.

    >>> timedelta(minutes=20) <= delay_after(3, first=timedelta(minutes=1), factor=5) <= timedelta(minutes=30)
    True
    """
    spread = random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311  (no secret)
    return first * factor ** (attempts - 1) * spread
