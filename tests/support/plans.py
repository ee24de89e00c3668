from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext


def plan_of(action: Callable[[], object]) -> str:
    """Return PostgreSQL's plans of the queries that `action` makes; of prepared ones that for any values."""
    with CaptureQueriesContext(connection) as captured:
        action()
    with connection.cursor() as cursor:
        plans = []
        for query in captured.captured_queries:
            if query["sql"].lstrip().upper().startswith(("SELECT", "WITH")):
                explain = "EXPLAIN (GENERIC_PLAN)" if "$1" in query["sql"] else "EXPLAIN"
                cursor.execute(f"{explain} {query['sql'].replace('%', '%%')}", [])
                plans += [line for (line,) in cursor.fetchall()]
    return "\n".join(plans)
