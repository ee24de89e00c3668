"""What the tests stand on: were it broken, others would pass for the wrong reason."""

import smtplib
import subprocess

import pytest
from django.core.cache import cache
from django.core.mail import send_mail
from django.db import connection

from ideation.celery import app
from tests.support.mail import SmtpSink
from tests.support.waiting import eventually


@pytest.mark.django_db
def test_extensions_are_there_when_a_database_is_made() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension")
        assert {"vector", "pg_trgm", "unaccent"} <= {name for (name,) in cursor.fetchall()}


def test_cache_gives_back_what_was_put_in() -> None:
    cache.set("drink", "tea", 60)
    assert cache.get("drink") == "tea"


def test_sink_keeps_mails_and_refuses_when_told(smtp_sink: SmtpSink) -> None:
    smtp_sink.refuse("gone@example.org")
    send_mail("Hello", "Good morning.", "us@example.org", ["you@example.org"])
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send_mail("Hello", "Good morning.", "us@example.org", ["gone@example.org"])
    assert [message["Subject"] for message in smtp_sink.to("you@example.org")] == ["Hello"]


def test_a_real_worker_takes_tasks_when_asked_for(celery_worker: "subprocess.Popen[bytes]") -> None:
    assert eventually(lambda: app.control.ping(timeout=0.5))
    assert celery_worker.poll() is None
