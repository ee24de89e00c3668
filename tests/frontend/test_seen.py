"""Reporting what came into sight: the endpoint, the marks on the page, and a browser that scrolls."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client, override_settings
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Person
from ideas.models import Board, Idea
from ideas.services.moderation import lock_idea
from tests.frontend.browsing import reader
from tests.frontend.conftest import SignedIn
from tests.frontend.support import page, text
from tests.support.scene import make_idea
from tests.support.waiting import eventually
from votes import reports
from votes.services import cast_vote

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"
OURS = {"Origin": "http://testserver", "User-Agent": FIREFOX, "Sec-Fetch-Site": "same-origin"}

# What the browser says when the reader turns to another tab; what waits is sent then. Closing the page itself would
# send it under the browser's true name, that of a bot.
TURN_AWAY = """Object.defineProperty(document, "hidden", { value: true });
document.dispatchEvent(new Event("visibilitychange"))"""


@pytest.fixture(autouse=True)
def empty_stream() -> Iterator[None]:
    reports.valkey().delete(reports.stream())
    yield
    reports.valkey().delete(reports.stream())


def send(client: Client, body: str = "", headers: dict[str, str] | None = None) -> int:
    said = body or json.dumps({"list": "new", "seen": [["abc", 1]]})
    return int(client.post("/seen/", said, "text/plain;charset=UTF-8", headers=OURS | (headers or {})).status_code)


def taken() -> int:
    return len(reports.reports(most=100))


def test_report_is_taken_in_without_a_statement(client: Client) -> None:
    def refuse(*_statement: Any) -> None:
        raise AssertionError("the database was asked")

    client.cookies["sessionid"] = "somebody"
    with connection.execute_wrapper(refuse):
        assert send(client) == 204
    assert taken() == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({"Origin": "http://["}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}, 204),
        ({"User-Agent": "Mozilla/5.0 HeadlessChrome/140.0"}, 204),
        ({"User-Agent": ""}, 204),
    ],
)
def test_other_sites_and_bots_report_nothing(client: Client, headers: dict[str, str], status: int) -> None:
    assert send(client, headers=headers) == status
    assert taken() == 0


def test_report_is_short_and_posted(client: Client) -> None:
    assert send(client, "x" * (reports.LONGEST + 1)) == 413
    assert client.get("/seen/").status_code == 405
    assert send(client, headers={"Content-Length": "-1"}) == 413
    assert taken() == 0


def test_nothing_breaks_while_valkey_is_away(client: Client) -> None:
    with override_settings(REDIS_URL="unix:///nowhere/valkey.sock"):
        reports.valkey.cache_clear()
        assert send(client) == 503
    reports.valkey.cache_clear()


@pytest.mark.django_db
def test_only_cards_that_the_viewer_could_vote_for_are_watched(
    client: Client, signed_in: SignedIn, board: Board, author: Person, member: Person, team_member: Person
) -> None:
    own, voted, closed, other = (make_idea(board, author=author if n == 0 else None) for n in range(4))
    cast_vote(voted, voter=author)
    lock_idea(closed, by=team_member)
    shown = text(signed_in(author).get("/boards/web-shop/?order=new"))
    assert [idea for idea in (own, voted, closed, other) if f'data-seen="{idea.public_id}"' in shown] == [other]
    assert 'data-reader="' in shown
    assert "data-reader" not in text(client.get("/boards/web-shop/"))
    assert f'data-seen="{own.public_id}"' in text(client.get(page(own)))
    assert f'data-seen="{own.public_id}"' not in text(signed_in(author).get(page(own)))


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_scrolling_reports_what_was_seen_and_where(browser: Browser, live_server: LiveServer, board: Board) -> None:
    ideas: list[Idea] = [make_idea(board, title=f"Idea {number}", body="Words. " * 40) for number in range(16)]
    newest = ideas[::-1]
    someone = reader(browser, live_server, browser_name=FIREFOX)
    shown = someone.visit("/boards/web-shop/?order=new")
    rows, told_soon = shown.locator(".idea-row"), re.compile(".")
    rows.nth(12).scroll_into_view_if_needed()
    shown.evaluate("scrollTo(0, 0)")
    expect(rows.first).not_to_have_attribute("data-seen", told_soon)
    expect(rows.nth(12)).to_have_attribute("data-seen", newest[12].public_id)  # passed in less than a second
    rows.nth(9).scroll_into_view_if_needed()
    expect(rows.nth(9)).not_to_have_attribute("data-seen", told_soon)
    shown.evaluate(TURN_AWAY)

    def told() -> dict[str, int]:
        return dict(pair for each in reports.reports(most=50) for pair in json.loads(each.body)["seen"])

    found = eventually(told)
    assert [found.get(newest[place - 1].public_id) for place in (1, 2, 10, 16)] == [1, 2, 10, None]
    assert someone.complaints == []
