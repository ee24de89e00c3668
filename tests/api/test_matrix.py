"""Every operation of the API × place × caller, with the answer that was reviewed for it.

An operation of the schema that has no row here fails, and so does a cell that answers otherwise. To review a cell is to
say why it is right; the rules stand in docs/api.md.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from accounts.models import Person, Role, Scope
from customers.services import person_for_contact
from ideas.models import Audience, Board, Idea
from ideas.services.moderation import hide_idea
from tests.support.api import CONTACT, Caller, nobody, signed_in, with_key
from tests.support.scene import make_board, make_idea, make_person, make_team
from votes.services import merge_ideas

# Callers. author: of the idea, a member. other: of a team that owns no board here. owner: of the team that owns all.
# A key has the one scope that is named. Keys name a contact where the operation takes one; the idea is not that
# contact's, but for `ideas:write` on the board `theirs`.
PEOPLE = ["nobody", "member", "author", "other", "owner", "admin"]
CALLERS = [*PEOPLE, "i:read", "i:write", "v:write", "c:write", "m:write"]

# Places. public, members, team: boards that these see. hidden: an idea on the public board that the team has hidden.
# theirs: an idea on the public board whose author is a contact of the key's partner.
REVIEWED = """
operation      place    nobody member author other owner admin i:read i:write v:write c:write m:write
get_index      public      200    200    200   200   200   200    200     200     200     200     200

list_boards    public      200    200    200   200   200   200    200     200     200     200     200

export_ledger  public      200    200    200   200   200   200    200     200     200     200     200
export_ledger  members     404    403    403   403   403   403    403     404     404     404     403
export_ledger  team        404    404    404   404   403   403    404     404     404     404     403
export_ledger  hidden      200    200    200   200   200   200    200     200     200     200     200

list_ideas     public      200    200    200   200   200   200    200     200     200     200     200
list_ideas     members     404    200    200   200   200   200    200     404     404     404     200
list_ideas     team        404    404    404   404   200   200    404     404     404     404     200

similar_ideas  public      200    200    200   200   200   200    200     200     200     200     200
similar_ideas  members     404    200    200   200   200   200    200     404     404     404     200
similar_ideas  team        404    404    404   404   200   200    404     404     404     404     200

get_idea       public      200    200    200   200   200   200    200     200     200     200     200
get_idea       members     404    200    200   200   200   200    200     404     404     404     200
get_idea       team        404    404    404   404   200   200    404     404     404     404     200
get_idea       hidden      404    404    404   404   200   200    404     404     404     404     200

explain_rank   public      200    200    200   200   200   200    200     200     200     200     200
explain_rank   members     404    200    200   200   200   200    200     404     404     404     200
explain_rank   team        404    404    404   404   200   200    404     404     404     404     200
explain_rank   hidden      404    404    404   404   200   200    404     404     404     404     200

list_comments  public      200    200    200   200   200   200    200     200     200     200     200
list_comments  members     404    200    200   200   200   200    200     404     404     404     200
list_comments  team        404    404    404   404   200   200    404     404     404     404     200
list_comments  hidden      404    404    404   404   200   200    404     404     404     404     200

post_idea      public      401    201    201   201   201   201    403     201     403     403     403
post_idea      members     401    201    201   201   201   201    403     404     403     403     403
post_idea      team        401    404    404   404   201   201    403     404     403     403     403

edit_idea      public      401    403    200   403   200   200    403     403     403     403     200
edit_idea      members     401    403    200   403   200   200    403     404     403     403     200
edit_idea      team        401    404    404   404   200   200    403     404     403     403     200
edit_idea      hidden      401    404    404   404   200   200    403     404     403     403     200
edit_idea      theirs      401    403    403   403   200   200    403     200     403     403     200

post_comment   public      401    201    201   201   201   201    403     403     403     201     403
post_comment   members     401    201    201   201   201   201    403     403     403     404     403
post_comment   team        401    404    404   404   201   201    403     403     403     404     403
post_comment   hidden      401    404    404   404   201   201    403     403     403     404     403

change_status  public      401    403    403   403   200   200    403     403     403     403     200
change_status  members     401    403    403   403   200   200    403     403     403     403     200
change_status  team        401    404    404   404   200   200    403     403     403     403     200
change_status  hidden      401    404    404   404   200   200    403     403     403     403     200

cast_vote      public      401    200    200   200   200   200    403     403     200     403     403
cast_vote      members     401    200    200   200   200   200    403     403     404     403     403
cast_vote      team        401    404    404   404   200   200    403     403     404     403     403
cast_vote      hidden      401    404    404   404   409   409    403     403     404     403     403

retract_vote   public      401    200    200   200   200   200    403     403     200     403     403
retract_vote   members     401    200    200   200   200   200    403     403     404     403     403
retract_vote   team        401    404    404   404   200   200    403     403     404     403     403
retract_vote   hidden      401    404    404   404   409   409    403     403     404     403     403

list_voters    public      401    403    403   403   200   200    403     403     403     403     200
list_voters    members     401    403    403   403   200   200    403     403     403     403     200
list_voters    team        401    404    404   404   200   200    403     403     403     403     200
list_voters    hidden      401    404    404   404   200   200    403     403     403     403     200

merge_idea     public      401    403    403   403   200   200    403     403     403     403     200
merge_idea     members     401    403    403   403   200   200    403     403     403     403     200
merge_idea     team        401    404    404   404   200   200    403     403     403     403     200
merge_idea     hidden      401    404    404   404   200   200    403     403     403     403     200

undo_merge     public      401    403    403   403   200   200    403     403     403     403     200
undo_merge     members     401    403    403   403   200   200    403     403     403     403     200
undo_merge     team        401    404    404   404   200   200    403     403     403     403     200

my_votes       public      401    200    200   200   200   200    403     403     200     403     403
"""

SCOPES = {f"{scope[0]}:{scope.partition(':')[2]}": scope for scope in Scope}
HEADER, *LINES = [line.split() for line in REVIEWED.strip().splitlines() if line]


class Scene:
    """One idea per place, their author, and one caller of each kind."""

    def __init__(self) -> None:
        team = make_team()
        self.author = make_person("Ari Author")
        boards = {
            seen_by.value: make_board(slug=f"b-{seen_by}", seen_by=seen_by, team=team, publishes_votes=True)
            for seen_by in Audience
        }
        self.ideas = {place: make_idea(board, author=self.author) for place, board in boards.items()}
        public = boards["public"]
        self.ideas["hidden"] = hide_idea(make_idea(public, author=self.author), by=self.author)
        self.ideas["theirs"] = make_idea(public, author=person_for_contact(source="crm", **CONTACT))
        self.target = make_idea(public)
        self.people = {
            "member": make_person(),
            "author": self.author,
            "other": make_person(teams=(make_team(),)),
            "owner": make_person(teams=(team,)),
            "admin": make_person(role=Role.ADMINISTRATOR),
        }

    def board(self, place: str) -> Board:
        return self.ideas[place].board

    def caller(self, name: str) -> Caller:
        if name == "nobody":
            return nobody()
        return with_key(SCOPES[name]) if name in SCOPES else signed_in(self.people[name])


def named(field: str, is_key: bool) -> dict[str, Any]:
    return {field: CONTACT} if is_key else {}


def request(operation: str, scene: Scene, place: str, is_key: bool) -> tuple[str, str, Any]:
    """Return method, path and body of a well-formed request."""
    idea, board = scene.ideas[place], scene.board(place)
    path = f"ideas/{idea.public_id}/"
    mine = "votes/mine/?voter_external_id=c-1" if is_key else "votes/mine/"
    requests: dict[str, Callable[[], tuple[str, str, Any]]] = {
        "get_index": lambda: ("GET", "", None),
        "list_boards": lambda: ("GET", "boards/", None),
        "export_ledger": lambda: ("GET", f"boards/{board.slug}/ledger/", None),
        "list_ideas": lambda: ("GET", f"ideas/?board={board.slug}", None),
        "similar_ideas": lambda: ("GET", f"ideas/similar/?title=idea&board={board.slug}", None),
        "get_idea": lambda: ("GET", path, None),
        "explain_rank": lambda: ("GET", f"{path}rank/?sort=top", None),
        "list_comments": lambda: ("GET", f"{path}comments/", None),
        "post_idea": lambda: ("POST", "ideas/", {"board": board.slug, "title": "New", **named("author", is_key)}),
        "edit_idea": lambda: ("PATCH", path, {"title": "Other words"}),
        "post_comment": lambda: ("POST", f"{path}comments/", {"body": "Me too", **named("author", is_key)}),
        "change_status": lambda: ("POST", f"{path}status/", {"status": "planned"}),
        "cast_vote": lambda: ("PUT", f"{path}vote/", {"value": 1, **named("voter", is_key)}),
        "retract_vote": lambda: ("DELETE", f"{path}vote/", named("voter", is_key)),
        "list_voters": lambda: ("GET", f"{path}voters/", None),
        "merge_idea": lambda: ("POST", f"{path}merge/", {"into": scene.target.public_id}),
        "undo_merge": lambda: ("DELETE", f"{path}merge/", None),
        "my_votes": lambda: ("GET", mine, None),
    }
    return requests[operation]()


def prepare(operation: str, idea: Idea, scene: Scene, by: Person) -> None:
    if operation == "undo_merge":
        merge_ideas(idea, into=scene.target, by=by)


@pytest.fixture
def scene(db: None) -> Scene:
    return Scene()


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line[0]}-{line[1]}")
def test_cell_answers_as_reviewed(line: list[str], scene: Scene) -> None:
    operation, place, *reviewed = line
    prepare(operation, scene.ideas[place], scene, scene.people["owner"])
    found = []
    for name in CALLERS:
        caller = scene.caller(name)
        method, path, body = request(operation, scene, place, name in SCOPES)
        with transaction.atomic():
            answer = caller.send(method, path, body) if body is not None else caller.send(method, path, "")
            transaction.set_rollback(True)
        found.append(str(answer.status_code))
    assert dict(zip(CALLERS, found, strict=True)) == dict(zip(HEADER[2:], reviewed, strict=True))


def test_every_operation_is_reviewed_for_every_caller() -> None:
    schema = json.loads(nobody().get("schema/").content)
    operations = {operation["operationId"] for path in schema["paths"].values() for operation in path.values()}
    assert operations == {operation for operation, *_rest in LINES}
    assert ["operation", "place", *CALLERS] == HEADER
    on_ideas = {o["operationId"] for path, each in schema["paths"].items() if "{" in path for o in each.values()}
    for operation in on_ideas - {"undo_merge"}:
        assert {"public", "members", "team", "hidden"} <= {place for name, place, *_rest in LINES if name == operation}
