import pytest

from accounts.models import Person, Scope
from activity.models import Event
from ideas.models import Board, Idea
from tests.support.api import fields_at_fault, nobody, problem, signed_in, with_key
from tests.support.scene import make_administrator, make_idea, make_person, make_team


@pytest.fixture
def idea(board: Board, member: Person) -> Idea:
    return make_idea(board, author=member)


def path_of(idea: Idea) -> str:
    return f"ideas/{idea.public_id}/status/"


def test_team_decides_and_answers(idea: Idea, colleague: Person) -> None:
    answer = signed_in(colleague).post(path_of(idea), {"status": "planned", "response": "In spring."})
    assert answer.status_code == 200
    assert answer.json()["status"] == "planned"
    assert answer.json()["response"]["body"] == "In spring."
    assert answer["ETag"] == nobody().get(f"ideas/{idea.public_id}/")["ETag"]


def test_key_decides_in_the_name_of_the_company(idea: Idea) -> None:
    answer = with_key(Scope.MODERATION_WRITE).post(path_of(idea), {"status": "declined", "response": "Too dear."})
    assert answer.json()["response"]["author"] is None
    event = Event.objects.get(verb="idea.status_changed")
    assert event.actor_id is None
    assert event.key_id is not None


def test_same_status_again_changes_nothing(idea: Idea, colleague: Person) -> None:
    caller = signed_in(colleague)
    first = caller.post(path_of(idea), {"status": "planned"})
    second = caller.post(path_of(idea), {"status": "planned"})
    assert second.content == first.content
    assert Event.objects.filter(verb="idea.status_changed").count() == 1


def test_only_the_owning_team_and_administrators_decide(idea: Idea, member: Person) -> None:
    body = {"status": "planned"}
    assert problem(nobody().post(path_of(idea), body)) == (401, "not_authenticated")
    for person in (member, make_person(teams=(make_team(),))):
        assert problem(signed_in(person).post(path_of(idea), body)) == (403, "permission_denied")
    refused = with_key(*(scope for scope in Scope if scope != Scope.MODERATION_WRITE)).post(path_of(idea), body)
    assert problem(refused) == (403, "missing_scope")
    assert "moderation:write" in refused.json()["detail"]
    assert signed_in(make_administrator()).post(path_of(idea), body).status_code == 200


def test_status_that_cannot_follow_is_refused(idea: Idea, colleague: Person) -> None:
    caller = signed_in(colleague)
    caller.post(path_of(idea), {"status": "declined"})
    answer = caller.post(path_of(idea), {"status": "shipped"})
    assert problem(answer) == (409, "status_transition_not_allowed")


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "status", "required"),
        ({"status": "done"}, "status", "invalid_choice"),
        ({"status": 1}, "status", "wrong_type"),
        ({"status": ["planned"]}, "status", "wrong_type"),
        ({"status": "planned", "response": "x" * 20_001}, "response", "too_long"),
        ({"status": "planned", "note": "x"}, "note", "unknown_field"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_bad_decision_is_refused(idea: Idea, colleague: Person, body: object, field: str, code: str) -> None:
    answer = signed_in(colleague).post(path_of(idea), body)
    assert problem(answer) == (400, code)
    assert fields_at_fault(answer) == {field: code}
    idea.refresh_from_db(fields=["status"])
    assert idea.status == "open"
