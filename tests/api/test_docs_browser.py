"""The docs page works in a real browser under the strict policy: nothing of it is inline or from elsewhere."""

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_docs_show_every_operation_and_break_no_policy(browser: Browser, live_server: LiveServer) -> None:
    page = browser.new_page(locale="en-GB")
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    answer = page.goto(f"{live_server.url}/api/v1/docs/")
    assert answer
    assert "unsafe" not in answer.headers["content-security-policy"]
    expect(page.get_by_role("heading", name="Ideation API")).to_be_visible()
    expect(page.get_by_text("Post an idea", exact=True)).to_be_visible()
    page.get_by_text("Boards that the caller sees, in their order").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table")).to_contain_text('"results": []')
    assert not complaints
    page.close()
