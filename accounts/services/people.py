from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Language, Person
from accounts.time_zones import is_time_zone
from common.errors import Forbidden, Invalid
from common.text import clean_line


def clean_email(email: str, *, field: str = "email") -> str:
    """Return the address in the one spelling we keep.

    Raises: Invalid with `field`.
    """
    email = clean_line(email, field=field, max_length=254, required=True).lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise Invalid(_("This is not an e-mail address."), field=field, code="invalid_email") from error
    return email


@transaction.atomic
def person_of_address(email: str) -> tuple[Person, bool]:
    """Return the person whose address this is, made now if there is none, and whether that was so.

    Call it only for an address that was proven, or that the operator vouches for: other accounts lose their claim.
    The address is not marked as verified by this.
    """
    email = clean_email(email)
    person, is_new = Person.objects.get_or_create(email=email, defaults={"language": _spoken_language()})
    EmailAddress.objects.filter(email=email).exclude(user=person).delete()
    EmailAddress.objects.get_or_create(user=person, email=email)
    return person, is_new


def person_now(person: Person) -> Person:
    """Return who `person` is now, which stays so until the transaction ends: in whose name something is written.

    Locks: FOR SHARE, for which a union of two people waits, and which waits for one.
    Raises: Forbidden for somebody who is no longer active.
    """
    [found] = Person.objects.raw("SELECT * FROM accounts_person WHERE id = %s FOR SHARE", [person.pk])
    if found.united_into_id:
        return person_now(Person(pk=found.united_into_id))
    if not found.is_active:
        raise Forbidden
    return found


def update_profile(person: Person, *, display_name: str, language: str, time_zone: str) -> None:
    """Change what people say about themselves.

    Raises: Invalid for `display_name`, `language` or `time_zone`.
    """
    name = clean_line(display_name, field="display_name", max_length=80)
    if language not in Language.values:
        raise Invalid(_("Choose one of the languages."), field="language")
    if not is_time_zone(time_zone):
        raise Invalid(_("Choose one of the time zones."), field="time_zone")
    person.display_name, person.language, person.time_zone = name, language, time_zone
    person.save(update_fields=["display_name", "language", "time_zone"])


def _spoken_language() -> str:
    spoken = (get_language() or "")[:2]
    return spoken if spoken in Language.values else Language.ENGLISH
