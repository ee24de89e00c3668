"""Every page in both themes: nothing is refused, nothing fails, nobody is shut out, nothing sticks out."""

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from accounts.models import Person
from ideas.models import Board, Idea, Tag
from ideas.services.comments import post_comment
from ideas.services.ideas import edit_idea
from ideas.services.moderation import change_status, lock_idea
from tests.frontend.browsing import Reader, barriers, reader
from tests.frontend.support import do
from tests.frontend.support import page as path_of
from tests.support.scene import make_board, make_idea
from votes.services import cast_vote, merge_ideas

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lively(idea: Idea, board: Board, author: Person, member: Person, team_member: Person) -> Idea:
    """An idea with all that a page can show, on a board with ideas in all kinds of states."""
    for name in ("Theme", *"ABCDEFGHI"):
        Tag.objects.create(portal=board.portal, name=name)
    idea = edit_idea(
        idea, by=author, title="A dark theme for long nights", body="It is **bright**.\n\n- at night\n- in bed"
    )
    edit_idea(idea, by=author, tags=["Theme"])
    change_status(idea, status="under_review", by=team_member, response="We look at it.")
    change_status(idea, status="planned", by=team_member, response="It comes in May.")
    first = post_comment(idea, author=member, body="I need this.")
    post_comment(idea, author=team_member, body="Thank you.", parent=first)
    post_comment(idea, author=team_member, body="Low margin.", is_internal=True)
    cast_vote(idea, voter=member)
    change_status(make_idea(board, title="Something that is built"), status="shipped", by=team_member)
    lock_idea(make_idea(board, title="Something that is locked"), by=team_member)
    both = make_board(slug="both", allows_down_votes=True, counts_shown="after_vote", team=board.team)
    make_idea(both, title="A dark theme here as well")
    merge_ideas(make_idea(board, title="Dark theme, please"), into=idea, by=team_member)
    idea.refresh_from_db()
    return idea


def check(who: Reader, paths: list[str]) -> None:
    for path in paths:
        page = who.visit(path)
        assert (path, barriers(page)) == (path, [])
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), f"{path} is too wide"
    assert who.complaints == []


@pytest.mark.parametrize(
    ("theme", "language", "phone"),
    [("light", "en", False), ("dark", "de", True), ("light", "de", True), ("dark", "en", False)],
)
def test_pages_for_everybody(
    browser: Browser, live_server: LiveServer, lively: Idea, theme: str, language: str, phone: bool
) -> None:
    someone = reader(browser, live_server, theme=theme, language=language, phone=phone)
    check(
        someone,
        ["/", "/boards/web-shop/", "/boards/both/?order=best", "/?q=theme", "/boards/web-shop/?status=in_progress",
         path_of(lively), do(lively, "history"), "/how-ranking-works/", "/accounts/login/", "/nothing/"],
    )  # fmt: skip


@pytest.mark.parametrize(("theme", "language", "phone"), [("light", "de", False), ("dark", "en", True)])
def test_pages_for_members(
    browser: Browser, live_server: LiveServer, lively: Idea, author: Person, theme: str, language: str, phone: bool
) -> None:
    someone = reader(browser, live_server, author, theme=theme, language=language, phone=phone)
    check(
        someone,
        ["/", "/boards/both/", path_of(lively), "/boards/web-shop/new/?title=A+dark+theme", "/new/", "/me/",
         "/profile/", do(lively, "edit")],
    )  # fmt: skip


@pytest.mark.parametrize(("theme", "language", "phone"), [("light", "en", True), ("dark", "de", False)])
def test_pages_for_the_team(
    browser: Browser, live_server: LiveServer, lively: Idea, team_member: Person, theme: str, language: str, phone: bool
) -> None:
    someone = reader(browser, live_server, team_member, theme=theme, language=language, phone=phone)
    check(someone, [path_of(lively), do(lively, "merge-targets"), "/profile/"])
    someone.page.goto(f"{live_server.url}{path_of(lively)}")
    for summary in someone.page.locator(".inside summary").all():
        summary.click()
    assert barriers(someone.page) == []
