"""What customers and the team come for, done with a real browser."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Person
from ideas.models import Board, Comment, Idea, Tag
from tests.frontend.browsing import reader
from tests.frontend.support import page as path_of
from tests.support.mail import SmtpSink
from tests.support.scene import make_board, make_idea
from tests.support.waiting import eventually
from votes.models import Vote

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CODE = re.compile(r"[B-Z]{4}-[B-Z]{4}")


def has_voted(idea: Idea, person: Person) -> bool:
    return Vote.objects.filter(idea=idea, voter=person, value=1).exists()


def vote_button(page: Page, idea: Idea) -> Locator:
    return page.get_by_role("button", name=f"Vote for “{idea.title}”")


def test_reader_finds_an_idea_by_slash_and_words(browser: Browser, live_server: LiveServer, idea: Idea) -> None:
    someone = reader(browser, live_server)
    page = someone.visit("/")
    page.keyboard.press("/")
    page.keyboard.type("night shifts")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=idea.title, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(idea.title)
    assert someone.complaints == []


def test_vote_shows_at_once_and_can_be_taken_back(
    browser: Browser, live_server: LiveServer, idea: Idea, member: Person
) -> None:
    someone = reader(browser, live_server, member)
    page = someone.visit("/boards/web-shop/")
    button = vote_button(page, idea)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_have_text("1")
    eventually(lambda: has_voted(idea, member))
    page.wait_for_load_state("networkidle")
    button.click()
    expect(button).to_have_text("0")
    eventually(lambda: not has_voted(idea, member))
    assert someone.complaints == []


@pytest.mark.parametrize("script", [True, False])
def test_double_click_is_one_vote(
    browser: Browser, live_server: LiveServer, idea: Idea, member: Person, script: bool
) -> None:
    page = reader(browser, live_server, member, script=script).visit("/boards/web-shop/")
    button = vote_button(page, idea)
    button.dblclick(delay=60)
    expect(button).to_have_attribute("aria-pressed", "true")
    page.wait_for_load_state("networkidle")
    assert has_voted(idea, member)


def test_vote_that_fails_goes_back_and_says_so(
    browser: Browser, live_server: LiveServer, idea: Idea, member: Person
) -> None:
    page = reader(browser, live_server, member).visit("/boards/web-shop/")

    def hang_up(route: Route) -> None:
        route.abort()

    page.route("**/do/vote/", hang_up)
    button = vote_button(page, idea)
    button.click()
    expect(page.get_by_role("alert")).to_contain_text("Your vote did not get through.")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(button).to_have_text("0")


def test_vote_by_keyboard_alone(browser: Browser, live_server: LiveServer, idea: Idea, member: Person) -> None:
    page = reader(browser, live_server, member).visit("/boards/web-shop/")
    for _presses in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('[data-vote]')"):
            break
    page.keyboard.press("Space")
    expect(vote_button(page, idea)).to_have_attribute("aria-pressed", "true")
    eventually(lambda: has_voted(idea, member))
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.activeElement.matches('[data-vote]')"), "the focus was lost"


@pytest.mark.parametrize(("script", "phone"), [(True, True), (False, False)])
def test_signed_out_vote_goes_to_sign_in_and_counts_afterwards(
    browser: Browser, live_server: LiveServer, smtp_sink: SmtpSink, idea: Idea, script: bool, phone: bool
) -> None:
    page = reader(browser, live_server, script=script, phone=phone).visit("/boards/web-shop/")
    page.get_by_role("link", name=f"Vote for “{idea.title}”: sign in first").click()
    page.get_by_label("Your e-mail address").fill("new@example.org")
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/login/code/*")
    code = CODE.search(str(smtp_sink.to("new@example.org")[0]["Subject"]))
    assert code
    page.get_by_label("The code from the mail").fill(code[0])
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{path_of(idea)}#vote-begun")
    if not script:
        expect(page.get_by_text("Press the arrow once more to vote.")).to_be_visible()
        vote_button(page, idea).click()
    eventually(lambda: Vote.objects.filter(idea=idea, voter__email="new@example.org").exists())


def test_signed_out_vote_is_forgotten_where_sign_in_is_begun_anew(
    browser: Browser, live_server: LiveServer, idea: Idea
) -> None:
    page = reader(browser, live_server).visit("/boards/web-shop/")
    page.get_by_role("link", name=f"Vote for “{idea.title}”: sign in first").click()
    page.wait_for_url("**/accounts/login/?next=*")
    page.get_by_label("Your e-mail address").fill("no address")
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/login/")
    page.wait_for_load_state()
    assert page.evaluate("sessionStorage.getItem('vote-later')"), "a slip is no new beginning"
    page.goto(f"{live_server.url}/accounts/login/")
    page.wait_for_function("sessionStorage.getItem('vote-later') === null")


@pytest.mark.parametrize("phone", [True, False])
def test_similar_idea_shows_while_typing_and_is_backed_instead(
    browser: Browser, live_server: LiveServer, idea: Idea, member: Person, phone: bool
) -> None:
    someone = reader(browser, live_server, member, phone=phone)
    page = someone.visit("/")
    page.get_by_role("link", name="Share an idea").click()
    page.get_by_label("What is missing, in one line?").press_sequentially("Dark theme for night", delay=10)
    expect(page.get_by_text("Is it one of these?")).to_be_visible()
    vote_button(page, idea).click()
    eventually(lambda: has_voted(idea, member))
    assert Idea.objects.count() == 1
    assert someone.complaints == []


@pytest.mark.parametrize(("script", "phone"), [(True, False), (False, True)])
def test_idea_is_shared(
    browser: Browser, live_server: LiveServer, board: Board, member: Person, script: bool, phone: bool
) -> None:
    someone = reader(browser, live_server, member, script=script, phone=phone)
    page = someone.visit("/boards/web-shop/")
    page.get_by_role("link", name="Share an idea").first.click()
    page.get_by_label("What is missing, in one line?").fill("Open the shop on Sundays")
    page.get_by_label("Why? What do you do today?").fill("I work **all week**.")
    page.get_by_role("button", name="Post idea").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Open the shop on Sundays")
    expect(page.get_by_text("Your idea is posted.")).to_be_visible()
    assert Idea.objects.get().author == member
    assert someone.complaints == []


def test_another_board_brings_its_tags_and_keeps_the_chosen_one(
    browser: Browser, live_server: LiveServer, board: Board, member: Person
) -> None:
    for name in "ABCDEFGHIJ":
        Tag.objects.create(portal=board.portal, name=name)
    make_idea(make_board(slug="other", name="Other"), tags=["J"])
    someone = reader(browser, live_server, member)
    page = someone.visit("/boards/web-shop/new/")
    page.get_by_label("C", exact=True).press("Space")
    expect(page.get_by_label("J", exact=True)).to_be_hidden()
    page.get_by_label("Board", exact=True).select_option("other")
    expect(page.get_by_label("J", exact=True)).to_be_visible()
    expect(page.get_by_label("C", exact=True)).to_be_checked()
    assert someone.complaints == []


def test_vote_without_script_returns_to_the_same_spot(
    browser: Browser, live_server: LiveServer, idea: Idea, board: Board, member: Person
) -> None:
    for number in range(12):
        make_idea(board, title=f"Another idea {number}")
    page = reader(browser, live_server, member, script=False, phone=True).visit("/boards/web-shop/?order=new")
    vote_button(page, idea).click()
    page.wait_for_url(f"**/boards/web-shop/?order=new#idea-{idea.public_id}")
    expect(vote_button(page, idea)).to_have_attribute("aria-pressed", "true")
    expect(vote_button(page, idea)).to_be_in_viewport()
    assert has_voted(idea, member)


@pytest.mark.parametrize(("script", "phone"), [(True, True), (False, False)])
def test_comment_and_reply(
    browser: Browser, live_server: LiveServer, idea: Idea, member: Person, script: bool, phone: bool
) -> None:
    someone = reader(browser, live_server, member, script=script, phone=phone)
    page = someone.visit(path_of(idea))
    page.get_by_label("Your comment").fill("I need this every night.")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.get_by_text("I need this every night.")).to_be_visible()
    page.locator("summary", has_text="Reply").click()
    page.get_by_label("Your reply").fill("So do I.")
    page.get_by_role("button", name="Reply", exact=True).click()
    expect(page.get_by_text("So do I.")).to_be_visible()
    first = Comment.objects.get(body="I need this every night.")
    assert Comment.objects.get(body="So do I.").parent == first
    assert someone.complaints == []


@pytest.mark.parametrize(("script", "phone"), [(True, False), (False, True)])
def test_team_decides_with_an_answer(
    browser: Browser, live_server: LiveServer, idea: Idea, team_member: Person, script: bool, phone: bool
) -> None:
    someone = reader(browser, live_server, team_member, script=script, phone=phone)
    page = someone.visit(path_of(idea))
    page.locator("#team").get_by_label("Status").select_option("planned")
    page.get_by_label("The team’s answer").fill("It comes in May.")
    page.get_by_role("button", name="Save and tell people").click()
    expect(page.get_by_role("region", name="The team’s answer")).to_contain_text("It comes in May.")
    idea.refresh_from_db()
    assert idea.status == "planned"
    assert someone.complaints == []


@pytest.mark.parametrize("script", [True, False])
def test_team_finds_the_target_of_a_merge(
    browser: Browser, live_server: LiveServer, idea: Idea, board: Board, team_member: Person, script: bool
) -> None:
    target = make_idea(board, title="Darker colours at night")
    someone = reader(browser, live_server, team_member, script=script)
    page = someone.visit(path_of(idea))
    page.get_by_text("Assign, merge, move, pin, lock, hide").click()
    page.get_by_label("Merge into another idea").press_sequentially("darker", delay=10)
    if not script:
        page.get_by_role("button", name="Find").click()
    page.get_by_role("button", name="Merge into this").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(target.title)
    idea.refresh_from_db()
    assert idea.merged_into == target
    assert someone.complaints == []


def test_more_ideas_load_in_place(browser: Browser, live_server: LiveServer, board: Board) -> None:
    for number in range(25):
        make_idea(board, title=f"Idea number {number}")
    someone = reader(browser, live_server)
    page = someone.visit("/boards/web-shop/?order=new")
    expect(page.locator(".idea-row")).to_have_count(20)
    page.get_by_role("link", name="Show more ideas").click()
    expect(page.locator(".idea-row")).to_have_count(25)
    expect(page.locator(".idea-row").nth(20)).to_be_focused()
    assert someone.complaints == []


def test_theme_changes_without_loading_again(browser: Browser, live_server: LiveServer, board: Board) -> None:
    page = reader(browser, live_server).visit("/")
    page.get_by_label("Language and appearance").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


@pytest.mark.parametrize("script", [True, False])
def test_language_is_chosen(browser: Browser, live_server: LiveServer, board: Board, script: bool) -> None:
    page = reader(browser, live_server, script=script).visit("/")
    page.get_by_label("Language and appearance").click()
    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
