import pytest
from django.test import Client

from accounts.models import Person
from ideas.models import Board, Idea, Standing
from ideas.services.moderation import hide_idea
from tests.frontend.conftest import SignedIn
from tests.frontend.support import do, page, text
from tests.support.scene import make_idea

pytestmark = pytest.mark.django_db


@pytest.fixture
def ideas(board: Board) -> list[Idea]:
    found = [make_idea(board, title=title) for title in ("Dark theme", "Wish list")]
    for idea, up in zip(found, (12, 5), strict=True):
        Standing.objects.filter(pk=idea.pk).update(up=up, top=up, trending=up)
    return found


def test_a_page_of_its_own_says_why(client: Client, ideas: list[Idea]) -> None:
    assert f'href="{do(ideas[1], "why")}"' in text(client.get(page(ideas[1])))
    said = text(client.get(do(ideas[1], "why")))
    assert 'id="why"' in said
    assert said.count("place 2") == 2, "trending and most wanted"
    assert said.count("place 1") == 2, "new, and best: nothing seen yet, the newer one wins"
    assert "7 more votes now, and it would pass “Dark theme”." in said
    assert "<code>top-1</code> up − down" in said
    german = text(client.get(do(ideas[1], "why"), headers={"accept-language": "de"}))
    assert "Platz 2" in german
    assert "Mit 7 weiteren Stimmen" in german


def test_what_the_board_hides_is_not_told(client: Client, board: Board, ideas: list[Idea]) -> None:
    Board.objects.update(counts_shown="after_vote")
    said = text(client.get(do(ideas[0], "why")))
    assert said.count("not told before you voted") == 3
    assert "place 2" in said, "by its age it still has one"
    assert "12" not in said.partition('id="why"')[2].partition("</section>")[0]


def test_nobody_is_told_of_what_they_may_not_see(
    client: Client, signed_in: SignedIn, ideas: list[Idea], team_member: Person
) -> None:
    hide_idea(ideas[0], by=team_member)
    assert client.get(do(ideas[0], "why")).status_code == 404
    assert "in no list" in text(signed_in(team_member).get(do(ideas[0], "why")))
