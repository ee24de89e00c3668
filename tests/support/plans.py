from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext


def plan_of(action: Callable[[], object]) -> str:
    """Return PostgreSQL's plans of the queries that `action` makes."""
    with CaptureQueriesContext(connection) as captured:
        action()
    with connection.cursor() as cursor:
        plans = []
        for query in captured.captured_queries:
            if query["sql"].lstrip().upper().startswith(("SELECT", "WITH")):
                cursor.execute("EXPLAIN " + query["sql"].replace("%", "%%"), [])
                plans += [line for (line,) in cursor.fetchall()]
    return "\n".join(plans)
