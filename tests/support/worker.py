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
