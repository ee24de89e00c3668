"""Votes on further connections, whose commits a test decides."""

from typing import Any

import psycopg

from accounts.models import Person
from ideas.models import Idea
from ideas.status import VOTABLE
from votes.models import VoterKey
from votes.services.casting import CAST_STATEMENT, RETRACT_STATEMENT

Connection = psycopg.Connection[Any]


def parameters(idea: Idea, voter: Person, value: int = 1) -> dict[str, Any]:
    return {"idea": idea.pk, "voter": voter.pk, "value": value, "at": None, "votable": sorted(VOTABLE)}


def cast_on(other: Connection, idea: Idea, voter: Person, value: int = 1) -> None:
    """Cast a vote by the product's statement, within the transaction of `other`."""
    VoterKey.objects.get_or_create(person=voter)
    other.execute(CAST_STATEMENT, parameters(idea, voter, value))


def retract_on(other: Connection, idea: Idea, voter: Person) -> None:
    other.execute(RETRACT_STATEMENT, parameters(idea, voter, 0))
