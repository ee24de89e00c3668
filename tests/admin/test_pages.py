"""The pages around ideas: boards, tags, people, teams, keys, failed mails, the log, the start page."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from accounts.models import ApiKey, Person, Role, Team
from accounts.services import create_api_key, find_api_key
from activity.models import Event
from customers.models import Contact
from frontend.portals import forget
from ideas.models import Board, Idea, Portal, Standing, Tag
from ideas.services.importing import Draft, import_ideas
from ideas.services.moderation import assign_idea, respond
from notifications.models import Delivery, Kind, Reason, State
from tests.admin.conftest import SignedIn
from tests.support.scene import make_board, make_idea, make_portal


def form_of(client: Client, path: str) -> dict[str, Any]:
    """What the browser would send back if nothing was touched."""
    page = client.get(path)
    form = page.context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    for formset in page.context["inline_admin_formsets"]:
        management = formset.formset.management_form
        values |= {management.add_prefix(name): management[name].value() for name in management.fields}
    return {name: value for name, value in values.items() if value is not None and value is not False and value != ""}


def told(subject: str) -> list[tuple[str, Any]]:
    return [
        (event.verb, event.data.get("fields")) for event in Event.objects.filter(subject_type=subject).order_by("id")
    ]


# --- keys ---


def test_a_key_is_shown_once_and_works(boss: Client) -> None:
    form = {"name": "CRM", "source": "crm", "scopes": ["ideas:read", "votes:write"]}
    page = boss.post("/admin/accounts/apikey/add/", form)
    secret = page.context["secret"]
    assert page.content.decode().count(secret) == 1
    assert "no-store" in page.headers["Cache-Control"]
    key = find_api_key(secret)
    assert key is not None
    assert (key.source, key.scopes) == ("crm", ["ideas:read", "votes:write"])
    for path in (
        "/admin/",
        "/admin/accounts/apikey/",
        f"/admin/accounts/apikey/{key.pk}/change/",
        "/admin/activity/event/",
    ):
        assert secret not in boss.get(path).content.decode()
    assert told("apikey") == [("apikey.added", None)]


@pytest.mark.parametrize(
    "form", [{"name": "CRM"}, {"name": "CRM", "source": "c r m", "scopes": ["ideas:read"]}, {"scopes": ["x"]}]
)
def test_a_key_that_cannot_be_is_refused_in_the_form(form: dict[str, Any], boss: Client) -> None:
    assert boss.post("/admin/accounts/apikey/add/", form).status_code == 200
    assert not ApiKey.objects.exists()


def test_keys_are_revoked_and_never_changed(boss: Client) -> None:
    (first, _), (second, _) = (create_api_key(name=name, scopes=["ideas:read"]) for name in ("One", "Two"))
    page = f"/admin/accounts/apikey/{first.pk}/change/"
    boss.post(page, {"name": "Mine", "scopes": ["moderation:write"], "accounts_apikey_revoke_this": "1"})
    boss.post("/admin/accounts/apikey/", {"action": "revoke", "index": 0, "_selected_action": [second.pk]})
    for key, name in ((first, "One"), (second, "Two")):
        key.refresh_from_db()
        assert key.revoked_at
        assert (key.name, key.scopes) == (name, ["ideas:read"])


# --- people ---


def test_roles_and_teams_are_given(boss: Client, member: Person, team: Team) -> None:
    Contact.objects.create(source="crm", external_id="K-7", person=member)
    path = f"/admin/accounts/person/{member.pk}/change/"
    assert "K-7" in boss.get(path).content.decode()
    form = form_of(boss, path) | {"role": Role.TEAM_MEMBER, "teams": [team.pk], "email": "other@example.com"}
    assert boss.post(path, form).status_code == 302
    member.refresh_from_db()
    assert (member.role, list(member.teams.all())) == (Role.TEAM_MEMBER, [team])
    assert member.email != "other@example.com"
    assert told("person") == [("person.changed", ["role", "teams"])]


def test_administrators_cannot_shut_themselves_out(boss: Client, administrator: Person) -> None:
    path = f"/admin/accounts/person/{administrator.pk}/change/"
    form = form_of(boss, path)
    assert boss.post(path, form | {"role": Role.MEMBER}).status_code == 200
    assert boss.post(path, {name: value for name, value in form.items() if name != "is_active"}).status_code == 200
    boss.post("/admin/accounts/person/", {"action": "deactivate", "index": 0, "_selected_action": [administrator.pk]})
    administrator.refresh_from_db()
    assert administrator.is_superuser


def test_people_are_deactivated_and_let_in_again(boss: Client, member: Person) -> None:
    for action, active in (("deactivate", False), ("activate", True)):
        boss.post("/admin/accounts/person/", {"action": action, "index": 0, "_selected_action": [member.pk]})
        member.refresh_from_db()
        assert member.is_active is active
    assert told("person") == [("person.changed", ["is_active"])] * 2


def test_teams_with_boards_stay(boss: Client, board: Board) -> None:
    page = boss.post(f"/admin/accounts/team/{board.team_id}/delete/", {"post": "yes"})
    assert page.status_code == 200
    assert Team.objects.filter(pk=board.team_id).exists()
    empty = Team.objects.create(name="Empty", slug="empty")
    assert boss.post(f"/admin/accounts/team/{empty.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Team.objects.filter(pk=empty.pk).exists()
    assert told("team") == [("team.deleted", None)]


# --- boards, portals, tags ---


def test_teams_change_their_boards_but_not_whose_they_are(board: Board, pm: Client) -> None:
    other = make_board()
    path = f"/admin/ideas/board/{board.pk}/change/"
    assert "/admin/accounts/team/" not in pm.get(path).content.decode()
    form = form_of(pm, path) | {"name": "Our shop", "team": other.team_id, "slug": "stolen"}
    form.pop("is_open")
    assert pm.post(path, form).status_code == 302
    before = (board.team_id, board.slug)
    board.refresh_from_db()
    assert (board.name, board.is_open) == ("Our shop", False)
    assert (board.team_id, board.slug) == before
    [(verb, fields)] = told("board")
    assert verb == "board.changed"
    assert len(fields) == 2
    history = pm.get(f"/admin/ideas/board/{board.pk}/history/").content.decode()
    assert "Tina Team" in history


@pytest.mark.parametrize(
    ("colour", "answer"), [("#ffffff", 200), ("#fffbe6", 200), ("red", 200), ("#ffdd00", 302), ("#2456a6", 302)]
)
def test_brand_colours_have_to_be_visible(colour: str, answer: int, boss: Client) -> None:
    portal = make_portal()
    path = f"/admin/ideas/portal/{portal.pk}/change/"
    page = boss.post(path, form_of(boss, path) | {"accent_colour": colour})
    assert page.status_code == answer
    portal.refresh_from_db()
    assert (portal.accent_colour == colour) is (answer == 302)
    if colour == "#ffffff":
        assert "cannot be told from the page" in page.content.decode()


def test_a_renamed_tag_is_renamed_in_ideas(board: Board, pm: Client) -> None:
    idea = make_idea(board, tags=["Nite", "Font"], makes_tags=True)
    elsewhere = make_idea(make_board(portal=make_portal()), tags=["Nite"], makes_tags=True)
    tag = Tag.objects.get(portal=board.portal, name="Nite")
    assert pm.post(f"/admin/ideas/tag/{tag.pk}/change/", {"name": "Night"}).status_code == 302
    refused = pm.post(f"/admin/ideas/tag/{tag.pk}/change/", {"name": "FONT"})
    assert refused.status_code == 200
    version = idea.version
    for row in (idea, elsewhere, tag):
        row.refresh_from_db()
    assert (idea.tags, elsewhere.tags, tag.name) == (["Night", "Font"], ["Nite"], "Night")
    assert idea.version == version + 1
    assert pm.post(f"/admin/ideas/tag/{tag.pk}/delete/", {"post": "yes"}).status_code == 302
    idea.refresh_from_db()
    assert idea.tags == ["Font"]
    assert [verb for verb, _fields in told("tag")] == ["tag.changed", "tag.deleted"]


# --- mails and the log ---


def failed_mail(person: Person) -> Delivery:
    return Delivery.objects.create(
        event=Event.objects.order_by("-id").first(),
        person=person,
        kind=Kind.COMMENT,
        reason=Reason.AUTHOR,
        state=State.PARKED,
        attempts=7,
        last_error="535 wrong password",
    )


def test_failed_mails_are_shown_with_their_error_and_sent_again(
    boss: Client, idea: Idea, member: Person, author: Person
) -> None:
    one, other = failed_mail(member), failed_mail(author)
    assert "2 mails did not get through" in boss.get("/admin/").content.decode()
    assert "535 wrong password" in boss.get("/admin/notifications/delivery/").content.decode()
    boss.post(f"/admin/notifications/delivery/{one.pk}/change/", {"notifications_delivery_replay_this": "1"})
    boss.post("/admin/notifications/delivery/", {"action": "replay", "index": 0, "_selected_action": [other.pk]})
    for delivery in (one, other):
        delivery.refresh_from_db()
        assert (delivery.state, delivery.attempts) == (State.PENDING, 0)
    assert boss.get("/admin/notifications/delivery/").context["cl"].result_list == []


def test_the_log_is_found_by_its_subject(boss: Client, idea: Idea) -> None:
    other = make_idea()
    found = boss.get("/admin/activity/event/", {"q": f"idea {idea.pk}"}).context["cl"].result_list
    assert [event.subject_id for event in found] == [idea.pk]
    assert len(boss.get("/admin/activity/event/").context["cl"].result_list) == 2
    assert boss.get("/admin/activity/event/", {"q": f"idea {other.pk} x"}).context["cl"].result_list == []


def test_contacts_are_found_by_id_or_address(boss: Client, member: Person) -> None:
    contact = Contact.objects.create(source="crm", external_id="K-7", email="max@example.com", person=member)
    Contact.objects.create(source="crm", external_id="K-8", person=member)
    for words in ("K-7", "MAX@example.com"):
        assert boss.get("/admin/customers/contact/", {"q": words}).context["cl"].result_list == [contact]


# --- start page ---


def test_what_most_people_wait_for_comes_first(board: Board, pm: Client, team_member: Person) -> None:
    ideas = {name: make_idea(board, title=name) for name in ("fresh", "old and wanted", "answered", "assigned")}
    for name, votes, days in (("fresh", 9, 0), ("old and wanted", 5, 30), ("answered", 90, 90), ("assigned", 0, 1)):
        at = ideas[name].created_at - timedelta(days=days)
        Idea.objects.filter(pk=ideas[name].pk).update(created_at=at)
        Standing.objects.filter(pk=ideas[name].pk).update(created_at=at, up=votes, top=votes)
    respond(ideas["answered"], body="Yes.", by=team_member)
    assign_idea(ideas["assigned"], assignee=team_member, by=team_member)
    make_idea(make_board(), title="of another team")
    page = pm.get("/admin/")
    assert [row.idea.title for row in page.context["waiting"]] == ["fresh", "old and wanted", "assigned"]
    assert [idea.title for idea in page.context["new_ideas"]] == ["fresh", "assigned"]
    assert [idea.title for idea in page.context["mine"]] == ["assigned"]
    assert [row.count for row in page.context["status_counts"]] == [4, 0, 0, 0, 0, 0]
    assert "of another team" not in page.content.decode()


def test_an_import_is_not_new_and_has_waited_since_it_came(board: Board, pm: Client, author: Person) -> None:
    now = timezone.now()
    for name, posted in (("old elsewhere", now - timedelta(days=4540)), ("undated elsewhere", now)):
        draft = Draft(name, author=author.pk, title=name, body="", language="en", created_at=posted)
        import_ideas(board, source="csv@web-shop", drafts=[draft])
    make_idea(board, title="posted here", created_at=now - timedelta(days=3))
    page = pm.get("/admin/")
    assert [idea.title for idea in page.context["new_ideas"]] == ["posted here"]
    waiting = [(row.idea.title, row.days) for row in page.context["waiting"]]
    assert waiting == [("posted here", 3), ("old elsewhere", 0), ("undated elsewhere", 0)]


def test_the_menu_shows_what_is_open_to_the_caller(boss: Client, pm: Client, board: Board) -> None:
    pages = ("ideas/idea", "ideas/comment", "ideas/board", "ideas/tag")
    more = ("ideas/portal", "accounts/person", "accounts/apikey", "notifications/delivery", "activity/event")
    for client, hidden in ((pm, more), (boss, ())):
        text = client.get("/admin/").content.decode()
        for page in (*pages, *more):
            assert (f'href="/admin/{page}/"' in text) is (page not in hidden), page


def test_the_portals_name_stands_above(boss: Client) -> None:
    make_portal(name="Acme listens")
    forget()
    assert "Acme listens" in boss.get("/admin/").content.decode()
    assert Portal.objects.count() == 1


def test_pages_speak_the_readers_language(signed_in: SignedIn, team_member: Person, board: Board) -> None:
    team_member.language = "de"
    team_member.save(update_fields=["language"])
    page = signed_in(team_member).get("/admin/ideas/idea/")
    assert 'lang="de"' in page.content.decode()
    with translation.override("en"):
        assert page.headers["Content-Language"] == "de"


def test_a_new_board_begins_with_the_only_portal_and_ones_own_team(
    boss: Client, board: Board, administrator: Person, other_team_member: Person
) -> None:
    def begun() -> tuple[Any, Any]:
        form = boss.get("/admin/ideas/board/add/").context["adminform"].form
        return form["portal"].value(), form["team"].value()

    assert begun() == (board.portal_id, None), "there are two teams to choose from"
    administrator.teams.add(board.team)
    assert begun() == (board.portal_id, board.team_id)
