"""The frame around every page of the admin: the portal's name and colour, the menu, the account's links."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.viewers import viewer_of
from frontend.colour import DARK_GROUND, WHITE, from_hex, lightened, readable_on, to_hex
from frontend.portals import current_portal
from ideas.models import Portal

# unfold names shades by weight; 600 is the buttons', whose text is white, 500 the links' on dark pages.
SHADES = {"50": 0.44, "100": 0.4, "200": 0.33, "300": 0.24, "400": 0.15, "500": 0.07, "600": 0.0}
SHADES |= {"700": -0.06, "800": -0.12, "900": -0.18, "950": -0.24}

Entry = tuple[str, str, str]


def site_name(request: HttpRequest) -> str:
    portal = current_portal()
    return portal.name if portal else _("Ideas")


def brand(*_request: HttpRequest) -> dict[str, str]:
    """Return the brand's shades, as the portal darkens it where white text could not be read."""
    portal = current_portal()
    colour = from_hex(portal.accent_colour if portal else Portal._meta.get_field("accent_colour").get_default())
    button = readable_on(WHITE, colour, least=4.5, step=-0.01)
    shades = {weight: to_hex(lightened(button, by)) for weight, by in SHADES.items()}
    return shades | {"500": to_hex(readable_on(DARK_GROUND, button, least=4.5, step=0.01))}


def account(request: HttpRequest) -> list[dict[str, str]]:
    return [{"title": _("Profile"), "link": reverse("frontend:profile")}]


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    everything = viewer_of(request).moderates_all
    groups = [
        _group(
            "",
            ("admin:index", _("What needs you"), "inbox"),
            _page("ideas_idea", _("Ideas"), "lightbulb"),
            _page("ideas_comment", _("Comments"), "forum"),
        ),
        _group(
            _("Where ideas live"), _page("ideas_board", _("Boards"), "dashboard"), _page("ideas_tag", _("Tags"), "sell")
        ),
    ]
    if everything:
        groups[1]["items"].append(_item(*_page("ideas_portal", _("Portals"), "language")))
        groups.append(
            _group(
                _("People"),
                _page("accounts_person", _("People"), "person"),
                _page("accounts_team", _("Teams"), "groups"),
                _page("customers_contact", _("Contacts"), "contacts"),
                _page("accounts_apikey", _("API keys"), "key"),
            )
        )
        groups.append(
            _group(
                _("What happens"),
                _page("notifications_delivery", _("Failed mails"), "mark_email_unread"),
                _page("activity_event", _("Log"), "history"),
                ("admin:engine", _("Engine"), "speed"),
            )
        )
    return groups


def _page(model: str, title: str, icon: str) -> Entry:
    return f"admin:{model}_changelist", title, icon


def _group(title: str, *entries: Entry) -> dict[str, Any]:
    return {"title": title, "separator": bool(title), "items": [_item(*entry) for entry in entries]}


def _item(name: str, title: str, icon: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse(name)}
