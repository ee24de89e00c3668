"""Stop mails by a link, without signing in (RFC 8058). The link's token says who, which kind, and about which idea."""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.models import Person
from common.errors import NotFound
from ideas.models import Idea
from ideas.services.following import mute_idea
from notifications.models import Delivery, Kind, NewIdeas
from notifications.services.preferences import set_preferences

SALT = "notifications.unsubscribe"


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a token lets its holder stop."""

    person: Person
    kind: Kind
    idea: Idea | None


def unsubscribe_url(delivery: Delivery) -> str:
    token = signing.Signer(salt=SALT).sign_object([delivery.person_id, delivery.kind, delivery.idea_id])
    return settings.BASE_URL + reverse("notifications:unsubscribe", args=[token])


def subscription_of(token: str) -> Subscription:
    """Raises: NotFound for a token that is not ours, or whose person is gone. Queries: 2."""
    try:
        person_id, kind, idea_id = signing.Signer(salt=SALT).unsign_object(token)
    except signing.BadSignature:
        raise NotFound from None
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise NotFound
    return Subscription(person=person, kind=Kind(kind), idea=Idea.objects.filter(pk=idea_id).first())


def stop_kind(subscription: Subscription) -> None:
    """Turn off all mails of this kind for the person; harmless when repeated."""
    person = subscription.person
    match subscription.kind:
        case Kind.NEW_IDEA | Kind.DIGEST:
            set_preferences(person, new_ideas=NewIdeas.NEVER)
        case Kind.COMMENT:
            set_preferences(person, comments=False)
        case Kind.NOTE:
            set_preferences(person, notes=False)
        case Kind.CHANGE:
            set_preferences(person, changes=False)
        case Kind.ASSIGNMENT:
            set_preferences(person, assignments=False)


def stop_idea(subscription: Subscription) -> None:
    """Keep the idea quiet for the person.

    Raises: NotFound when the mail was about no single idea.
    """
    if subscription.idea is None:
        raise NotFound
    mute_idea(subscription.idea, person=subscription.person)
