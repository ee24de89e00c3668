"""The admin's list of ideas in the portal: a merge of index ranges, as in `ideas.lists`, under any filter."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from ideas.models import Idea
from ideas.status import Status


@dataclass(frozen=True)
class IdeasInRanges:
    """Ideas on `boards` in an order of standings, to be sliced by a paginator.

    Each (board, status) is one index range; all of them are merged. Right for filters that many
    ideas pass: one that few pass is better asked by its own index.

    Attributes: `ideas` filtered; `boards` ids; `order` such as "-standing__top", a column that has such an index.
    """

    ideas: "QuerySet[Idea]"
    boards: Sequence[int]
    order: str

    def __getitem__(self, rows: slice) -> list[Idea]:
        """Queries: 2, for the places and for the ideas in them."""
        with connection.cursor() as cursor:
            cursor.execute(*self._places(rows.start, rows.stop))
            ids = [pk for (pk,) in cursor.fetchall()]
        found = self.ideas.in_bulk(ids)
        return [found[pk] for pk in ids if pk in found]

    def _places(self, start: int, stop: int) -> tuple[str, list[Any]]:
        """Each range's SQL is Django's own, with its values bound; merged row by row, each is read as far as needed."""
        column, direction = self.order.removeprefix("-"), "DESC" if self.order.startswith("-") else "ASC"
        one_range = (
            self.ideas.filter(
                standing__listed=True, standing__board=RawSQL("{board}", ()), standing__status=RawSQL("'{status}'", ())
            )
            .order_by(self.order, f"{'-' if direction == 'DESC' else ''}standing__pk")
            .values_list("standing__pk", column)[:stop]
        )
        sql, values = one_range.query.sql_with_params()
        ranges = [
            f"({sql.replace('{board}', str(board)).replace('{status}', status)})"
            for board in self.boards
            for status in Status.values
        ]
        merged = " UNION ALL ".join(ranges) or "SELECT 0, 0 WHERE false"
        return (
            f"SELECT id FROM ({merged}) AS r(id, key) ORDER BY key {direction}, id {direction} LIMIT %s OFFSET %s",
            [*list(values) * len(ranges), stop - start, start],
        )
