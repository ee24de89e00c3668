"""A real Celery worker on the database, the queue and the mail server of this test process."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from ideation.celery import app
from tests.support.mail import SmtpSink
from tests.support.waiting import eventually


def environment(sink: SmtpSink | None = None) -> dict[str, str]:
    """Return the environment in which another process works on this one's test database."""
    database = connection.settings_dict
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "ideation.settings",
        "DATABASE_URL": f"postgres://{database['USER']}@{quote(str(database['HOST']), safe='')}/{database['NAME']}",
        "REDIS_URL": settings.REDIS_URL,
        "SECRET_KEY": settings.SECRET_KEY,
        "BASE_URL": settings.BASE_URL,
        "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
        **({"EMAIL_URL": f"smtp://{sink.host}:{sink.port}"} if sink else {}),
    }


@contextmanager
def running_worker(sink: SmtpSink) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a worker until the end of the block; it has answered a ping when the block begins."""
    log_path = settings.VAR_DIR / f"celery-{settings.CACHE_PREFIX}.log"
    with log_path.open("wb") as log:
        worker = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "ideation", "worker", "--concurrency", "1", "--loglevel", "INFO"],
            env=environment(sink),
            stdout=log,
            stderr=log,
        )
        try:
            eventually(lambda: worker.poll() is not None or app.control.ping(timeout=0.5), timeout=60)
            assert worker.poll() is None, log_path.read_text()
            yield worker
        finally:
            worker.send_signal(signal.SIGTERM)
            try:
                worker.wait(timeout=15)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()


@contextmanager
def taking_tasks() -> Iterator[None]:
    """Have the worker take tasks in the block only; it begins with an empty queue and ends with idle hands.

    Other tests nudge tasks too. Those must not run while a test of their own looks at, or clears, the same tables.
    """
    queue, answer = app.conf.task_default_queue, {"reply": True, "timeout": 20.0, "limit": 1}
    app.control.purge()
    app.control.add_consumer(queue, **answer)
    try:
        yield
    finally:
        app.control.cancel_consumer(queue, **answer)
        eventually(_is_idle, timeout=30)
        app.control.purge()


def _is_idle() -> bool:
    inspect = app.control.inspect(timeout=5.0, limit=1)
    at_work, waiting = inspect.active(), inspect.reserved()
    return at_work is not None and waiting is not None and not any([*at_work.values(), *waiting.values()])
