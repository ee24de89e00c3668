"""Mails go out once, whatever fails: an address, a password, the server, the worker."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Person
from activity.draining import drain
from activity.models import Event
from activity.tasks import drain_events
from ideas.models import Board, Idea
from ideas.services.comments import post_comment
from ideas.services.following import mute_idea
from ideas.services.moderation import change_status, hide_idea
from notifications.models import Delivery, State
from notifications.services.preferences import set_preferences
from notifications.services.replaying import replay_all, replay_delivery
from notifications.services.sending import LEASE, TRIES, TURN, send_due, send_in_turn
from tests.notifications.support import forget_deliveries, give_votes
from tests.support.mail import SmtpSink
from tests.support.ports import free_port
from tests.support.scene import make_board, make_idea, make_person
from tests.support.waiting import eventually
from tests.support.worker import environment

# Deliveries of these tests are due in a day: the worker that other tests keep running must not take them.
TOMORROW = timezone.now() + timedelta(days=1)


def queue_mails(idea: Idea, *people: Person) -> None:
    """Let `people` be told that the idea is planned, and nobody of anything else; due tomorrow."""
    forget_deliveries()
    give_votes(idea, *people)
    change_status(idea, status="planned", by=idea.author)
    drain()
    Delivery.objects.update(next_attempt_at=TOMORROW)


def states() -> dict[str | None, str]:
    return dict(Delivery.objects.values_list("person__email", "state"))


@pytest.mark.django_db
def test_everybody_gets_one_mail_when_it_is_sent(idea: Idea, smtp_sink: SmtpSink) -> None:
    ann, bob = make_person(email="ann@example.com"), make_person(email="bob@example.com")
    queue_mails(idea, ann, bob)
    assert send_due(at=TOMORROW) == 2
    assert send_due(at=TOMORROW + timedelta(days=1)) == 0
    assert sorted(str(mail["To"]) for mail in smtp_sink.messages) == ["ann@example.com", "bob@example.com"]
    assert set(states().values()) == {State.SENT}
    assert all(Delivery.objects.values_list("sent_at", flat=True))


@pytest.mark.django_db
def test_one_refused_address_stops_no_other_mail(idea: Idea, smtp_sink: SmtpSink) -> None:
    people = [make_person(email=f"{name}@example.com") for name in ("one", "two", "three")]
    queue_mails(idea, *people)
    smtp_sink.refuse("two@example.com")
    assert send_due(at=TOMORROW) == 2
    assert states() == {"one@example.com": "sent", "two@example.com": "failed", "three@example.com": "sent"}
    failed = Delivery.objects.get(state=State.FAILED)
    assert failed.last_error == "550 5.1.1 no such mailbox here"
    assert failed.next_attempt_at > TOMORROW


@pytest.mark.django_db
def test_a_mail_is_tried_ever_more_rarely_then_parked_and_can_be_replayed(idea: Idea, smtp_sink: SmtpSink) -> None:
    queue_mails(idea, make_person(email="gone@example.com"))
    smtp_sink.refuse("gone@example.com")
    at, waits = TOMORROW, []
    for _ in range(TRIES):
        assert send_due(at=at) == 0
        delivery = Delivery.objects.get()
        waits.append(delivery.next_attempt_at - at)
        at = delivery.next_attempt_at
    assert (delivery.state, delivery.attempts) == (State.PARKED, TRIES)
    assert waits == sorted(waits)
    assert timedelta(seconds=48) <= waits[0] <= timedelta(seconds=72)
    assert sum(waits[:-1], timedelta()) > timedelta(hours=10)
    assert send_due(at=at + timedelta(days=365)) == 0

    smtp_sink.refused.clear()
    assert replay_delivery(delivery)
    assert send_due(at=TOMORROW) == 1
    assert not replay_delivery(delivery)


@contextmanager
def server_with_password(password: bytes) -> Iterator[SmtpSink]:
    """A mail server that lets in user `mailer` with `password`."""
    sink = SmtpSink()

    def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        knows = isinstance(data, LoginPassword) and data.password == password
        return AuthResult(success=knows, handled=False)

    controller = Controller(
        sink, hostname=sink.host, port=sink.port, authenticator=authenticate, auth_require_tls=False, auth_required=True
    )
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


@pytest.fixture
def settings_of(settings: Settings) -> Settings:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    return settings


@pytest.mark.django_db
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_wrong_password_fails_all_mails_until_it_is_mended_and_they_are_replayed(
    idea: Idea, settings_of: Settings
) -> None:
    queue_mails(idea, *[make_person() for _ in range(60)])  # more than one batch
    with server_with_password(b"right") as sink:
        settings_of.EMAIL_PORT = sink.port
        settings_of.EMAIL_HOST_USER, settings_of.EMAIL_HOST_PASSWORD = "mailer", "wrong"
        assert send_due(at=TOMORROW) == 0
        assert set(states().values()) == {State.FAILED}
        assert set(Delivery.objects.values_list("last_error", "attempts")) == {
            ("535 5.7.8 Authentication credentials invalid", 1)
        }

        settings_of.EMAIL_HOST_PASSWORD = "right"
        assert replay_all() == 60
        assert send_due(at=TOMORROW) == 60
        assert len(sink.messages) == 60


@pytest.mark.django_db
def test_a_server_that_is_away_is_asked_once_a_run(idea: Idea, settings_of: Settings) -> None:
    queue_mails(idea, *[make_person() for _ in range(3)])
    settings_of.EMAIL_PORT = free_port()
    assert send_due(at=TOMORROW) == 0
    assert set(Delivery.objects.values_list("state", "last_error", "attempts")) == {
        (State.FAILED, "Connection refused", 1)
    }


@pytest.mark.django_db
def test_a_mail_that_nobody_wants_any_more_is_skipped(
    board: Board, idea: Idea, author: Person, smtp_sink: SmtpSink
) -> None:
    muted, off, gone = make_person("muted"), make_person("off"), make_person("gone")
    queue_mails(idea, muted, off, gone)
    mute_idea(idea, person=muted)
    set_preferences(off, changes=False)
    Person.objects.filter(pk=gone.pk).update(is_active=False)
    assert send_due(at=TOMORROW) == 0
    assert set(states().values()) == {State.SKIPPED}
    assert smtp_sink.messages == []


@pytest.mark.django_db
def test_a_mail_about_what_was_hidden_meanwhile_is_skipped(idea: Idea, colleague: Person, smtp_sink: SmtpSink) -> None:
    voter = make_person("voter")
    queue_mails(idea, voter, colleague)
    hide_idea(idea, by=colleague)
    assert send_due(at=TOMORROW) == 1
    assert states() == {voter.email: State.SKIPPED, colleague.email: State.SENT}


class SlowServer(SmtpSink):
    """Takes a mail, and answers only when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = threading.Event()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        while not self.answers.is_set():
            await server.loop.run_in_executor(None, self.answers.wait, 0.1)
        return answer


SEND = """
import sys, django
from datetime import datetime
django.setup()
from notifications.services.sending import send_due
send_due(at=datetime.fromisoformat(sys.argv[1]))
"""


@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_and_a_repeat_carries_the_same_message_id_when_the_sender_is_killed(
    idea: Idea, settings_of: Settings
) -> None:
    server = SlowServer()
    settings_of.EMAIL_PORT = server.port
    controller = Controller(server, hostname=server.host, port=server.port)
    controller.start()
    try:
        queue_mails(idea, *[make_person() for _ in range(3)])
        killed = subprocess.Popen([sys.executable, "-c", SEND, TOMORROW.isoformat()], env=environment(server))
        try:
            eventually(lambda: server.messages, timeout=60)
        finally:
            os.kill(killed.pid, signal.SIGKILL)
            killed.wait()
        assert set(states().values()) == {State.PENDING}
        server.answers.set()

        assert send_due(at=TOMORROW + LEASE - timedelta(seconds=1)) == 0  # leased by the dead one still
        assert send_due(at=TOMORROW + LEASE) == 3
        ids = [str(mail["Message-ID"]) for mail in server.messages]
        assert len(ids) == 4
        assert set(ids) == {delivery.message_id for delivery in Delivery.objects.all()}
    finally:
        server.answers.set()
        controller.stop()


@pytest.mark.django_db(transaction=True)
def test_no_mail_goes_twice_when_several_send(idea: Idea, smtp_sink: SmtpSink) -> None:
    queue_mails(idea, *[make_person() for _ in range(120)])

    def send_and_close() -> None:
        try:
            send_due(at=TOMORROW)
        finally:
            connection.close()

    senders = [threading.Thread(target=send_and_close) for _ in range(3)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert len(smtp_sink.messages) == 120
    assert len({str(mail["Message-ID"]) for mail in smtp_sink.messages}) == 120


@pytest.mark.django_db
def test_one_mail_that_cannot_be_written_stops_no_other(idea: Idea, smtp_sink: SmtpSink) -> None:
    queue_mails(idea, make_person(email="one@example.com"), make_person(email="two@example.com"))
    Delivery.objects.filter(person__email="one@example.com").update(reason="nonsense")
    assert send_due(at=TOMORROW) == 1
    assert states() == {"one@example.com": State.FAILED, "two@example.com": State.SENT}
    assert "nonsense" in Delivery.objects.get(state=State.FAILED).last_error


@pytest.mark.django_db
def test_what_time_does_not_allow_is_due_again_at_once(idea: Idea, smtp_sink: SmtpSink) -> None:
    queue_mails(idea, *[make_person() for _ in range(3)])
    assert send_due(at=TOMORROW, seconds=0) == 1  # one goes in any case, or a slow server would stop all for ever
    assert send_due(at=TOMORROW) == 2


@pytest.mark.django_db
def test_one_process_at_a_time_sends_so_that_others_have_theirs(idea: Idea, smtp_sink: SmtpSink) -> None:
    queue_mails(idea, make_person())
    Delivery.objects.update(next_attempt_at=timezone.now())
    cache.set(TURN, True, 60)
    send_in_turn()
    assert smtp_sink.messages == []
    cache.delete(TURN)
    send_in_turn()
    assert len(smtp_sink.messages) == 1
    assert cache.get(TURN) is None


@pytest.mark.django_db(transaction=True)
def test_a_mail_arrives_within_seconds_when_all_is_well(
    celery_worker: "subprocess.Popen[bytes]", smtp_sink: SmtpSink
) -> None:
    author = make_person("Ann Author", email="ann@example.com")
    idea = make_idea(make_board(), author=author, title="Pay by invoice")
    post_comment(idea, author=make_person("Will Writer"), body="Yes, yes.")
    [mail] = eventually(lambda: smtp_sink.to("ann@example.com"))
    assert mail["Subject"] == "New comment: Pay by invoice"
    eventually(lambda: states().get("ann@example.com") == State.SENT)


POST_WITHOUT_BROKER = """
import sys, time, django
django.setup()
from accounts.models import Person
from ideas.models import Idea
from ideas.services.comments import post_comment

idea, writer = Idea.objects.get(pk=sys.argv[1]), Person.objects.get(pk=sys.argv[2])
started = time.monotonic()
post_comment(idea, author=writer, body="Is anybody there?")
print(time.monotonic() - started)
"""


@pytest.mark.django_db(transaction=True)
def test_a_mail_comes_later_when_the_broker_was_away_while_posting(
    celery_worker: "subprocess.Popen[bytes]", smtp_sink: SmtpSink
) -> None:
    author = make_person("Ann Author", email="ann@example.com")
    idea = make_idea(make_board(), author=author, title="Pay by invoice")
    posted = subprocess.run(
        [sys.executable, "-c", POST_WITHOUT_BROKER, str(idea.pk), str(make_person().pk)],
        env=environment(smtp_sink) | {"REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"},
        capture_output=True,
        check=True,
    )
    assert float(posted.stdout) < 1
    assert Event.objects.get(verb="comment.posted").handled_at is None
    drain_events.apply_async()  # as the scheduler does every few seconds
    eventually(lambda: smtp_sink.to("ann@example.com"), timeout=30)
