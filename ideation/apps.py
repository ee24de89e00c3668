from typing import Any

from django.apps import AppConfig, apps
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate

from ideation.logs import configure_structlog

# They protect the fold of votes, which any open transaction holds back (settings.DATABASES).
LIMITS = ("statement_timeout", "transaction_timeout", "idle_in_transaction_session_timeout")


class IdeationConfig(AppConfig):
    name = "ideation"

    def ready(self) -> None:
        configure_structlog()
        once = apps.get_app_config("accounts")  # the signals come for every app that has models
        pre_migrate.connect(lift_limits, sender=once, dispatch_uid="ideation.lift_limits")
        post_migrate.connect(restore_limits, sender=once, dispatch_uid="ideation.restore_limits")


def lift_limits(*, using: str, **_: Any) -> None:
    """Let migrations take their time: an index on a large table needs it."""
    _run(using, "SET {} = 0")


def restore_limits(*, using: str, **_: Any) -> None:
    _run(using, "RESET {}")


def _run(using: str, statement: str) -> None:
    with connections[using].cursor() as cursor:
        for limit in LIMITS:
            cursor.execute(statement.format(limit))
