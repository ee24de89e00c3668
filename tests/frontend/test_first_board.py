"""An empty installation: what visitors see, and the one step that its first administrator takes."""

import pytest
from django.test import Client

from accounts.models import Person
from activity.models import Event
from frontend.portals import forget
from ideas.models import Board, Portal
from tests.frontend.conftest import SignedIn
from tests.frontend.support import text
from tests.support.scene import make_board

pytestmark = pytest.mark.django_db
FORM = {"portal_name": "Bakery Blum", "name": "Breads & rolls", "language": "de"}


def test_visitors_are_told_kindly_and_offered_nothing_that_fails(
    client: Client, signed_in: SignedIn, member: Person
) -> None:
    for shown in (client.get("/"), signed_in(member).get("/"), signed_in(member).get("/new/")):
        assert shown.status_code == 200
        assert "There is no board here yet" in text(shown)
        assert "Share an idea" not in text(shown)
        assert "/first-board/" not in text(shown)


def test_first_administrator_makes_portal_team_and_board_in_one_step(
    signed_in: SignedIn, client: Client, administrator: Person
) -> None:
    admin = signed_in(administrator)
    for path in ("/", "/new/", "/admin/"):
        assert 'href="/first-board/"' in text(admin.get(path)), path
    assert admin.get("/admin/ideas/board/add/")["Location"] == "/first-board/"
    response = admin.post("/first-board/", FORM, follow=True)
    board = Board.objects.get()
    assert response.redirect_chain == [(f"/boards/{board.slug}/", 302)]
    assert (board.name, board.slug, board.language) == ("Breads & rolls", "breads-rolls", "de")
    assert (board.portal.name, board.team.people.get()) == ("Bakery Blum", administrator)
    assert Event.objects.get(verb="board.added").actor == administrator
    forget()
    assert "Bakery Blum" in text(client.get("/"))
    assert admin.get("/new/").status_code == 200


def test_what_is_missing_is_said_and_nothing_is_made(signed_in: SignedIn, administrator: Person) -> None:
    admin = signed_in(administrator)
    for form in ({**FORM, "name": ""}, {**FORM, "portal_name": " "}):
        assert admin.post("/first-board/", form).status_code == 400
    assert not Portal.objects.exists()


def test_there_is_one_first_board_made_by_administrators(
    signed_in: SignedIn, member: Person, administrator: Person
) -> None:
    assert signed_in(member).post("/first-board/", FORM).status_code == 403
    assert not Board.objects.exists()
    make_board()
    admin = signed_in(administrator)
    assert admin.get("/first-board/")["Location"] == "/admin/ideas/board/add/"
    assert admin.post("/first-board/", FORM)["Location"] == "/"
    assert Board.objects.count() == 1
