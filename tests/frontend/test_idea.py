import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import Person
from ideas.models import Board, Comment, Follow, Idea
from ideas.services.comments import hide_comment, post_comment
from ideas.services.ideas import edit_idea, withdraw_idea
from ideas.services.moderation import change_status, hide_idea, lock_idea
from tests.frontend.conftest import SignedIn
from tests.frontend.support import do, page, text
from tests.support.scene import make_idea, make_person
from votes.services import merge_ideas

pytestmark = pytest.mark.django_db
EVIL = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


def test_idea_page_shows_the_idea(client: Client, board: Board, author: Person) -> None:
    idea = make_idea(board, author=author, title="Dark theme", body="It is **bright** at night.")
    response = client.get(page(idea))
    assert response.status_code == 200
    assert "<strong>bright</strong>" in text(response)
    assert f'<link rel="canonical" href="http://127.0.0.1:8000{page(idea)}">' in text(response)
    assert 'lang="en"' in text(response)


def test_older_and_shorter_addresses_lead_on(client: Client, idea: Idea, author: Person) -> None:
    old = page(idea)
    idea = edit_idea(idea, by=author, title="A calmer theme")
    for address in (old, f"/ideas/{idea.public_id}/", f"/ideas/{idea.public_id}/nonsense/"):
        response = client.get(address)
        assert (response.status_code, response["Location"]) == (301, page(idea))


def test_unknown_idea_is_not_there(client: Client, board: Board) -> None:
    assert client.get("/ideas/zzzzzzzzzzzz/what/").status_code == 404


def test_private_hidden_and_withdrawn_ideas_are_not_there_for_others(
    client: Client, signed_in: SignedIn, private_board: Board, board: Board, author: Person, member: Person,
    team_member: Person,
) -> None:  # fmt: skip
    private, hidden, withdrawn = make_idea(private_board), make_idea(board), make_idea(board, author=author)
    hide_idea(hidden, by=team_member)
    withdraw_idea(withdrawn, by=author)
    for idea in (private, hidden, withdrawn):
        assert client.get(page(idea)).status_code == 404
        assert signed_in(member).get(page(idea)).status_code == 404
        assert signed_in(team_member).get(page(idea)).status_code == 200
    assert "Bring it back" in text(signed_in(author).get(page(withdrawn)))


def test_similar_ideas_show_what_they_say_now(client: Client, idea: Idea, board: Board, team_member: Person) -> None:
    hidden, edited = (make_idea(board, title=f"{idea.title}, {word}") for word in ("secretly", "quickly"))
    assert all(other.title in text(client.get(page(idea))) for other in (hidden, edited))
    hide_idea(hidden, by=team_member)
    edit_idea(edited, by=team_member, title="Something else altogether")
    shown = text(client.get(page(idea)))
    assert "Something else altogether" in shown
    assert not any(other.title in shown for other in (hidden, edited))


def test_merged_idea_leads_to_where_it_goes_on(client: Client, idea: Idea, board: Board, team_member: Person) -> None:
    target = make_idea(board, title="The one that stays")
    merge_ideas(idea, into=target, by=team_member)
    shown = text(client.get(page(idea)))
    assert page(target) in shown
    assert "This idea was merged." in shown
    assert idea.title in text(client.get(page(target)))


def test_private_ideas_are_not_for_search_engines(
    signed_in: SignedIn, private_board: Board, team_member: Person
) -> None:
    idea = make_idea(private_board)
    assert 'content="noindex"' in text(signed_in(team_member).get(page(idea)))


def test_nothing_that_people_write_runs(signed_in: SignedIn, client: Client, board: Board, member: Person) -> None:
    author = make_person(f"A{EVIL}"[:80])
    idea = make_idea(board, author=author, title=f"T {EVIL}", body=f"B {EVIL} [x](javascript:alert(1))",
                     tags=(f"t{EVIL}"[:40],), makes_tags=True)  # fmt: skip
    post_comment(idea, author=author, body=f"C {EVIL}")
    for shown in (client.get(page(idea)), client.get("/"), signed_in(member).get(page(idea)),
                  client.get("/", {"q": EVIL}), client.get("/similar/", {"title": f"T {EVIL}"})):  # fmt: skip
        assert shown.status_code == 200
        assert "<script>" not in text(shown)
        assert "<img src=x" not in text(shown)
        assert 'href="javascript:' not in text(shown)


def test_story_tells_status_changes_and_earlier_answers(client: Client, idea: Idea, team_member: Person) -> None:
    change_status(idea, status="under_review", by=team_member, response="We look at it.")
    change_status(idea, status="planned", by=team_member, response="It comes in May.")
    shown = text(client.get(page(idea)))
    assert shown.index("Under review") < shown.index("We look at it.")
    assert "It comes in May." in shown


def test_comment_and_reply_appear(signed_in: SignedIn, idea: Idea, member: Person, author: Person) -> None:
    response = signed_in(member).post(do(idea, "comment"), {"body": "I need **this**."})
    comment = Comment.objects.get()
    assert response["Location"] == f"{page(idea)}#comment-{comment.public_id}"
    signed_in(author).post(do(idea, "comment"), {"body": "Thank you.", "parent": comment.public_id})
    shown = text(signed_in(member).get(page(idea)))
    assert "I need <strong>this</strong>." in shown
    assert shown.index("I need") < shown.index("Thank you.")
    assert Comment.objects.get(body="Thank you.").parent == comment


def test_refused_comment_keeps_its_text(signed_in: SignedIn, idea: Idea, member: Person) -> None:
    response = signed_in(member).post(do(idea, "comment"), {"body": "x" * 5001})
    assert response.status_code == 400
    assert "x" * 5001 in text(response)
    assert "1 characters too long" in text(response)
    assert not Comment.objects.exists()


def test_comment_asks_for_sign_in(client: Client, idea: Idea) -> None:
    assert "/accounts/login/" in client.post(do(idea, "comment"), {"body": "Hello"})["Location"]
    assert not Comment.objects.exists()


def test_comment_on_a_private_idea_finds_nothing(signed_in: SignedIn, private_board: Board, member: Person) -> None:
    assert signed_in(member).post(do(make_idea(private_board), "comment"), {"body": "Hello"}).status_code == 404


def test_reply_to_a_comment_elsewhere_is_refused(signed_in: SignedIn, idea: Idea, board: Board, member: Person) -> None:
    elsewhere = post_comment(make_idea(board), author=member, body="Over there")
    asked = {"body": "Hello", "parent": elsewhere.public_id}
    assert signed_in(member).post(do(idea, "comment"), asked).status_code == 404


def test_locked_idea_takes_no_comments(signed_in: SignedIn, idea: Idea, member: Person, team_member: Person) -> None:
    lock_idea(idea, by=team_member)
    client = signed_in(member)
    assert "What would this change for you?" not in text(client.get(page(idea)))
    assert client.post(do(idea, "comment"), {"body": "Hello"}).status_code == 409


def test_authors_edit_their_comments_and_nobody_else(
    signed_in: SignedIn, idea: Idea, member: Person, author: Person
) -> None:
    comment = post_comment(idea, author=member, body="First words")
    url = f"/comments/{comment.public_id}/edit/"
    assert "First words" in text(signed_in(member).get(url))
    assert signed_in(author).get(url).status_code == 403
    assert signed_in(member).post(url, {"body": ""}).status_code == 400
    signed_in(member).post(url, {"body": "Better words"})
    comment.refresh_from_db()
    assert comment.body == "Better words"


def test_withdrawn_comment_can_be_brought_back(signed_in: SignedIn, client: Client, idea: Idea, member: Person) -> None:
    comment = post_comment(idea, author=member, body="Too hasty")
    mine, url = signed_in(member), f"/comments/{comment.public_id}/show/"
    response = mine.post(url, {"do": "withdraw"}, follow=True)
    assert "Your comment is withdrawn." in text(response)
    assert "Undo" in text(response)
    assert "Too hasty" not in text(client.get(page(idea)))
    mine.post(url, {"do": "return"})
    assert "Too hasty" in text(client.get(page(idea)))


def test_only_the_author_withdraws_and_only_the_team_hides(
    signed_in: SignedIn, idea: Idea, member: Person, author: Person, team_member: Person
) -> None:
    comment = post_comment(idea, author=member, body="Hello there")
    url = f"/comments/{comment.public_id}/show/"
    assert signed_in(author).post(url, {"do": "withdraw"}).status_code == 403
    assert signed_in(member).post(url, {"do": "hide"}).status_code == 403
    assert signed_in(member).post(url, {"do": "nonsense"}).status_code == 400
    assert signed_in(team_member).post(url, {"do": "hide"}).status_code == 302
    comment.refresh_from_db()
    assert comment.hidden_at


def test_hidden_comment_is_not_brought_back_by_its_author(
    signed_in: SignedIn, idea: Idea, member: Person, team_member: Person
) -> None:
    comment = post_comment(idea, author=member, body="Rude words")
    hide_comment(comment, by=team_member)
    assert signed_in(member).post(f"/comments/{comment.public_id}/show/", {"do": "return"}).status_code == 404


def test_author_edits_and_earlier_wordings_stay(
    signed_in: SignedIn, client: Client, idea: Idea, author: Person
) -> None:
    first = idea.title
    response = signed_in(author).post(do(idea, "edit"), {"title": "A calm theme", "body": "", "version": idea.version})
    idea.refresh_from_db()
    assert response["Location"] == page(idea)
    assert idea.title == "A calm theme"
    assert first in text(client.get(do(idea, "history")))


def test_edit_over_a_newer_version_is_refused_and_keeps_the_text(
    signed_in: SignedIn, idea: Idea, author: Person
) -> None:
    seen = idea.version
    edit_idea(idea, by=author, body="Written elsewhere meanwhile")
    asked = {"title": "My long new title", "body": "", "version": seen}
    response = signed_in(author).post(do(idea, "edit"), asked)
    assert response.status_code == 400
    assert "Somebody changed this in the meantime." in text(response)
    assert "My long new title" in text(response)


@pytest.mark.parametrize("what", ["edit", "withdraw", "return"])
def test_others_change_nothing_of_an_idea(
    signed_in: SignedIn, client: Client, idea: Idea, member: Person, what: str
) -> None:
    assert signed_in(member).post(do(idea, what), {"title": "Mine now"}).status_code == 403
    assert "/accounts/login/" in client.post(do(idea, what))["Location"]


def test_author_withdraws_and_brings_back(signed_in: SignedIn, client: Client, idea: Idea, author: Person) -> None:
    signed_in(author).post(do(idea, "withdraw"))
    assert client.get(page(idea)).status_code == 404
    signed_in(author).post(do(idea, "return"))
    assert client.get(page(idea)).status_code == 200


def test_following_and_muting(signed_in: SignedIn, idea: Idea, member: Person) -> None:
    client = signed_in(member)
    client.post(do(idea, "follow"), {"do": "follow"})
    assert not Follow.objects.get(person=member).muted
    client.post(do(idea, "follow"), {"do": "mute"})
    assert "No mail about this idea reaches you." in text(client.get(page(idea)))
    client.post(do(idea, "follow"), {"do": "unmute"})
    assert not Follow.objects.filter(person=member).exists()
    assert client.post(do(idea, "follow"), {"do": "nonsense"}).status_code == 400


def test_idea_page_costs_the_same_however_many_comments(
    signed_in: SignedIn, idea: Idea, member: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(member)
    client.get(page(idea))
    for number in range(30):
        post_comment(idea, author=make_person(f"Person {number}"), body=f"Comment {number}")
    with django_assert_num_queries(8):  # session, person, idea, comments, vote, events, duplicates, follow
        client.get(page(idea))


def test_author_is_not_asked_whether_they_want_their_own_idea(
    signed_in: SignedIn, idea: Idea, author: Person, member: Person
) -> None:
    assert "Do you want this too?" in text(signed_in(member).get(page(idea)))
    shown = text(signed_in(author).get(page(idea)))
    assert "Do you want this too?" not in shown
    assert "Your own vote counts too" in shown


def test_merged_idea_takes_no_part_any_more(
    signed_in: SignedIn, idea: Idea, author: Person, team_member: Person
) -> None:
    target = make_idea(idea.board, title="The one that stays")
    merge_ideas(idea, into=target, by=team_member)
    shown = text(signed_in(author).get(page(idea)))
    assert "Votes and discussion go on here" in shown
    for what in ("vote-box", do(idea, "follow"), do(idea, "comment"), do(idea, "withdraw"), do(idea, "edit")):
        assert what not in shown, what


def test_idea_of_this_minute_was_posted_just_now(client: Client, idea: Idea) -> None:
    assert ">just now</time>" in text(client.get(page(idea)))
