"""Who may open what: every address of the admin, for everybody. A new address fails until somebody decides."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from accounts.models import Person
from accounts.services import create_api_key
from activity.models import Event
from customers.models import Contact
from ideas.models import Board, Comment, Idea, Portal, Tag
from ideas.services.comments import post_comment
from notifications.models import Delivery, Kind, Reason
from tests.admin.conftest import SignedIn

# What people of the owning team, of another team, and administrators get.
TEAMS = {"list": (200, 200, 200), "one": (200, 302, 200)}
ALL_TEAMS = {"list": (200, 200, 200), "one": (200, 200, 200)}
ADMINISTRATORS = {"list": (403, 403, 200), "one": (403, 403, 200)}
NOBODY = {"list": (403, 403, 403), "one": (403, 403, 403)}

MATRIX: dict[str, dict[str, tuple[int, int, int]]] = {
    "ideas_idea_changelist": TEAMS,
    "ideas_idea_export": TEAMS,
    "ideas_idea_change": TEAMS,
    "ideas_idea_history": TEAMS,
    "ideas_idea_add": NOBODY,
    "ideas_idea_delete": NOBODY,
    "ideas_comment_changelist": TEAMS,
    "ideas_comment_change": TEAMS,
    "ideas_comment_history": TEAMS,
    "ideas_comment_add": NOBODY,
    "ideas_comment_delete": NOBODY,
    "ideas_board_changelist": TEAMS,
    "ideas_board_change": TEAMS,
    "ideas_board_history": TEAMS,
    "ideas_board_add": ADMINISTRATORS,
    "ideas_board_delete": NOBODY,
    "ideas_tag_changelist": TEAMS,
    "ideas_tag_change": TEAMS,
    "ideas_tag_history": TEAMS,
    "ideas_tag_add": TEAMS,
    "ideas_tag_delete": TEAMS,
    "index": ALL_TEAMS,
    "engine": ADMINISTRATORS,
    "jsi18n": ALL_TEAMS,
    "search": ALL_TEAMS,
    "autocomplete": NOBODY,
    **{
        f"{model}_{view}": ADMINISTRATORS
        for model in ("ideas_portal", "accounts_person", "accounts_team", "accounts_apikey")
        for view in ("changelist", "change", "history", "add")
    },
    **{
        f"{model}_{view}": ADMINISTRATORS
        for model in ("customers_contact", "activity_event", "notifications_delivery")
        for view in ("changelist", "change", "history")
    },
    "accounts_team_delete": ADMINISTRATORS,
    "ideas_portal_delete": NOBODY,
    "accounts_person_delete": NOBODY,
    "accounts_apikey_delete": NOBODY,
    "accounts_person_add": NOBODY,
    **{
        f"{model}_{view}": NOBODY
        for model in ("customers_contact", "activity_event", "notifications_delivery")
        for view in ("add", "delete")
    },
}
LEFT_OUT = {"login", "logout", "app_list"}  # tested by themselves below


def _names() -> Iterator[str]:
    def walk(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns)
            elif pattern.name:
                yield pattern.name

    return walk(admin.site.get_urls())


@pytest.fixture
def rows(board: Board, idea: Idea, member: Person, team_member: Person) -> dict[str, Model]:
    """One row of each model; those of ideas belong to the team of `board`."""
    Tag.objects.create(portal=board.portal, name="night")
    post_comment(idea, author=member, body="Yes, please")
    create_api_key(name="CRM", scopes=["ideas:read"])
    Contact.objects.create(source="crm", external_id="7", person=member)
    Delivery.objects.create(
        event=Event.objects.order_by("id").first(), person=member, kind=Kind.COMMENT, reason=Reason.AUTHOR
    )
    return {f"{model._meta.app_label}_{model._meta.model_name}": model for model in admin.site._registry}  # type: ignore[misc]


def _address(name: str, rows: dict[str, type[Model]]) -> tuple[str, str]:
    """Return where a view is, and whether it shows a list or one row."""
    model, _separator, view = name.rpartition("_")
    if view in ("change", "history", "delete"):
        first = rows[model]._default_manager.order_by("pk").first()
        assert first is not None
        return reverse(f"admin:{name}", args=[first.pk]), "one"
    return reverse(f"admin:{name}"), "list"


def test_every_address_has_been_decided() -> None:
    assert set(_names()) - LEFT_OUT == set(MATRIX)


def test_answers_fit_the_caller(
    rows: dict[str, type[Model]],
    signed_in: SignedIn,
    member: Person,
    team_member: Person,
    other_team_member: Person,
    administrator: Person,
) -> None:
    nobody, customer = signed_in(None), signed_in(member)
    staff = [signed_in(person) for person in (team_member, other_team_member, administrator)]
    found = {}
    for name in MATRIX:
        address, kind = _address(name, rows)
        assert nobody.get(address).headers["Location"].startswith("/accounts/login/?next=/admin/"), name
        assert customer.get(address).status_code == 403, name
        found[name] = (tuple(client.get(address).status_code for client in staff), kind)
    assert found == {name: (MATRIX[name][kind], kind) for name, (_answers, kind) in found.items()}


def test_inactive_people_are_turned_away(administrator: Person, boss: Client) -> None:
    administrator.is_active = False
    administrator.save(update_fields=["is_active"])
    assert boss.get("/admin/").status_code == 302


def test_lists_show_nothing_of_other_teams(
    idea: Idea, rows: dict[str, type[Model]], signed_in: SignedIn, other_team_member: Person, pm: Client
) -> None:
    client = signed_in(other_team_member)
    for model in ("idea", "comment", "board", "tag"):
        own = pm.get(f"/admin/ideas/{model}/").context["cl"].result_list
        others = client.get(f"/admin/ideas/{model}/").context["cl"].result_list
        assert (len(own), len(others)) == (1, 0), model
    assert idea.title not in client.get("/admin/ideas/idea/export/").getvalue().decode()


def test_autocomplete_finds_what_the_team_owns(
    board: Board, pm: Client, signed_in: SignedIn, other_team_member: Person
) -> None:
    query = {"app_label": "ideas", "model_name": "idea", "field_name": "board", "term": board.name[:3]}
    assert pm.get("/admin/autocomplete/", query).json()["results"] == [{"id": str(board.pk), "text": board.name}]
    assert signed_in(other_team_member).get("/admin/autocomplete/", query).json()["results"] == []
    people = {"app_label": "ideas", "model_name": "idea", "field_name": "author", "term": "a"}
    assert pm.get("/admin/autocomplete/", people).status_code == 403


def test_sign_in_is_the_portals(client: Client, member: Person) -> None:
    assert client.get("/admin/login/?next=/admin/ideas/").headers["Location"] == "/accounts/login/?next=/admin/ideas/"
    client.force_login(member)
    assert client.get("/admin/login/").status_code == 403


def test_signing_out_needs_a_post(boss: Client) -> None:
    assert boss.get("/admin/logout/").status_code == 405
    assert boss.get("/admin/").status_code == 200
    assert boss.post("/admin/logout/").headers["Location"] == "/"
    assert boss.get("/admin/").status_code == 302


def test_app_pages_show_only_what_is_open_to_the_caller(pm: Client, db: None) -> None:
    assert pm.get("/admin/ideas/").status_code == 200
    assert pm.get("/admin/accounts/").status_code == 404


def test_the_admin_has_a_policy_of_its_own(boss: Client) -> None:
    policy = boss.get("/admin/").headers["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-eval';" in policy + ";"
    assert "style-src 'self' 'unsafe-inline';" in policy + ";"
    assert "default-src 'none'" in policy
    assert "unsafe" not in boss.get("/accounts/login/").headers["Content-Security-Policy"]


def test_no_board_means_an_empty_page_that_says_why(signed_in: SignedIn, other_team_member: Person) -> None:
    page = signed_in(other_team_member).get("/admin/").content.decode()
    assert "You look after no board yet" in page
    assert not Portal.objects.exists()
    assert not Comment.objects.exists()
