"""Links that sign one person in, once, without a mail: for the first start, and for when mail is broken."""

from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from redis.exceptions import RedisError

from accounts.models import Person, Role, SignInLink
from accounts.secrets import digest_of, new_secret
from accounts.services.people import person_of_address
from accounts.sessions import SessionStore
from common.errors import NotFound

LINK_LIFE = timedelta(hours=24)
REPEATED_WITHIN_SECONDS = 60
FIRST_ADMINISTRATOR_LOCK = 7_301  # any number, for pg_advisory_xact_lock


def make_sign_in_link(person: Person) -> str:
    """Return an absolute link that signs `person` in, once, within `LINK_LIFE`."""
    return _make_link(person)


def first_administrator_link() -> str | None:
    """Return a link whose user becomes the first administrator; None when there is one. Earlier such links end."""
    if _has_administrator():
        return None
    SignInLink.objects.filter(person=None).delete()
    return _make_link(None)


def make_administrator(email: str) -> Person:
    """Give the person of this address the role of an administrator; one who is unknown or inactive becomes active.

    Raises: Invalid for `email`.
    """
    person, _is_new = person_of_address(email)
    if not person.is_superuser:
        person.role, person.is_active = Role.ADMINISTRATOR, True
        person.save(update_fields=["role", "is_active"])
    return person


def link_for(token: str) -> SignInLink | None:
    """Return the link if it still works."""
    links = SignInLink.objects.select_related("person")
    link = links.filter(digest=digest_of(token), expires_at__gt=timezone.now()).first()
    if link and link.person is None and _has_administrator():
        return None
    return link


@transaction.atomic
def redeem_link(link: SignInLink, *, email: str = "", browser: str = "") -> Person:
    """Use up a link and return who signs in by it; `email` names the first administrator.

    Args: `browser`, a secret that it sends again with a double click: see `person_of_used_link`.
    Raises: NotFound when somebody else was faster; Invalid for `email`, and then the link stays good.
    """
    used, _by_table = SignInLink.objects.filter(pk=link.pk).delete()
    if not used:
        raise NotFound
    person = link.person or _first_administrator(email)
    if browser:  # before the commit, for which the second click waits
        with suppress(RedisError):
            cache.set(_mark_of(bytes(link.digest), browser), person.pk, timeout=REPEATED_WITHIN_SECONDS)
    return person


def person_of_used_link(token: str, *, browser: str) -> Person | None:
    """Return who signed in by a link a moment ago from this browser, and presses its button again."""
    with suppress(RedisError):
        return Person.objects.filter(pk=cache.get(_mark_of(digest_of(token), browser))).first() if browser else None
    return None


def forget_old_entrances() -> None:
    """Delete sessions and links that are over."""
    SessionStore.clear_expired()
    SignInLink.objects.filter(expires_at__lte=timezone.now()).delete()


def _first_administrator(email: str) -> Person:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FIRST_ADMINISTRATOR_LOCK])
    if _has_administrator():
        raise NotFound
    return make_administrator(email)


def _mark_of(digest: bytes, browser: str) -> str:
    return f"used-link:{digest.hex()}:{digest_of(browser).hex()}"


def _make_link(person: Person | None) -> str:
    token = new_secret()
    SignInLink.objects.create(digest=digest_of(token), person=person, expires_at=timezone.now() + LINK_LIFE)
    return settings.BASE_URL + reverse("sign_in_link", args=[token])


def _has_administrator() -> bool:
    return Person.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exists()
