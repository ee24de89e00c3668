"""Signing in with a real browser, by keyboard, with and without script."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Person
from accounts.services import first_administrator_link
from tests.support.mail import SmtpSink

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CODE_PATTERN = re.compile(r"[B-Z]{4}-[B-Z]{4}")
SERIOUS = {"serious", "critical"}


def watched(page: Page) -> list[str]:
    """Gather what the browser refuses or fails at on `page` from now on."""
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            complaints.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def assert_accessible(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert not [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in SERIOUS]


@pytest.mark.parametrize("script", [True, False])
def test_person_signs_in_by_keyboard(
    browser: Browser, live_server: LiveServer, smtp_sink: SmtpSink, script: bool
) -> None:
    page = browser.new_page(java_script_enabled=script, locale="en-GB")
    complaints = watched(page)
    page.goto(f"{live_server.url}/accounts/login/?next=/accounts/logout/")
    if script:
        assert_accessible(page)
    page.get_by_label("Your e-mail address").fill("ada@example.org")
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/login/code/*")
    page.get_by_label("The code from the mail").fill("BBBB-BBBB")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    if script:
        assert_accessible(page)
    code = CODE_PATTERN.search(str(smtp_sink.to("ada@example.org")[0]["Subject"]))
    assert code
    page.get_by_label("The code from the mail").fill(code[0])
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/logout/")
    assert Person.objects.get().email == "ada@example.org"
    page.locator("main").get_by_role("button", name="Sign out").click()
    page.goto(f"{live_server.url}/accounts/logout/")
    expect(page).not_to_have_url(re.compile("logout"))
    assert not complaints
    page.close()


def test_first_administrator_signs_in_by_link(browser: Browser, live_server: LiveServer) -> None:
    page = browser.new_page(locale="en-GB")
    complaints = watched(page)
    link = first_administrator_link()
    assert link
    page.goto(live_server.url + link[link.index("/accounts/") :])
    assert_accessible(page)
    page.get_by_label("Your e-mail address").fill("ada@example.org")
    page.get_by_role("button", name="Sign in").dblclick()
    expect(page).not_to_have_url(re.compile("link"))
    expect(page.locator('a[href="/admin/"]')).to_have_count(1)
    assert Person.objects.get().is_administrator
    assert not complaints
    page.close()
