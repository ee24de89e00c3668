"""What other rooms and packages tell this one."""

from collections.abc import Collection
from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed, user_logged_in

from accounts.models import Person
from ideas.counts import register_voted_among
from ideas.models import Idea
from votes.selectors import my_votes
from votes.services import unite_contacts_of


def connect() -> None:
    register_voted_among(voted_among)
    user_logged_in.connect(unite_after_sign_in, dispatch_uid="votes.unite_after_sign_in")
    email_confirmed.connect(unite_after_confirmation, dispatch_uid="votes.unite_after_confirmation")


def voted_among(person: Person, ideas: Collection[Idea]) -> Collection[int]:
    return my_votes(person, ideas)


def unite_after_sign_in(*, user: Person, **_: Any) -> None:
    unite_contacts_of(user)


def unite_after_confirmation(*, email_address: EmailAddress, **_: Any) -> None:
    unite_contacts_of(email_address.user)
