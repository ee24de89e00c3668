import pytest
from django.test import Client

from accounts.models import Person
from ideas.models import Board, Follow, Idea, Tag
from tests.frontend.conftest import SignedIn
from tests.frontend.support import page, text
from tests.support.scene import make_board, make_idea

pytestmark = pytest.mark.django_db
NEW = "/boards/web-shop/new/"


def test_idea_is_posted_and_followed(signed_in: SignedIn, board: Board, member: Person) -> None:
    Tag.objects.create(portal=board.portal, name="Theme")
    asked = {"board": "web-shop", "title": "  Dark   theme ", "body": "At night.", "tags": ["Theme"]}
    response = signed_in(member).post(NEW, asked)
    idea = Idea.objects.get()
    assert response["Location"] == page(idea)
    assert (idea.title, idea.body, idea.tags, idea.author) == ("Dark theme", "At night.", ["Theme"], member)
    assert Follow.objects.filter(idea=idea, person=member, muted=False).exists()


def test_form_asks_for_sign_in_and_comes_back(client: Client, board: Board) -> None:
    assert client.get(NEW)["Location"] == "/accounts/login/?next=%2Fboards%2Fweb-shop%2Fnew%2F"


@pytest.mark.parametrize(
    ("title", "body", "says"),
    [
        ("", "My long explanation", "The title is missing."),
        ("x" * 141, "My long explanation", "140"),
        ("Fine", "My long explanation" + "x" * 20_000, "20000"),
        ("Zero\x00byte", "My long explanation", "Null characters"),
    ],
)
def test_refused_idea_keeps_its_text(
    signed_in: SignedIn, board: Board, member: Person, title: str, body: str, says: str
) -> None:
    response = signed_in(member).post(NEW, {"board": "web-shop", "title": title, "body": body})
    assert response.status_code == 400
    assert says in text(response)
    assert "My long explanation" in text(response)
    assert not Idea.objects.exists()


def test_unknown_tag_or_board_is_refused(signed_in: SignedIn, board: Board, member: Person) -> None:
    client = signed_in(member)
    assert client.post(NEW, {"board": "web-shop", "title": "Fine", "tags": ["nope"]}).status_code == 400
    assert client.post(NEW, {"board": "nope", "title": "Fine"}).status_code == 400
    assert not Idea.objects.exists()


def test_private_board_is_not_there(signed_in: SignedIn, board: Board, private_board: Board, member: Person) -> None:
    client = signed_in(member)
    assert client.get("/boards/inside/new/").status_code == 404
    assert client.post(NEW, {"board": "inside", "title": "Sneaky"}).status_code == 400
    assert not Idea.objects.exists()


def test_closed_board_takes_nothing(signed_in: SignedIn, member: Person) -> None:
    make_board(slug="old", is_open=False)
    client = signed_in(member)
    assert client.get("/boards/old/new/").status_code == 403
    assert "/boards/old/new/" not in text(client.get("/boards/old/"))
    assert client.get("/new/").status_code == 403


def test_title_from_a_search_is_filled_in(signed_in: SignedIn, board: Board, member: Person) -> None:
    assert 'value="Dark theme"' in text(signed_in(member).get(NEW, {"title": "Dark theme"}))


def test_common_tags_of_the_board_are_at_hand_and_the_others_below(
    signed_in: SignedIn, board: Board, member: Person
) -> None:
    for name in "abcdefghijklm":
        Tag.objects.create(portal=board.portal, name=name)
    make_idea(board, tags=["m", "l"])
    make_idea(make_board(slug="other"), tags=["k"])
    near, further = text(signed_in(member).get(NEW, {"tags": "j"})).split("More tags")
    at_hand = [name for name in "abcdefghijklm" if f'value="{name}"' in near]
    assert at_hand == ["a", "b", "c", "d", "e", "j", "l", "m"]
    assert 'value="j" id="id_tags_9" checked' in near
    assert 'value="k"' in further


def test_board_chosen_in_the_form_brings_its_tags(signed_in: SignedIn, board: Board, member: Person) -> None:
    for name in "abcdefghij":
        Tag.objects.create(portal=board.portal, name=name)
    make_idea(make_board(slug="other"), tags=["j"])
    client = signed_in(member)
    assert 'value="j"' not in text(client.get("/new/", {"board": "web-shop"})).split("More tags")[0]
    assert 'value="j"' in text(client.get("/new/", {"board": "other"})).split("More tags")[0]


def test_similar_ideas_come_with_their_vote_controls(signed_in: SignedIn, idea: Idea, member: Person) -> None:
    shown = text(signed_in(member).get("/similar/", {"title": "dark theme for night shifts"}))
    assert idea.title in shown
    assert "data-vote" in shown
    assert "<html" not in shown


@pytest.mark.parametrize("title", ["", "dar", "\x00", "quite something else", "x" * 5000])
def test_nothing_similar_is_an_empty_answer(client: Client, idea: Idea, title: str) -> None:
    response = client.get("/similar/", {"title": title})
    assert response.status_code == 200
    assert "<li" not in text(response)


def test_similar_ideas_never_show_private_ones(client: Client, private_board: Board) -> None:
    make_idea(private_board, title="Secret battery project")
    assert "Secret" not in text(client.get("/similar/", {"title": "Secret battery project"}))


def test_posting_too_often_says_to_wait(signed_in: SignedIn, board: Board, member: Person) -> None:
    client = signed_in(member)
    for number in range(61):  # twice the limit and one: a new window of time may begin meanwhile
        answer = client.post(NEW, {"board": "web-shop", "title": f"Idea {number}"})
        if answer.status_code == 429:
            break
    assert number >= 30
    assert int(answer["Retry-After"]) > 0
    assert "Wait a little" in text(answer)
