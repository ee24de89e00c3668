"""Serve in the foreground: the services, three children, one ready line; all gone when it ends."""

import fcntl
import http.client
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection as db_connection

from accounts.services import first_administrator_link
from ideation.address import remembered, served_at
from ideation.embedded import Held, hold_services
from ideation.serving.children import Child, end, web_worker_and_scheduler
from ideation.serving.leftovers import end_leftovers
from ideation.serving.preparation import prepare
from ideation.startup import CannotStartError

LOOK_EVERY_SECONDS = 0.25
LEAVE_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
Say = Callable[[str], None]


def serve(*, say: Say) -> None:
    """Serve until SIGINT, SIGTERM or the terminal's end.

    Raises: CannotStartError where another one serves, the port is taken, or the web server does not even start.
    """
    for number in LEAVE_ON:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup means to outlive the terminal
            signal.signal(number, _leave)
    with ExitStack() as stack:
        stack.enter_context(the_only_one(settings.VAR_DIR))
        if end_leftovers(settings.VAR_DIR):
            say("Ended what an earlier run had left behind.")
        _require_free_port(settings.HOST, settings.PORT)
        stack.enter_context(remembered(settings.VAR_DIR, settings.BASE_URL))
        if settings.EMBEDDED:
            say("Starting PostgreSQL and Valkey …")
        held = stack.enter_context(hold_services(settings.VAR_DIR)) if settings.EMBEDDED else None
        prepare(say)
        children = web_worker_and_scheduler()
        # Last of all whatever our children may have left, or one whose start a signal interrupted.
        stack.callback(end_leftovers, settings.VAR_DIR)
        stack.callback(end, children)
        say("Starting the portal and the background work …")
        _start(children)
        if link := first_administrator_link():
            say(f"Become the first administrator (once, within a day): {link}")
        db_connection.close()
        say(f"Ready at {settings.BASE_URL}")
        stack.callback(say, f"Ending; the data stays in {settings.VAR_DIR}.")
        _tend(children, held, say)


def _leave(number: int, frame: FrameType | None) -> None:
    """Leave through all the doors; a second signal, such as make's after Ctrl-C, must not cut that short."""
    for again in LEAVE_ON:
        signal.signal(again, signal.SIG_IGN)
    sys.exit(0)


@contextmanager
def the_only_one(var_dir: Path) -> Iterator[None]:
    var_dir.mkdir(parents=True, exist_ok=True)
    with (var_dir / "serve.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            at = f", at {url}" if (url := served_at(var_dir)) else ""
            raise CannotStartError(f"another `make run` already serves from {var_dir}{at}.") from None
        yield


def _require_free_port(host: str, port: int) -> None:
    """Look before the web server does: it would share the port with a stranger who allows that."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotStartError(
                f"cannot listen on {host}:{port} ({error.strerror}); PORT={port + 1} make run takes another port."
            ) from None


def _start(children: list[Child]) -> None:
    """Start all; return when the portal, which comes first since people wait for it, answers."""
    web, *others = children
    web.start()
    while not _answers():
        if not web.is_alive:  # a fault that trying again won't mend
            raise CannotStartError("the web server ended while starting; its last lines say why.")
        time.sleep(LOOK_EVERY_SECONDS)
    for child in others:
        child.start()


def _answers() -> bool:
    host = "127.0.0.1" if settings.HOST in {"0.0.0.0", "::"} else settings.HOST  # noqa: S104 - compared only
    connection = http.client.HTTPConnection(host, settings.PORT, timeout=10)
    try:
        connection.request("GET", "/readyz", headers={"Host": urlsplit(settings.BASE_URL).netloc})
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def _tend(children: list[Child], held: Held | None, say: Say) -> None:
    """Keep children and services alive: one lost process must not take the portal down with it."""
    while True:
        for event in (child.tend() for child in children):
            if event:
                say(event)
        for name in held.ensure_running() if held else ():
            say(f"{name} had ended unexpectedly; it runs again")
        time.sleep(LOOK_EVERY_SECONDS)
