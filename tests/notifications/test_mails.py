"""What a mail says, in whose language, and how it is stopped."""

import re
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import parseaddr
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import resolve

from accounts.models import Person
from activity.draining import drain
from ideas.models import Board, Follow, Idea
from ideas.services.comments import post_comment
from ideas.services.moderation import assign_idea, change_status, respond
from notifications.models import Delivery, NewIdeas, Preference
from notifications.services.sending import send_due
from tests.notifications.support import forget_deliveries, give_votes, text_of
from tests.support.mail import SmtpSink
from tests.support.scene import make_board, make_idea, make_person, make_portal, make_team
from votes.services.merging import merge_ideas, undo_merge

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(idea: Idea, smtp_sink: SmtpSink) -> Callable[[Person], EmailMessage]:
    """Return what gets the mail that a person is sent for what happened in the test."""
    forget_deliveries()

    def mail_to(person: Person) -> EmailMessage:
        drain()
        send_due()
        [mail] = smtp_sink.to(str(person.email))
        return mail

    return mail_to


Sent = Callable[[Person], EmailMessage]


def links_in(text: str) -> list[str]:
    return re.findall(r"https?://[^\s\"<>]+", text)


def test_a_mail_says_what_changed_why_it_came_where_to_go_and_how_to_stop(
    idea: Idea, author: Person, colleague: Person, sent: Sent
) -> None:
    change_status(idea, status="planned", by=colleague, response="In the next quarter.")
    mail = sent(author)
    lines = text_of(mail).splitlines()
    assert mail["Subject"] == "Planned: Pay by invoice"
    assert lines[0] == "You get this mail because “Pay by invoice” is your idea."
    assert "“Pay by invoice” is now “Planned”; it was “Open”. The team says:" in lines
    assert "In the next quarter." in lines
    page, stop = links_in(text_of(mail))
    assert page == f"{settings.BASE_URL}/ideas/{idea.public_id}/pay-by-invoice/"
    assert resolve(urlsplit(page).path).kwargs["public_id"] == idea.public_id
    assert stop.startswith(f"{settings.BASE_URL}/notifications/unsubscribe/")
    assert links_in(text_of(mail, "html")) == [page, stop]
    assert "<blockquote" in text_of(mail, "html")


def test_a_mail_comes_from_the_portal(idea: Idea, author: Person, colleague: Person, sent: Sent) -> None:
    portal = idea.board.portal
    portal.name, portal.sender_email = "Grüne Wiese GmbH", "ideen@example.org"
    portal.save(update_fields=["name", "sender_email"])
    respond(idea, body="Yes.", by=colleague)
    assert parseaddr(str(sent(author)["From"])) == ("Grüne Wiese GmbH", "ideen@example.org")


def test_each_reads_their_own_language(idea: Idea, colleague: Person, sent: Sent, smtp_sink: SmtpSink) -> None:
    english, german = make_person("Vic Voter"), make_person("Wanda Wahl", language="de")
    give_votes(idea, english, german)
    change_status(idea, status="planned", by=colleague, response="OK.")
    in_english, in_german = sent(english), sent(german)
    assert in_english["Subject"] == "Planned: Pay by invoice"
    assert in_german["Subject"] == "Geplant: Pay by invoice"
    assert "You get this mail because you voted" in text_of(in_english)
    shared = {line for line in text_of(in_english).splitlines() if line} & set(text_of(in_german).splitlines())
    assert shared == {"OK.", "-- ", "Think along"}
    assert '<html lang="de">' in text_of(in_german, "html")


def test_a_new_idea_is_quoted(board: Board, colleague: Person, sent: Sent) -> None:
    make_idea(board, author=make_person("Bea"), title="Dark <mode>", body="My eyes & ears hurt.")
    mail = sent(colleague)
    assert mail["Subject"] == "New idea: Dark <mode>"
    assert text_of(mail).startswith("You get this mail because your team looks after “Checkout”.")
    assert "Bea shared an idea on “Checkout”:" in text_of(mail)
    assert "My eyes & ears hurt." in text_of(mail)
    assert "Dark &lt;mode&gt;" in text_of(mail, "html")


def test_comments_answers_notes_and_assignments_are_told_by_their_subject(
    idea: Idea, author: Person, colleague: Person, sent: Sent, smtp_sink: SmtpSink
) -> None:
    boss = make_person("Bo Boss", role="administrator")
    post_comment(idea, author=make_person("Cleo"), body="I need it, too.")
    mail = sent(author)
    assert (mail["Subject"], "Cleo wrote:" in text_of(mail)) == ("New comment: Pay by invoice", True)
    assign_idea(idea, assignee=colleague, by=boss)
    mail = sent(colleague)
    assert (mail["Subject"], "Bo Boss asks" in text_of(mail)) == ("Assigned to you: Pay by invoice", True)
    smtp_sink.clear()
    post_comment(idea, author=boss, body="Ask legal.", is_internal=True)
    mail = sent(colleague)
    assert (mail["Subject"], "Bo Boss noted" in text_of(mail)) == ("Internal note: Pay by invoice", True)
    smtp_sink.clear()
    respond(idea, body="We are at it.", by=colleague)
    mail = sent(author)
    assert (mail["Subject"], "We are at it." in text_of(mail)) == ("Answered: Pay by invoice", True)


def test_voters_of_a_duplicate_are_told_where_it_goes_on(
    board: Board, idea: Idea, colleague: Person, sent: Sent, smtp_sink: SmtpSink
) -> None:
    voter, other_voter = make_person("Vic Voter"), make_person("Otto Other")
    duplicate = make_idea(board, title="Invoices, please")
    forget_deliveries()
    give_votes(duplicate, voter)
    give_votes(idea, other_voter)
    merge_ideas(duplicate, into=idea, by=colleague)
    mail = sent(voter)
    assert mail["Subject"] == "Merged: Invoices, please"
    assert "goes on there" in text_of(mail)
    assert f"/ideas/{idea.public_id}/" in links_in(text_of(mail))[0]
    assert smtp_sink.to(str(other_voter.email)) == []
    smtp_sink.clear()
    undo_merge(duplicate, by=colleague)
    assert sent(voter)["Subject"] == "On its own again: Invoices, please"


def test_a_merge_into_a_private_idea_is_told_to_nobody_outside(
    idea: Idea, author: Person, colleague: Person, sent: Sent, smtp_sink: SmtpSink
) -> None:
    private = make_idea(make_board(seen_by="team", team=make_team()), title="Secret plan")
    forget_deliveries()
    merge_ideas(idea, into=private, by=colleague)
    drain()
    assert send_due() == 0
    assert smtp_sink.messages == []


@pytest.mark.parametrize("title", ["Hello\r\nBcc: all@example.com", "Hello\nBcc: x", "Hello\x1b", "Hello\u2028there"])
def test_a_title_cannot_add_headers(idea: Idea, author: Person, colleague: Person, sent: Sent, title: str) -> None:
    Idea.objects.filter(pk=idea.pk).update(title=title)
    portal = idea.board.portal
    portal.sender_name = "Us\r\nBcc: all@example.com"
    portal.save(update_fields=["sender_name"])
    respond(idea, body="Yes.", by=colleague)
    mail = sent(author)
    assert mail["Bcc"] is None
    assert mail["To"] == author.email
    assert str(mail["Subject"]).startswith("Answered: Hello")


def stop_address(mail: EmailMessage) -> str:
    header = str(mail["List-Unsubscribe"]).strip()
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (header[0], header[-1]) == ("<", ">")
    return urlsplit(header[1:-1]).path


def test_one_click_stops_the_kind_without_session_or_csrf(
    idea: Idea, author: Person, colleague: Person, sent: Sent
) -> None:
    respond(idea, body="Yes.", by=colleague)
    address = stop_address(sent(author))
    stranger = Client(enforce_csrf_checks=True)
    for _ in range(2):
        assert stranger.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Preference.objects.get(person=author).changes is False
    assert Preference.objects.get(person=author).comments is True
    respond(idea, body="No.", by=colleague)
    drain()
    assert not Delivery.objects.filter(person=author, state="pending").exists()


def test_opening_the_link_changes_nothing_and_offers_both_ways(
    idea: Idea, author: Person, colleague: Person, sent: Sent, client: Client
) -> None:
    respond(idea, body="Yes.", by=colleague)
    address = stop_address(sent(author))
    page = client.get(address)
    assert page.status_code == 200
    assert "Stop mails about ideas you backed" in page.content.decode()
    assert not Preference.objects.exists()
    client.post(address, {"stop": "idea"})
    assert Follow.objects.get(idea=idea, person=author).muted
    assert not Preference.objects.exists()


def test_one_click_in_a_digest_or_a_mail_of_a_new_idea_ends_both(board: Board, colleague: Person, sent: Sent) -> None:
    make_idea(board)
    Client().post(stop_address(sent(colleague)), {"List-Unsubscribe": "One-Click"})
    assert Preference.objects.get(person=colleague).new_ideas == NewIdeas.NEVER


@pytest.mark.parametrize("token", ["x", "WzEsImNoYW5nZSIsMV0:forged"])
def test_a_forged_link_is_not_found(client: Client, token: str) -> None:
    assert client.post(f"/notifications/unsubscribe/{token}/").status_code == 404


def test_a_link_whose_person_is_gone_is_not_found(idea: Idea, colleague: Person, sent: Sent, client: Client) -> None:
    voter = make_person()
    give_votes(idea, voter)
    respond(idea, body="Yes.", by=colleague)
    address = stop_address(sent(voter))
    idea.votes.all().delete()
    voter.delete()
    assert client.get(address).status_code == 404


def test_a_mail_goes_out_when_the_portal_has_no_own_sender(board: Board, colleague: Person, sent: Sent) -> None:
    make_idea(make_board(portal=make_portal(name="Second, “best”"), team=board.team))
    name, address = parseaddr(str(sent(colleague)["From"]))
    assert (name, address) == ("Second, “best”", parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
