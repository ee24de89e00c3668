"""The outbox: nothing is lost, nothing is handled twice over, one bad event stops no other."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection, transaction
from django.utils import timezone

from activity.draining import TRIES, drain, replay_events
from activity.models import Event
from activity.services import record
from common.ids import new_public_id
from ideas.models import Portal
from tests.support.mail import SmtpSink
from tests.support.waiting import eventually
from tests.support.worker import environment

Hears = Callable[..., None]
Heard = list[tuple[str, int]]


# Committed events of these tests are due in a day: the worker that other tests keep running must not take them.
TOMORROW = timezone.now() + timedelta(days=1)


def happen(number: int, verb: str = "test.happened") -> Event:
    return record(verb, subject_type="test", subject_id=number)


def happen_tomorrow(number: int, **data: str) -> Event:
    return Event.objects.create(
        verb="test.happened", subject_type="test", subject_id=number, data=data, next_attempt_at=TOMORROW
    )


@pytest.mark.django_db
def test_handlers_hear_of_their_verbs_once_when_drained(heard: Heard) -> None:
    happen(1), happen(2, "test.other"), happen(3, "test.unheard")
    assert drain() == 3
    assert drain() == 0
    assert heard == [("test.happened", 1), ("test.other", 2)]
    assert not Event.objects.filter(handled_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_nobody_hears_of_an_event_when_its_transaction_is_rolled_back(heard: Heard) -> None:
    with transaction.atomic():
        happen(1)
        transaction.set_rollback(True)
    assert drain() == 0
    assert heard == []


@pytest.mark.django_db
def test_other_events_and_handlers_go_on_when_one_fails(hears: Hears, heard: Heard) -> None:
    def fail_on_two(event: Event) -> None:
        Portal.objects.create(name="half", slug=f"half-{event.subject_id}")
        if event.subject_id == 2:
            raise ValueError("two is wrong")

    hears(fail_on_two, "test.happened")
    events = [happen(number) for number in (1, 2, 3)]
    assert drain() == 3
    assert [subject for _, subject in heard] == [1, 2, 3]
    assert set(Portal.objects.values_list("slug", flat=True)) == {"half-1", "half-3"}
    failed = Event.objects.get(handled_at=None)
    assert (failed.pk, failed.attempts, failed.last_error) == (events[1].pk, 1, "ValueError: two is wrong")


@pytest.mark.django_db
def test_an_event_is_tried_ever_more_rarely_then_parked_and_can_be_replayed(hears: Hears) -> None:
    broken = True
    tries: list[int] = []

    def handler(event: Event) -> None:
        tries.append(event.pk)
        if broken:
            raise RuntimeError("not today")

    hears(handler, "test.happened")
    event, at = happen(1), timezone.now()
    waits = []
    for _ in range(TRIES):
        drain(at=at)
        event.refresh_from_db()
        if event.next_attempt_at and event.next_attempt_at > at:
            assert drain(at=event.next_attempt_at - timedelta(milliseconds=1)) == 0
            waits.append(event.next_attempt_at - at)
            at = event.next_attempt_at
    assert len(tries) == TRIES
    assert event.parked_at == at
    assert waits == sorted(waits)
    assert waits[-1] > 100 * waits[0]
    assert drain(at=at + timedelta(days=365)) == 0

    broken = False
    assert replay_events(Event.objects.all()) == 1
    assert drain() == 1
    event.refresh_from_db()
    assert event.handled_at is not None
    assert replay_events(Event.objects.all()) == 0


@pytest.mark.django_db(transaction=True)
def test_each_event_is_handled_once_when_several_drain(hears: Hears) -> None:
    seen: list[int] = []
    hears(lambda event: seen.append(event.subject_id), "test.happened")
    for number in range(200):
        happen_tomorrow(number)

    def drain_and_close() -> None:
        try:
            drain(at=TOMORROW)
        finally:
            connection.close()

    threads = [Thread(target=drain_and_close) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == list(range(200))


DRAIN_AND_STOP_IN_THE_MIDDLE = """
import signal, sys, django
from datetime import datetime
django.setup()
from activity.draining import drain
from activity.registry import register
from ideas.models import Portal

def handler(event):
    Portal.objects.create(name="x", slug=event.data["slug"])
    if event.subject_id == 3:
        print("in the middle", flush=True)
        signal.pause()

register(handler, verbs=["test.happened"])
drain(at=datetime.fromisoformat(sys.argv[1]))
"""


@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_or_doubled_when_the_worker_is_killed_in_the_middle(hears: Hears, smtp_sink: SmtpSink) -> None:
    slugs = [new_public_id() for _ in range(6)]
    for number, slug in enumerate(slugs):
        happen_tomorrow(number, slug=slug)
    worker = subprocess.Popen(
        [sys.executable, "-c", DRAIN_AND_STOP_IN_THE_MIDDLE, TOMORROW.isoformat()],
        env=environment(smtp_sink),
        stdout=subprocess.PIPE,
    )
    try:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"in the middle\n"
    finally:
        os.kill(worker.pid, 9)
        worker.communicate()
    assert not Portal.objects.filter(slug__in=slugs).exists()

    hears(lambda event: Portal.objects.create(name="x", slug=event.data["slug"]), "test.happened")
    # The server gives the rows free once it has noticed that their owner is gone.
    eventually(lambda: drain(at=TOMORROW) and not Event.objects.filter(handled_at=None).exists())
    assert set(Portal.objects.values_list("slug", flat=True)) == set(slugs)
