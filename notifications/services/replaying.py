"""Send again what was given up, once its cause is mended."""

from django.db.models import QuerySet
from django.db.models.functions import Now

from activity.nudge import nudge
from notifications.models import Delivery, State

SEND_TASK = "notifications.tasks.send_deliveries"


def replay_delivery(delivery: Delivery) -> bool:
    """Make a failed or parked delivery due now, with all its attempts; false if it is neither."""
    return replay_deliveries(Delivery.objects.filter(pk=delivery.pk)) == 1


def replay_all() -> int:
    """Replay whatever failed or was parked; return how many."""
    return replay_deliveries(Delivery.objects.all())


def replay_deliveries(chosen: "QuerySet[Delivery]") -> int:
    """Replay those of `chosen` that failed or were parked; return how many. Queries: one update."""
    unsent = Delivery.objects.filter(pk__in=chosen.values("pk"), state__in=[State.FAILED, State.PARKED])
    replayed = unsent.update(state=State.PENDING, attempts=0, next_attempt_at=Now())
    nudge(SEND_TASK)
    return replayed
