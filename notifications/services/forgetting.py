from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from notifications.models import Delivery, Digest, State

KEPT = timedelta(days=90)
BATCH = 5_000  # rows of one short transaction


def forget_old_deliveries(*, at: datetime | None = None) -> int:
    """Delete what was settled long ago; what failed stays for the administrator. Returns the number of deliveries."""
    before = (at or timezone.now()) - KEPT
    settled = Delivery.objects.filter(state__in=[State.SENT, State.SKIPPED], created_at__lt=before)
    forgotten = 0
    while batch := settled.filter(pk__in=settled.values("pk")[:BATCH]).delete()[0]:
        forgotten += batch
    kept = Delivery.objects.filter(digest=OuterRef("pk"))
    Digest.objects.filter(~Exists(kept), day__lt=before.date()).delete()
    return forgotten
