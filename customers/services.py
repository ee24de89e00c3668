"""Partners name people by their own ids, and say an e-mail address and a name.

What a partner says is the partner's word, not the person's. So the address stays in the contact: it never leads to an
account, or else a partner could vote and post as anybody whose address it knows. The two become one person when the
owner of the address signs in with it. Until then the partner's name for the person shows; afterwards the person's own.
From then on the partner votes and posts as that person, who can end it. Nobody of a team is ever joined.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from accounts.models import Person
from accounts.services import clean_email
from activity.services import record
from common.errors import NotFound
from common.prepared import PreparedQuery, given
from common.text import clean_line
from customers.models import Contact

KNOWN_CONTACT = PreparedQuery(
    lambda: Contact.objects.select_related("person").filter(source=given("source"), external_id=given("external_id"))
)


@dataclass(frozen=True, slots=True)
class Named:
    """How a partner names somebody."""

    external_id: str
    email: str = ""
    name: str = ""


def person_for_contact(*, source: str, external_id: str, email: str = "", name: str = "") -> Person:
    """Return the person whom the partner `source` calls `external_id`; the first call makes both.

    An `email` or `name` that is given replaces what the partner said before.

    Raises: Invalid for `external_id`, `email` or `name`.
    Queries: one when contact and words are as before; safe beside other calls for the same contact.
    """
    external_id = clean_line(external_id, field="external_id", max_length=200, required=True)
    words = {"email": clean_email(email) if email else "", "name": clean_line(name, field="name", max_length=80)}
    said = {field: word for field, word in words.items() if word}
    contact = KNOWN_CONTACT.first(source=source, external_id=external_id) or _make(source, external_id, said)
    _update(contact, said)
    return contact.person


@transaction.atomic
def people_for_contacts(named: Iterable[Named], *, source: str) -> dict[str, int]:
    """Return the ids of many people by the partner's ids; who is known stays as is, the others are made.

    For imports, of which one per source runs at a time: beside another call for the same new contact it fails whole.
    Of one who is named twice the first words count. What comes in has been through `common.text` and `clean_email`.

    Queries: 3.
    """
    wanted: dict[str, Named] = {}
    for contact in named:
        wanted.setdefault(contact.external_id, contact)
    known = Contact.objects.filter(source=source, external_id__in=wanted)
    found = dict(known.values_list("external_id", "person_id"))
    new = [contact for contact in wanted.values() if contact.external_id not in found]
    people = Person.objects.bulk_create([Person(display_name=contact.name) for contact in new])
    Contact.objects.bulk_create(
        [
            Contact(source=source, external_id=who.external_id, email=who.email, name=who.name, person=person)
            for who, person in zip(new, people, strict=True)
        ]
    )
    return found | {who.external_id: person.pk for who, person in zip(new, people, strict=True)}


@transaction.atomic
def unlink_contact(contact_id: int, *, person: Person) -> None:
    """Part a partner's name from `person`, for good: by it the partner means somebody else from now on.

    What was posted and voted stays the person's.

    Raises: NotFound for a name that is not theirs.
    """
    contact = Contact.objects.select_for_update(no_key=True).filter(pk=contact_id, person=person).first()
    if contact is None:
        raise NotFound
    contact.person, contact.unlinked_by = Person.objects.create(display_name=contact.name), person
    contact.save(update_fields=["person", "unlinked_by"])
    record("person.unlinked", subject_type="person", subject_id=person.pk, actor=person, data={"contact": contact.pk})


def _make(source: str, external_id: str, said: dict[str, str]) -> Contact:
    try:
        with transaction.atomic():
            person = Person.objects.create(display_name=said.get("name", ""))
            return Contact.objects.create(source=source, external_id=external_id, person=person, **said)
    except IntegrityError:  # somebody else was faster; their contact is the one
        return Contact.objects.select_related("person").get(source=source, external_id=external_id)


def _update(contact: Contact, said: dict[str, str]) -> None:
    changed = {field: word for field, word in said.items() if getattr(contact, field) != word}
    if not changed:
        return
    with transaction.atomic():  # the rows stay locked until the name is the same in both
        # The person first, as whoever unites two people does.
        Person.objects.select_for_update(no_key=True).get(pk=contact.person_id)
        Contact.objects.filter(pk=contact.pk).update(**changed)
        strangers = Person.objects.filter(contacts=contact, email=None)
        if "name" in changed and strangers.update(display_name=changed["name"]):
            contact.person.display_name = changed["name"]
