"""What other rooms and packages tell this one."""

from typing import Any

from allauth.account.signals import authentication_step_completed

from accounts.models import Person
from activity.models import Event
from activity.registry import register
from ideas.counts import register_voted_among
from votes.models import ScoreDue
from votes.selectors import my_votes
from votes.services import unite_contacts_of


def connect() -> None:
    register_voted_among(my_votes)
    register(score_moved_idea, verbs=["idea.moved"])
    authentication_step_completed.connect(unite_after_proof, dispatch_uid="votes.unite_after_proof")


def score_moved_idea(event: Event) -> None:
    """Have a fold score the idea by its new board: `best` has another formula, or another rate, there."""
    ScoreDue.objects.get_or_create(idea_id=event.subject_id)


def unite_after_proof(*, user: Person, method: str, **_: Any) -> None:
    """A code from a mail proves the address; a link that an operator made does not."""
    if method == "code":
        unite_contacts_of(user)
