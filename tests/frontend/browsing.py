"""A reader with a real browser: signed in or not, with or without script, wide or narrow, in one language and theme."""

from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import Person

WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


@dataclass
class Reader:
    """Attributes: `page` of the browser; `complaints`, what it refused or failed at, policy violations among them."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)

    def visit(self, path: str) -> Page:
        self.page.goto(f"{self.base}{path}")
        return self.page

    def hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "status of 40" not in message.text:
            self.complaints.append(message.text)


def session_cookie(person: Person, base: str) -> dict[str, Any]:
    client = Client()
    client.force_login(person, backend="accounts.backends.AuthenticationBackend")
    return {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies["sessionid"].value, "url": base}


def reader(
    browser: Browser,
    live_server: LiveServer,
    person: Person | None = None,
    *,
    script: bool = True,
    phone: bool = False,
    language: str = "en",
    theme: str = "light",
    browser_name: str | None = None,
) -> Reader:
    context = browser.new_context(
        java_script_enabled=script,
        viewport=PHONE if phone else WIDE,  # type: ignore[arg-type]
        has_touch=phone,
        locale=language,
        user_agent=browser_name,
        color_scheme=theme,  # type: ignore[arg-type]
    )
    context.set_default_timeout(15_000)
    context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
    if person:
        context.add_cookies([session_cookie(person, live_server.url)])  # type: ignore[list-item]
    made = Reader(context.new_page(), live_server.url)
    made.page.on("console", made.hear)
    made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
    return made


def barriers(page: Page) -> list[tuple[str, str]]:
    """Return what axe finds, as (rule, first element)."""
    found = Axe().run(page).response["violations"]
    return [(each["id"], each["nodes"][0]["html"]) for each in found]
