"""Column types of the ledger that Django does not have."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Func


class TransactionIdField(models.Field):  # type: ignore[type-arg]  # generic for the type checker only
    """PostgreSQL's `xid8`: the full number of a transaction, which never wraps around."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "xid8"

    def from_db_value(self, value: str | None, expression: object, connection: BaseDatabaseWrapper) -> int | None:
        return None if value is None else int(value)

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else str(int(value))


class CurrentTransaction(Func):
    """The top transaction's number, inside savepoints too; assigns one."""

    function = "pg_current_xact_id"
    output_field = TransactionIdField()


class ClockTimestamp(Func):
    """The time now, which inside a transaction goes on."""

    function = "clock_timestamp"
    output_field = models.DateTimeField()
