from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import pre_migrate

from ideation.logs import configure_structlog


class IdeationConfig(AppConfig):
    name = "ideation"

    def ready(self) -> None:
        configure_structlog()
        pre_migrate.connect(allow_long_migrations, dispatch_uid="ideation.allow_long_migrations")


def allow_long_migrations(*, using: str, **_: Any) -> None:
    """Lift the limits that protect the fold of votes: building an index on a large table takes its time."""
    with connections[using].cursor() as cursor:
        for limit in ("statement_timeout", "transaction_timeout", "idle_in_transaction_session_timeout"):
            cursor.execute(f"SET {limit} = 0")
