"""The admin in a real browser, wide and on a phone: its policy is kept, nothing fails, nothing sticks out."""

import re

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Person
from accounts.services import create_api_key
from activity.models import Event
from customers.models import Contact
from ideas.models import Board, Idea
from ideas.services.comments import post_comment
from ideas.services.moderation import assign_idea, change_status, hide_idea
from notifications.models import Delivery, Kind, Reason, State
from tests.frontend.browsing import Reader, reader
from tests.support.scene import make_idea, make_person
from votes.services import cast_vote

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def lively(board: Board, idea: Idea, member: Person, author: Person, team_member: Person) -> Idea:
    """An idea with all that its page can show, among others."""
    for voter in (member, author, make_person()):
        cast_vote(idea, voter=voter)
    change_status(idea, status="under_review", by=team_member, response="We look at it in spring.")
    assign_idea(idea, assignee=team_member, by=team_member)
    post_comment(idea, author=member, body="I work at night and the white page hurts.")
    post_comment(idea, author=team_member, body="Cheap to build.", is_internal=True)
    for title in ("Export the list as a spreadsheet", "Reach everything by keyboard", "Kürzere Ladezeiten im Lager"):
        make_idea(board, title=title, tags=["daily work"], makes_tags=True)
    hide_idea(make_idea(board, title="Buy cheap watches"), by=team_member)
    create_api_key(name="CRM", scopes=["ideas:read", "votes:write"])
    Contact.objects.create(source="crm", external_id="K-7", person=member, email="max@example.com")
    Delivery.objects.create(
        event=Event.objects.order_by("-id").first(),
        person=member,
        kind=Kind.COMMENT,
        reason=Reason.AUTHOR,
        state=State.PARKED,
        last_error="535 5.7.8 Authentication failed",
    )
    return idea


def pages(idea: Idea) -> list[str]:
    key, person = create_api_key(name="Shop", scopes=["ideas:read"])[0], idea.author
    return [
        "",
        "ideas/idea/",
        f"ideas/idea/{idea.pk}/change/",
        f"ideas/idea/{idea.pk}/history/",
        "ideas/comment/",
        f"ideas/comment/{idea.comments.all()[0].pk}/change/",
        "ideas/board/",
        f"ideas/board/{idea.board_id}/change/",
        "ideas/tag/",
        "ideas/portal/",
        f"ideas/portal/{idea.board.portal_id}/change/",
        "accounts/person/",
        f"accounts/person/{person.pk}/change/",
        "accounts/team/",
        "accounts/apikey/",
        "accounts/apikey/add/",
        f"accounts/apikey/{key.pk}/change/",
        "customers/contact/",
        "notifications/delivery/",
        f"notifications/delivery/{Delivery.objects.get().pk}/change/",
        "activity/event/",
    ]


@pytest.mark.parametrize(("theme", "language", "phone"), [("light", "en", False), ("dark", "de", True)])
def test_every_page_keeps_the_policy_and_fits(
    browser: Browser,
    live_server: LiveServer,
    lively: Idea,
    administrator: Person,
    theme: str,
    language: str,
    phone: bool,
) -> None:
    boss = reader(browser, live_server, administrator, theme=theme, language=language, phone=phone)
    for path in pages(lively):
        page = boss.visit(f"/admin/{path}")
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), f"{path} is too wide"
    assert boss.complaints == []


def manager(browser: Browser, live_server: LiveServer, person: Person) -> Reader:
    return reader(browser, live_server, person)


def test_a_manager_answers_an_idea(
    browser: Browser, live_server: LiveServer, lively: Idea, team_member: Person
) -> None:
    someone = manager(browser, live_server, team_member)
    page = someone.visit("/admin/")
    page.locator("#nav-sidebar-apps a[href='/admin/ideas/idea/']").click()
    page.get_by_role("link", name=lively.title).click()
    page.get_by_label("The team’s answer").fill("It comes in May.")
    page.get_by_label("Status").select_option("planned")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_url(re.compile("/admin/ideas/idea/$"))
    lively.refresh_from_db()
    assert lively.status == "planned"
    assert lively.response is not None
    assert lively.response.body == "It comes in May."
    assert someone.complaints == []


def test_a_manager_filters_ticks_and_acts(
    browser: Browser, live_server: LiveServer, lively: Idea, team_member: Person
) -> None:
    someone = manager(browser, live_server, team_member)
    page = someone.visit("/admin/ideas/idea/?answer=none")
    expect(page.locator("#result_list tbody tr")).to_have_count(3)
    for box in page.locator("tbody input.action-select").all()[:2]:
        box.check()
    page.locator("select[name=action]").select_option("set_status")
    page.get_by_role("button", name="Run").click()
    page.get_by_label("Status").select_option("planned")
    page.get_by_role("button", name="Change the status").click()
    expect(page.get_by_text("Done: 2.")).to_be_visible()
    assert Idea.objects.filter(status="planned").count() == 2
    assert someone.complaints == []


def test_a_duplicate_is_merged_by_typing_a_title(
    browser: Browser, live_server: LiveServer, lively: Idea, board: Board, team_member: Person
) -> None:
    duplicate = make_idea(board, title="Night mode")
    someone = manager(browser, live_server, team_member)
    page = someone.visit("/admin/ideas/idea/?q=night+mode")
    page.locator("tbody input.action-select").check()
    page.locator("select[name=action]").select_option("merge")
    page.get_by_role("button", name="Run").click()
    page.locator(".select2-selection").click()
    page.locator(".select2-search__field").fill("dark th")
    page.get_by_role("option", name=lively.title).click()
    page.get_by_role("button", name="Merge into another idea").click()
    expect(page.get_by_text("Done: 1.")).to_be_visible()
    duplicate.refresh_from_db()
    assert duplicate.merged_into == lively
    assert someone.complaints == []
