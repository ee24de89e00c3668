"""Who is told of what, and why; who is not."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Person, Role, Team
from accounts.viewers import viewer_for
from activity.draining import drain
from activity.models import Event
from ideas.models import Audience, Board, Idea
from ideas.services.comments import hide_comment, post_comment
from ideas.services.following import follow_idea, mute_idea
from ideas.services.moderation import assign_idea, change_status, hide_idea, respond
from notifications.models import Delivery, DigestEntry, Kind, NewIdeas, Preference
from notifications.selectors import people_to_tell
from notifications.services.preferences import set_preferences
from notifications.services.telling import tell
from tests.notifications.support import forget_deliveries, give_votes, told
from tests.support.scene import make_administrator, make_board, make_idea, make_person, make_team

pytestmark = pytest.mark.django_db


def test_the_team_is_told_of_a_new_idea_each_as_they_chose(board: Board, team: Team, colleague: Person) -> None:
    set_preferences(make_person("Dora Daily", teams=(team,)), new_ideas=NewIdeas.DAILY)
    set_preferences(make_person("Nora Never", teams=(team,)), new_ideas=NewIdeas.NEVER)
    make_person("Olaf Other", teams=(make_team(),))
    make_person("Mia Member")
    make_idea(board, author=make_person("Ann"))
    assert told("idea.posted") == {"Tim Team": "team"}
    assert [entry.person.display_name for entry in DigestEntry.objects.all()] == ["Dora Daily"]


def test_nobody_is_told_of_what_they_did(board: Board, colleague: Person) -> None:
    make_idea(board, author=colleague)
    assert told("idea.posted") == {}


def test_author_followers_and_the_answered_are_told_of_a_comment_once_each(idea: Idea, author: Person) -> None:
    follower, answered, writer = make_person("Fay Follower"), make_person("Rita Replied"), make_person("Will Writer")
    for person in (follower, author, writer):
        follow_idea(idea, person=person)
    parent = post_comment(idea, author=answered, body="How?")
    assert told("comment.posted") == {"Ann Author": "author", "Fay Follower": "follower", "Will Writer": "follower"}
    post_comment(idea, author=writer, body="Like this.", parent=parent)
    assert told("comment.posted") == {"Ann Author": "author", "Fay Follower": "follower", "Rita Replied": "reply"}


def test_internal_notes_reach_only_the_team(idea: Idea, author: Person, colleague: Person, team: Team) -> None:
    assignee, former = make_person("Ed Editor", teams=(team,)), make_person("Flo Former", role=Role.TEAM_MEMBER)
    for person in (author, colleague, former):
        follow_idea(idea, person=person)
    give_votes(idea, make_person("Vic Voter"))
    assign_idea(idea, assignee=assignee, by=colleague)
    parent = post_comment(idea, author=former, body="I was on the team.", is_internal=True)
    post_comment(idea, author=make_administrator(), body="Big customer.", is_internal=True, parent=parent)
    assert told("comment.posted") == {"Tim Team": "follower", "Ed Editor": "assignee"}


def test_voters_followers_and_author_are_told_of_changes(idea: Idea, colleague: Person) -> None:
    voter, follower = make_person("Vic Voter"), make_person("Fay Follower")
    give_votes(idea, voter, follower, idea.author)
    follow_idea(idea, person=follower)
    expected = {"Ann Author": "author", "Fay Follower": "follower", "Vic Voter": "voter"}
    change_status(idea, status="planned", by=colleague)
    assert told("idea.status_changed") == expected
    respond(idea, body="Next quarter.", by=colleague)
    assert told("idea.responded") == expected


def test_the_assignee_is_told(idea: Idea, colleague: Person) -> None:
    assign_idea(idea, assignee=colleague, by=make_administrator())
    assert told("idea.assigned") == {"Tim Team": "assignee"}


def test_nobody_is_told_of_an_assignment_that_passed_on(idea: Idea, colleague: Person) -> None:
    assign_idea(idea, assignee=colleague, by=make_administrator())
    assign_idea(idea, assignee=None, by=make_administrator())
    assert told("idea.assigned") == {}
    assert not Delivery.objects.filter(kind=Kind.ASSIGNMENT).exists()


def test_those_are_left_out_who_muted_turned_off_or_cannot_be_reached(idea: Idea, colleague: Person) -> None:
    muted, off = make_person("Max Muted"), make_person("Otto Off")
    unreachable = make_person("Noel NoMail", email=None), make_person("Ina Inactive", is_active=False)
    give_votes(idea, muted, off, *unreachable)
    mute_idea(idea, person=muted)
    mute_idea(idea, person=idea.author)
    set_preferences(off, changes=False)
    change_status(idea, status="planned", by=colleague)
    assert told("idea.status_changed") == {}


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("comments", Kind.COMMENT),
        ("notes", Kind.NOTE),
        ("changes", Kind.CHANGE),
        ("assignments", Kind.ASSIGNMENT),
    ],
)
def test_no_row_of_preferences_means_the_defaults(idea: Idea, colleague: Person, field: str, kind: Kind) -> None:
    people = people_to_tell(kind, ideas=[idea]).filter(pk=colleague.pk)
    assert people.exists()
    Preference.objects.create(person=colleague)
    assert people.exists()
    Preference.objects.update(**{field: False})
    assert not people.exists()


def test_those_are_not_told_who_lost_sight_of_the_idea(idea: Idea, colleague: Person) -> None:
    give_votes(idea, make_person("Vic Voter"), colleague)
    hide_idea(idea, by=colleague)
    change_status(idea, status="declined", by=make_administrator())
    assert told("idea.status_changed") == {"Tim Team": "voter"}


def test_nobody_is_told_of_a_comment_that_was_hidden_before(idea: Idea, colleague: Person) -> None:
    comment = post_comment(idea, author=make_person("Sam Spammer"), body="Buy now.")
    hide_comment(comment, by=colleague)
    assert told("comment.posted") == {}


@pytest.mark.parametrize("seen_by", Audience.values)
@pytest.mark.parametrize("is_hidden", [False, True])
@pytest.mark.parametrize("is_withdrawn", [False, True])
def test_told_are_exactly_those_who_see_the_idea(seen_by: str, is_hidden: bool, is_withdrawn: bool) -> None:
    team = make_team()
    author = make_person("author")
    idea = make_idea(make_board(team=team, seen_by=seen_by), author=author)
    now = timezone.now()
    idea.hidden_at, idea.withdrawn_at = now if is_hidden else None, now if is_withdrawn else None
    idea.save(update_fields=["hidden_at", "withdrawn_at"])
    people = [
        author,
        make_person("stranger"),
        make_person("colleague", teams=(team,)),
        make_person("other team", teams=(make_team(),)),
        make_person("once on the team", teams=(team,), role=Role.MEMBER),
        make_administrator(),
    ]
    see = {p.display_name for p in people if Idea.objects.visible_to(viewer_for(p)).filter(pk=idea.pk).exists()}
    told_people = people_to_tell(Kind.CHANGE, ideas=[idea]).filter(pk__in=[person.pk for person in people])
    assert {person.display_name for person in told_people} == see


def test_each_is_told_once_when_an_event_is_handled_again(idea: Idea, colleague: Person) -> None:
    change_status(idea, status="planned", by=colleague)
    drain()
    Event.objects.update(handled_at=None)
    drain()
    assert Delivery.objects.filter(event__verb="idea.status_changed").count() == 1


def test_five_thousand_voters_are_told_in_one_statement(idea: Idea, colleague: Person) -> None:
    forget_deliveries()
    voters = Person.objects.bulk_create(
        [Person(display_name=f"Voter {n}", email=f"voter-{n}@example.com") for n in range(5_000)]
    )
    give_votes(idea, *voters)
    change_status(idea, status="planned", by=colleague)
    event = Event.objects.get(verb="idea.status_changed")
    with CaptureQueriesContext(connection) as queries:
        tell(event)
    assert sum("INSERT" in query["sql"] for query in queries) == 1
    assert len(queries) <= 4
    assert Delivery.objects.filter(event=event).count() == 5_001


def test_daily_readers_lose_nothing_when_an_event_is_handled_late(board: Board, team: Team) -> None:
    set_preferences(make_person("Dora Daily", teams=(team,)), new_ideas=NewIdeas.DAILY)
    idea = make_idea(board)
    Event.objects.update(at=timezone.now() - timedelta(days=3))
    drain()
    assert DigestEntry.objects.get().idea == idea
