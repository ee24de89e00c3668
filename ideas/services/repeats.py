"""What is sent twice by accident, by a double click or Back and send again, is posted once."""

from datetime import timedelta
from typing import TypeVar

from django.db import connection
from django.db.models import Model, QuerySet
from django.utils import timezone

from accounts.models import Person

Row = TypeVar("Row", bound=Model)

REPEATED_WITHIN = timedelta(minutes=10)


def posted_just_now(rows: "QuerySet[Row]", author: Person) -> "Row | None":
    """Return the first of `rows`, which say the same, that `author` posted just now and everybody can see still.

    Locks: what one person posts waits for each other until the transaction ends.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"posts of {author.pk}"])
    since = timezone.now() - REPEATED_WITHIN
    shown = rows.filter(author=author, created_at__gt=since, hidden_at=None, withdrawn_at=None)
    return shown.order_by("pk").first()
