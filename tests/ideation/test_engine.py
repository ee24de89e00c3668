import math
import re

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import Person
from activity.models import Event
from activity.services import record
from ideas.models import Idea
from ideation.celery import app
from notifications.models import Delivery, Kind, Reason, State
from votes.folding import fold
from votes.models import Fold
from votes.services import cast_vote

TOKEN = "a-token-of-the-operator"


@pytest.fixture
def figures(client: Client, settings: Settings) -> "Read":
    settings.METRICS_TOKEN = TOKEN
    return Read(client)


class Read:
    """Reads /metrics as Prometheus does: the value by name and labels."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def __call__(self) -> dict[str, float]:
        answer = self.client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
        text = answer.content.decode()
        assert text.endswith("\n")
        samples = [line for line in text.splitlines() if not line.startswith("#")]
        assert all(re.fullmatch(r'ideation_\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? \S+', line) for line in samples)
        return {name: float(value) for name, _space, value in (line.rpartition(" ") for line in samples)}


@pytest.mark.django_db
def test_there_is_no_such_page_unless_it_is_configured_and_the_token_fits(client: Client, settings: Settings) -> None:
    for configured, sent in (("", "Bearer "), ("", ""), (TOKEN, ""), (TOKEN, "Bearer other"), (TOKEN, TOKEN)):
        settings.METRICS_TOKEN = configured
        assert client.get("/metrics", headers={"Authorization": sent}).status_code == 404
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_figures_tell_what_waits(figures: Read, idea: Idea, member: Person) -> None:
    fold()
    before = figures()
    assert before["ideation_fold_watermark"] == Fold.objects.get().mark
    assert before['ideation_order_version{order="trending",version="trending-1"}'] == 1
    assert before["ideation_fold_lag_seconds"] == 0
    cast_vote(idea, voter=member)
    event = record("idea.test", subject_type="idea", subject_id=idea.pk)
    Delivery.objects.create(event=event, person=member, kind=Kind.COMMENT, reason=Reason.AUTHOR)
    Delivery.objects.create(
        event=Event.objects.exclude(pk=event.pk).first(),
        person=member,
        kind=Kind.COMMENT,
        reason=Reason.AUTHOR,
        state=State.PARKED,
    )
    after = figures()
    assert after["ideation_fold_lag_seconds"] > 0
    assert after["ideation_events_waiting"] == before["ideation_events_waiting"] + 1
    assert (after["ideation_deliveries_waiting"], after["ideation_deliveries_failed"]) == (1, 1)


@pytest.mark.django_db
def test_tasks_in_the_queue_are_counted(figures: Read) -> None:
    app.control.purge()
    for _ in range(2):
        app.send_task("tests.nobody_knows_it")
    assert figures()["ideation_tasks_waiting"] == 2
    app.control.purge()
    assert figures()["ideation_tasks_waiting"] == 0


@pytest.mark.django_db
def test_the_rest_is_told_while_the_broker_is_gone(figures: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.conf, "broker_url", "redis+socket:///nowhere/valkey.sock")
    assert math.isnan(figures()["ideation_tasks_waiting"])


def test_administrators_see_the_same_in_the_admin(administrator: Person, client: Client) -> None:
    client.force_login(administrator)
    page = client.get("/admin/engine/").content.decode()
    assert "trending-1" in page
    assert 'data-figure="fold_lag_seconds"' in page
