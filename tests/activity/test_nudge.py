"""The caller is never held up by the broker, and the worker hears at once when it is there."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from activity.models import Event
from activity.nudge import nudge
from activity.services import record
from common.generation import generation
from tests.support.mail import SmtpSink
from tests.support.ports import free_port
from tests.support.waiting import eventually
from tests.support.worker import environment

RECORD_AND_TIME = """
import time, django
django.setup()
from django.db import connection, transaction
from activity.services import record

connection.ensure_connection()
for number in range(3):
    started = time.monotonic()
    with transaction.atomic():
        record("test.happened", subject_type="test", subject_id=number)
    print(time.monotonic() - started, flush=True)
"""


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Listen, and never say a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def seconds_of_three_records(sink: SmtpSink, redis_url: str) -> list[float]:
    script = subprocess.run(
        [sys.executable, "-c", RECORD_AND_TIME],
        env=environment(sink) | {"REDIS_URL": redis_url},
        capture_output=True,
        check=True,
        timeout=60,
    )
    return [float(line) for line in script.stdout.split()]


@pytest.mark.django_db(transaction=True)
def test_the_caller_goes_on_when_the_broker_refuses(smtp_sink: SmtpSink) -> None:
    assert max(seconds_of_three_records(smtp_sink, f"redis://127.0.0.1:{free_port()}/0")) < 0.3
    assert Event.objects.filter(handled_at=None).count() == 3


@pytest.mark.django_db(transaction=True)
def test_the_caller_goes_on_when_the_broker_says_nothing(smtp_sink: SmtpSink, silent_port: int) -> None:
    assert max(seconds_of_three_records(smtp_sink, f"redis://127.0.0.1:{silent_port}/0")) < 0.3


@pytest.mark.django_db(transaction=True)
def test_the_worker_handles_events_at_once_when_it_is_there(celery_worker: "subprocess.Popen[bytes]") -> None:
    started = time.monotonic()
    record("test.happened", subject_type="test", subject_id=1)
    eventually(lambda: Event.objects.filter(handled_at__isnull=False).exists())
    assert time.monotonic() - started < 5  # no beat runs here: only the nudge can have done it


@pytest.mark.django_db(transaction=True)
def test_one_nudge_is_enough_when_a_transaction_records_many() -> None:
    with transaction.atomic():
        for number in range(5):
            record("test.happened", subject_type="test", subject_id=number)
        assert [entry[1] for entry in connection.run_on_commit] == [generation.advance, nudge]
