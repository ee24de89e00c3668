"""Two cards beside an order, for ideas that few have seen."""

import doctest
import re

import pytest
from django.test import Client
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Person
from frontend import seldom_seen
from frontend.portals import forget
from ideas.models import Board, Idea, Standing
from ideas.services.moderation import change_status, hide_idea, lock_idea
from tests.frontend.browsing import reader
from tests.frontend.conftest import SignedIn
from tests.frontend.support import text, titles
from tests.support.api import nobody
from tests.support.scene import make_board, make_idea

pytestmark = pytest.mark.django_db

LABEL = "Seen by few so far"
LABELLED = re.compile(rf'id="idea-(\w+)"(?:(?!</li>).)*{LABEL}', re.DOTALL)


def fill(board: Board, *, seen: int = 20, unseen: int = 4) -> tuple[list[Idea], list[Idea]]:
    """Put ideas that many saw above some that nobody has."""
    few = [make_idea(board, title=f"Unseen {number}") for number in range(unseen)]
    many = [make_idea(board, title=f"Seen {number:02}") for number in range(seen)]
    for number, idea in enumerate(many):
        Standing.objects.filter(pk=idea.pk).update(trending=1.0 + number, best=1.0 + number, seen=500.0)
    return many[::-1], few


def labelled(client: Client, path: str) -> set[str]:
    return set(LABELLED.findall(text(client.get(path))))


def test_the_worked_places_hold() -> None:
    assert doctest.testmod(seldom_seen).failed == 0


@pytest.mark.parametrize("path", ["/", "/boards/web-shop/", "/boards/web-shop/?order=best"])
def test_stand_behind_the_second_and_the_fifth_card(client: Client, board: Board, path: str) -> None:
    many, few = fill(board)
    response = client.get(path)
    shown = titles(response)
    assert {shown[2], shown[6]} <= {idea.title for idea in few}
    assert [title for number, title in enumerate(shown) if number not in (2, 6)] == [idea.title for idea in many]
    assert len(set(shown)) == len(shown) == 22
    assert text(response).count(LABEL) == 2


@pytest.mark.parametrize(
    "path", ["/?order=top", "/?order=new", "/?order=discover", "/?q=seen", "/?status=open", "/boards/web-shop/?tag=x"]
)
def test_are_in_no_other_list(client: Client, board: Board, path: str) -> None:
    fill(board)
    assert LABEL not in text(client.get(path))


def test_are_on_no_later_page_and_in_no_order_of_the_api(client: Client, board: Board) -> None:
    many, few = fill(board)
    more = re.search(r'href="(\?cursor=[^"]+)"', text(client.get("/")))
    assert more
    later = client.get(f"/{more[1]}")
    assert titles(later) == [idea.title for idea in reversed(few)]
    assert LABEL not in text(later)
    page = nobody().get("ideas/", sort="trending").json()["results"]
    assert [idea["title"] for idea in page] == [idea.title for idea in many]


def test_are_not_chosen_when_hidden_locked_shipped_one_s_own_or_seen_enough(
    client: Client, signed_in: SignedIn, board: Board, team_member: Person, private_board: Board
) -> None:
    _many, (hidden, locked, shipped, enough, good) = fill(board, unseen=5)
    secret = make_idea(private_board)
    hide_idea(hidden, by=team_member)
    lock_idea(locked, by=team_member)
    change_status(shipped, status="shipped", by=team_member)
    Standing.objects.filter(pk=enough.pk).update(seen=30.0)
    found: set[str] = set()
    for _turn in range(3):
        found |= labelled(client, "/")
    assert secret.public_id not in found
    assert found == {good.public_id}
    forget()
    assert good.public_id not in labelled(signed_in(good.author), "/")


def test_show_no_count_that_their_board_hides(client: Client) -> None:
    board = make_board(slug="blind", counts_shown="after_vote")
    _many, few = fill(board, unseen=2)
    Standing.objects.filter(pk__in=[idea.pk for idea in few]).update(up=4711, top=4711)
    response = text(client.get("/boards/blind/"))
    assert LABEL in response
    assert "4,711" not in response


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_stand_there_once_when_more_is_loaded(browser: Browser, live_server: LiveServer, board: Board) -> None:
    fill(board, unseen=2)
    someone = reader(browser, live_server)
    shown = someone.visit("/boards/web-shop/")
    expect(shown.locator(".idea-row")).to_have_count(22)
    shown.get_by_role("link", name="Show more ideas").click()
    expect(shown.get_by_role("link", name="Show more ideas")).to_have_count(0)
    expect(shown.locator(".idea-row")).to_have_count(22)
    assert someone.complaints == []
