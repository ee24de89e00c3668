"""Where one kind of request spends its time: `python -m bench.profiling list`; the top 15 of cProfile.

Requests go through all middleware in this process, on a filled database. The first ones fill caches and do not count.
"""

import argparse
import cProfile
import os
import pstats
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from bench.callers import make_callers
from bench.data import SIZES
from bench.databases import installation
from bench.load import Request
from bench.scene import Scene
from ideation.embedded import hold_services

WARM = 30
Make = Callable[[Scene], list[Request]]
KINDS: dict[str, Make] = {
    "list": lambda scene: scene.signed_in_lists(),
    "idea": lambda scene: scene.signed_in_ideas(),
    "api-list": lambda scene: scene.first_page(),
    "search": lambda scene: scene.searches(),
    "similar": lambda scene: scene.typed_titles(),
    "vote": lambda scene: scene.votes_by_key(1),
    "session-vote": lambda scene: scene.votes_by_session(1),
    "submit": lambda scene: scene.posts(1),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.profiling", description=__doc__)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--size", choices=SIZES, default="100k")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--by", choices=("tottime", "cumulative"), default="tottime")
    parser.add_argument("--lines", type=int, default=15)
    options = parser.parse_args()
    place = installation(SIZES[options.size])
    os.environ.clear()
    os.environ.update(place.environment(DATABASE_POOL="2"))
    with hold_services(place.var_dir):
        scene = Scene(place, make_callers(place, 500), "")
        requests = KINDS[options.kind](scene)
        profile(requests, options.count, options.by, options.lines)


def profile(requests: list[Request], count: int, by: str, lines: int) -> None:
    send = _sender()
    for number in range(WARM):
        send(requests[-1 - number % len(requests)])
    begun, used = time.perf_counter(), time.process_time()
    for number in range(count):
        send(requests[number % len(requests)])
    wall, cpu = time.perf_counter() - begun, time.process_time() - used
    profiler = cProfile.Profile()
    for number in range(count, 2 * count):
        profiler.runcall(send, requests[number % len(requests)])
    print(f"{1_000 * cpu / count:.2f} ms CPU here, {1_000 * wall / count:.2f} ms in all, without the profiler")
    pstats.Stats(profiler, stream=sys.stdout).sort_stats(by).print_stats(lines)


def _sender() -> Callable[[Request], None]:
    import django

    django.setup()
    from django.test import Client

    client = Client(enforce_csrf_checks=True, SERVER_NAME="127.0.0.1")

    def send(request: Request) -> None:
        address = urlsplit(request.path)
        headers = dict(request.headers)
        content_type = headers.pop("Content-Type", "application/json")
        sent: dict[str, Any] = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
        answer = client.generic(
            request.method, address.path, request.body, content_type, QUERY_STRING=address.query, **sent
        )
        if not 200 <= answer.status_code < 300:
            sys.exit(f"{request.path}: {answer.status_code} {answer.content[:300]!r}")

    return send


if __name__ == "__main__":
    main()
