"""What is brought in from the past keeps its time, and nobody is told of it."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Person
from activity.models import Event
from ideas.models import Board
from ideas.services.comments import post_comment
from ideas.services.ideas import post_idea
from ideas.services.moderation import change_status, respond

pytestmark = pytest.mark.django_db

LAST_YEAR = datetime(2025, 5, 4, 12, 30, tzinfo=UTC)


def test_history_keeps_its_times_and_is_not_told(board: Board, author: Person, team_member: Person) -> None:
    idea = post_idea(board, author=author, title="A bell", created_at=LAST_YEAR)
    comment = post_comment(idea, author=author, body="Ding.", at=LAST_YEAR + timedelta(days=1))
    idea = change_status(idea, status="planned", by=team_member, response="Soon.", at=LAST_YEAR + timedelta(days=2))
    idea = respond(idea, body="Very soon.", by=team_member, at=LAST_YEAR + timedelta(days=3))

    assert comment.created_at == LAST_YEAR + timedelta(days=1)
    assert idea.response is not None
    assert idea.response.created_at == LAST_YEAR + timedelta(days=3)
    events = list(Event.objects.order_by("id").values_list("verb", "at"))
    verbs = ("idea.posted", "comment.posted", "idea.status_changed", "idea.responded")
    assert events == [(verb, LAST_YEAR + timedelta(days=day)) for day, verb in enumerate(verbs)]
    assert not Event.objects.filter(handled_at=None).exists()


def test_what_happens_now_waits_to_be_told(board: Board, author: Person) -> None:
    post_comment(post_idea(board, author=author, title="A bell"), author=author, body="Ding.")

    assert Event.objects.filter(handled_at=None).count() == 2
