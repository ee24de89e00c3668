"""The people and places of tests. Ideas, comments and statuses are made through the services, as in the product."""

import itertools
from typing import Any

from accounts.models import Person, Role, Team
from ideas.models import Board, Idea, Portal
from ideas.services.ideas import post_idea

_numbers = itertools.count(1)


def make_team(name: str = "") -> Team:
    number = next(_numbers)
    return Team.objects.create(name=name or f"Team {number}", slug=f"team-{number}")


def make_person(name: str = "", *, teams: tuple[Team, ...] = (), **fields: Any) -> Person:
    """Make somebody with a proven address; in a team: a team member."""
    number = next(_numbers)
    fields.setdefault("role", Role.TEAM_MEMBER if teams else Role.MEMBER)
    fields.setdefault("email", f"person-{number}@example.com")
    person = Person.objects.create(display_name=name or f"Person {number}", **fields)
    person.teams.set(teams)
    return person


def make_administrator() -> Person:
    return make_person("Ada Admin", role=Role.ADMINISTRATOR)


def make_portal(**fields: Any) -> Portal:
    number = next(_numbers)
    return Portal.objects.create(**{"name": "Think along", "slug": f"portal-{number}", **fields})


def make_board(**fields: Any) -> Board:
    """Make a board; without other words public, open to members, without −1."""
    number = next(_numbers)
    fields.setdefault("portal", Portal.objects.first() or make_portal())
    if "team" not in fields:
        fields["team"] = make_team()
    return Board.objects.create(**{"slug": f"board-{number}", "name": f"Board {number}", **fields})


def make_idea(board: Board | None = None, *, author: Person | None = None, title: str = "", **fields: Any) -> Idea:
    title = title or f"An idea that is number {next(_numbers)}"
    return post_idea(board or make_board(), author=author or make_person(), title=title, **fields)
