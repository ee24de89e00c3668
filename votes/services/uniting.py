"""Two persons become one, when somebody proves the address by which a partner knows them."""

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from accounts.models import Person
from activity.services import record
from common.errors import NotFound
from customers.models import Contact
from ideas.models import Comment, Follow, Idea
from votes.services.merging import take_turn
from votes.services.transfer import move_votes_of_person


def unite_contacts_of(person: Person) -> None:
    """Unite with `person`, who has proven their address, whomever partners know by it and who never signed in.

    Not with those who decide on ideas, as whom no partner may act, nor where the person has parted from the partner.

    Queries: 1 when there is nobody.
    """
    if not person.email or person.is_staff:
        return
    parted = Contact.objects.filter(unlinked_by=person).values("source")
    named = Contact.objects.filter(email=person.email).exclude(source__in=parted)
    strangers = Person.objects.filter(contacts__in=named, email=None, last_login=None, is_active=True)
    for stranger in strangers.exclude(pk=person.pk).distinct().order_by("pk"):
        unite_people(stranger, into=person)


@transaction.atomic
def unite_people(old: Person, *, into: Person) -> None:
    """Make everything of `old` belong to `into`; where both voted on an idea, the vote of `into` stays.

    Repeating it changes nothing. Votes of `old` under way are waited for; later ones count for `into`.
    """
    take_turn()
    # `no_key` still waits for votes, which hold a share lock on their voter.
    locked = Person.objects.select_for_update(no_key=True).order_by("pk").in_bulk([old.pk, into.pk])
    if len(locked) != 2:
        raise NotFound
    if locked[old.pk].united_into_id:
        return
    target = locked[into.pk].united_into_id or into.pk
    move_votes_of_person(old=old.pk, into=target)
    _move_works(old.pk, target)
    Person.objects.filter(pk=old.pk).update(is_active=False, united_into=target)
    record("person.united", subject_type="person", subject_id=target, actor=into, data={"old": old.pk})


def _move_works(old: int, into: int) -> None:
    Idea.objects.filter(author=old).update(author=into, version=F("version") + 1, updated_at=Now())
    Comment.objects.filter(author=old).update(author=into)
    Contact.objects.filter(person=old).update(person=into)
    follows = Follow.objects.filter(person=old)
    follows.exclude(idea__in=Follow.objects.filter(person=into).values("idea")).update(person=into)
    follows.delete()
