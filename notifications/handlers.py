"""What this room hears of; registered in `apps.py`."""

from activity.models import Event
from notifications.matters import KIND_OF
from notifications.services.telling import tell

VERBS = frozenset(KIND_OF)


def tell_people(event: Event) -> None:
    tell(event)
