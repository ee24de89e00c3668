from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Person
from activity.draining import drain
from ideas.models import Idea
from ideas.services.moderation import respond
from notifications.models import Delivery, State
from notifications.services.forgetting import KEPT, forget_old_deliveries
from tests.notifications.support import forget_deliveries, give_votes
from tests.support.scene import make_person


@pytest.mark.django_db
def test_what_was_settled_long_ago_is_forgotten_and_what_failed_is_kept(idea: Idea, colleague: Person) -> None:
    forget_deliveries()
    give_votes(idea, *[make_person(name) for name in ("sent", "skipped", "parked", "pending")])
    respond(idea, body="Yes.", by=idea.author)
    drain()
    for state in State:
        Delivery.objects.filter(person__display_name=state).update(state=state)
    assert forget_old_deliveries(at=timezone.now() + KEPT - timedelta(minutes=1)) == 0
    assert forget_old_deliveries(at=timezone.now() + KEPT + timedelta(minutes=1)) == 2
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.PARKED, State.PENDING}
