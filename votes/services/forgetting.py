"""Forget who a voter was, when an account is erased: the votes count on, and nothing leads from the person to them."""

from datetime import UTC, datetime

from django.db import transaction

from accounts.models import Person
from common.errors import NotFound
from votes.models import MergedVote, Vote, VoterKey
from votes.services.merging import take_turn

# The same for all, so that it does not tell who was erased at that time.
SOMETIME = datetime(2000, 1, 1, tzinfo=UTC)


@transaction.atomic
def forget_voter(person: Person) -> None:
    """Make the votes of `person`, who can vote no more, those of a nameless person that is made for them.

    The key of the ledger goes along: rows and lines still belong together, but neither leads to `person` any more.
    Keys of people who were united with `person` have no votes left; they are deleted. Repeating it changes nothing.
    Votes under way are waited for; later ones are refused, since an inactive person cannot vote.
    """
    take_turn()
    # `no_key` still waits for votes, which hold a share lock on their voter.
    if not Person.objects.select_for_update(no_key=True).filter(pk=person.pk):
        raise NotFound
    Person.objects.filter(pk=person.pk).update(is_active=False)
    VoterKey.objects.filter(person__in=_united_with(person.pk)).delete()
    if not VoterKey.objects.filter(person=person).exists():
        return
    nameless = Person.objects.create(is_active=False, created_at=SOMETIME)
    VoterKey.objects.filter(person=person).update(person=nameless)
    Vote.objects.filter(voter=person).update(voter=nameless)
    MergedVote.objects.filter(voter=person).update(voter=nameless)


def _united_with(person_id: int) -> list[int]:
    """Return those who became `person_id`, over however many steps."""
    found: list[int] = []
    newest = [person_id]
    while newest:
        newest = list(Person.objects.filter(united_into__in=newest).values_list("pk", flat=True))
        found += newest
    return found
