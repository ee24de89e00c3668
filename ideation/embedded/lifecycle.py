"""Who starts and who stops the services: the first user starts them, the last one out stops them.

Every user holds a shared lock on one file for as long as it lives; the kernel takes the lock back from the killed.
Starting and stopping happen behind a second lock, the gate, so that nobody comes while the last one leaves.
"""

import fcntl
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ideation.embedded.account import Account
from ideation.embedded.paths import Layout, layout_of
from ideation.embedded.postgres import Postgres
from ideation.embedded.server import Server
from ideation.embedded.valkey import Valkey


@dataclass(frozen=True)
class Held:
    """The services while somebody uses them."""

    layout: Layout
    servers: tuple[Server, ...]

    def ensure_running(self) -> list[str]:
        """Start again what has died; return the names."""
        with _gate(self.layout):
            dead = [server for server in self.servers if not server.is_running]
            _start(dead)
            return [server.name for server in dead]


@contextmanager
def hold_services(var_dir: Path, *, durable: bool = True) -> Iterator[Held]:
    """Have the services of `var_dir` running inside the block.

    Raises: EmbeddedServiceError, or OSError where a folder cannot be made or written.
    """
    layout = layout_of(var_dir)
    held = Held(layout, (Postgres(layout, durable), Valkey(layout, durable)))
    _make_control(layout)
    _remember_home(layout)
    with (layout.control / "users.lock").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        owner = os.getpid()
        try:
            with _gate(layout):
                _start(held.servers)
            yield held
        finally:
            if os.getpid() == owner:  # a fork shares our lock and must not judge by it
                with _gate(layout):
                    _stop_if_last(users, held.servers)


def _make_control(layout: Layout) -> None:
    """Make the shared folder; the servers' account passes through it, whatever our umask."""
    if not layout.control.exists():
        layout.control.mkdir(parents=True, exist_ok=True)
        layout.control.chmod(0o755)


@contextmanager
def _gate(layout: Layout) -> Iterator[None]:
    with (layout.control / "gate.lock").open("a") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield


def _remember_home(layout: Layout) -> None:
    with _gate(layout):
        Account.of(layout).own(layout.home)
        if not layout.remembered_home.exists():
            inside = layout.home.is_relative_to(layout.control)  # so that var/ may be moved
            home = layout.home.relative_to(layout.control) if inside else layout.home
            draft = layout.remembered_home.with_suffix(".new")
            draft.write_text(f"{home}\n", encoding="utf-8")
            draft.replace(layout.remembered_home)


def _start(servers: "tuple[Server, ...] | list[Server]") -> None:
    for server in servers:
        server.start()
    for server in servers:
        server.wait()


def _stop_if_last(users: IO[str], servers: tuple[Server, ...]) -> None:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda server: server.stop(), servers))
