"""Short ways to say what the tests of mails say often."""

from email.message import EmailMessage

from django.utils import timezone

from accounts.models import Person
from activity.draining import drain
from activity.models import Event
from ideas.models import Idea
from notifications.models import Delivery
from votes.models import Vote


def told(verb: str) -> dict[str, str]:
    """Work off the outbox; return who is told of the newest `verb`, by name, and why."""
    drain()
    event = Event.objects.filter(verb=verb).latest("id")
    return {
        delivery.person.display_name: delivery.reason
        for delivery in Delivery.objects.filter(event=event).select_related("person")
    }


def forget_deliveries() -> None:
    """Leave nothing to send but what happens from now on."""
    drain()
    Delivery.objects.all().delete()


def give_votes(idea: Idea, *people: Person) -> None:
    Vote.objects.bulk_create([Vote(idea=idea, voter=person, value=1, at=timezone.now()) for person in people])


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert isinstance(part, EmailMessage)
    return str(part.get_content())
