import pytest
from django.test import Client

from accounts.models import Person
from customers.models import Contact
from customers.services import person_for_contact
from ideas.models import Board, Idea
from ideas.services.ideas import withdraw_idea
from ideas.services.moderation import hide_idea, move_idea, respond
from notifications.selectors import preferences_of
from tests.frontend.conftest import SignedIn
from tests.frontend.support import text, titles
from tests.support.folding import fold_all
from tests.support.scene import make_idea
from votes.folding import fold
from votes.services import cast_vote, merge_ideas, publish_ledger

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("url", ["/me/", "/profile/"])
def test_own_pages_ask_for_sign_in(client: Client, board: Board, url: str) -> None:
    assert client.get(url)["Location"] == f"/accounts/login/?next={url.replace('/', '%2F')}"


def test_me_shows_own_ideas_and_those_voted_on(signed_in: SignedIn, idea: Idea, board: Board, member: Person) -> None:
    own = make_idea(board, author=member, title="My own idea")
    cast_vote(idea, voter=member)
    assert titles(signed_in(member).get("/me/")) == [own.title, idea.title]


def test_me_invites_when_there_is_nothing(signed_in: SignedIn, board: Board, member: Person) -> None:
    shown = text(signed_in(member).get("/me/"))
    assert "You have not posted an idea yet." in shown
    assert "You have not voted yet." in shown


def test_me_leaves_out_what_the_team_hid(signed_in: SignedIn, idea: Idea, author: Person, team_member: Person) -> None:
    hide_idea(idea, by=team_member)
    assert titles(signed_in(author).get("/me/")) == []


def test_me_leaves_out_what_the_team_took_to_a_board_that_the_author_does_not_see(
    signed_in: SignedIn, idea: Idea, author: Person, administrator: Person, private_board: Board
) -> None:
    move_idea(idea, board=private_board, by=administrator)
    respond(idea, body="We buy the rival instead.", by=administrator)
    shown = text(signed_in(author).get("/me/"))
    assert titles(signed_in(author).get("/me/")) == []
    assert private_board.name not in shown
    assert "rival" not in shown


def test_me_says_what_became_of_ideas_that_no_list_has(
    signed_in: SignedIn, idea: Idea, author: Person, team_member: Person
) -> None:
    withdraw_idea(make_idea(idea.board, author=author), by=author)
    merge_ideas(make_idea(idea.board, author=author), into=idea, by=team_member)
    shown = text(signed_in(author).get("/me/"))
    assert "<span>Withdrawn</span>" in shown
    assert "<span>Merged into another idea</span>" in shown
    assert shown.count('class="vote vote-closed"') == 2


def test_profile_changes_name_language_and_time_zone(signed_in: SignedIn, board: Board, member: Person) -> None:
    client = signed_in(member)
    asked = {"display_name": "Maxi", "language": "de", "time_zone": "America/Lima"}
    response = client.post("/profile/", asked, follow=True)
    member.refresh_from_db()
    assert (member.display_name, member.language, member.time_zone) == ("Maxi", "de", "America/Lima")
    assert "Gespeichert." in text(response)
    assert '<html lang="de"' in text(response)


def test_profile_refuses_unknown_zones_and_keeps_the_rest(signed_in: SignedIn, board: Board, member: Person) -> None:
    asked = {"display_name": "Maxi", "language": "de", "time_zone": "Mars/Olympus"}
    response = signed_in(member).post("/profile/", asked)
    assert response.status_code == 400
    assert 'value="Maxi"' in text(response)
    member.refresh_from_db()
    assert member.display_name == "Max Member"


def test_linked_partners_are_listed_and_unlinked(signed_in: SignedIn, board: Board, member: Person) -> None:
    person_for_contact(source="crm", external_id="c-1", name="Maxi")
    contact = Contact.objects.get()
    client = signed_in(member)
    assert "Partners" not in text(client.get("/profile/"))
    for strange in (str(contact.pk), "", "²", "9" * 30):
        assert client.post("/profile/unlink/", {"contact": strange}).status_code == 404
    Contact.objects.update(person=member)
    assert "Maxi (crm)" in text(client.get("/profile/"))
    after = client.post("/profile/unlink/", {"contact": contact.pk}, follow=True)
    assert "Maxi (crm)" not in text(after)
    assert person_for_contact(source="crm", external_id="c-1") != member


def test_mails_are_chosen_in_the_profile(signed_in: SignedIn, board: Board, member: Person) -> None:
    client = signed_in(member)
    assert "New ideas on my team" not in text(client.get("/profile/"))
    client.post("/profile/mails/", {"changes": "on"})
    assert (preferences_of(member).changes, preferences_of(member).comments) == (True, False)


def test_team_chooses_how_it_hears_of_new_ideas(signed_in: SignedIn, team_member: Person, board: Board) -> None:
    client = signed_in(team_member)
    assert "New ideas on my team" in text(client.get("/profile/"))
    client.post("/profile/mails/", {"new_ideas": "daily", "digest_hour": "9", "notes": "on"})
    chosen = preferences_of(team_member)
    assert (chosen.new_ideas, chosen.digest_hour, chosen.notes, chosen.changes) == ("daily", 9, True, False)
    assert client.post("/profile/mails/", {"new_ideas": "hourly", "digest_hour": "9"}).status_code == 400


def test_pages_speak_the_language_of_the_person_unless_the_browser_chose(
    signed_in: SignedIn, board: Board, member: Person
) -> None:
    Person.objects.filter(pk=member.pk).update(language="de")
    client = signed_in(member)
    assert '<html lang="de"' in text(client.get("/"))
    client.post("/view-settings/", {"language": "en"})
    assert '<html lang="en"' in text(client.get("/"))


@pytest.mark.django_db(transaction=True)
def test_a_voter_gets_a_receipt_of_a_public_board(signed_in: SignedIn, board: Board, member: Person) -> None:
    fold()
    cast_vote(make_idea(board), voter=member)
    fold_all()
    client = signed_in(member)
    address = f"/me/receipts/{board.slug}/"
    assert address not in text(client.get("/me/")), "off, unless the team says so"
    Board.objects.update(publishes_votes=True)
    assert address in text(client.get("/me/"))
    assert client.get(address).status_code == 404, "nothing is published yet"
    publish_ledger()
    assert [line["new"] for line in client.get(address).json()["lines"]] == ["1"]
    Board.objects.update(counts_shown="after_vote")
    assert client.get(address).status_code == 403
    assert address not in text(client.get("/me/"))
