"""The admin's list of ideas in the portal: a merge of index ranges, as in `ideas.lists`, under any filter."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from ideas.models import Idea
from ideas.status import Status


@dataclass(frozen=True)
class IdeasInRanges:
    """Ideas on `boards` in an order of standings, to be sliced by a paginator.

    Each (board, status) is one index range; the first rows of all of them are merged. Right for filters that many
    ideas pass: one that few pass is better asked by its own index.

    Attributes: `ideas` filtered; `boards` ids; `order` such as "-standing__top", a column that has such an index.
    """

    ideas: "QuerySet[Idea]"
    boards: Sequence[int]
    order: str

    def __getitem__(self, rows: slice) -> list[Idea]:
        """Queries: 1."""
        ids = RawSQL(*self._ids(rows.start, rows.stop))
        return list(self.ideas.model.objects.filter(pk__in=ids).order_by(*self._ordering()))

    def _ordering(self) -> tuple[str, str]:
        sign = "-" if self.order.startswith("-") else ""
        return self.order, f"{sign}standing__pk"

    def _ids(self, start: int, stop: int) -> tuple[str, tuple[object, ...]]:
        """The inner query's SQL is Django's own, with its values bound."""
        column = self.order.removeprefix("-")
        one_range = (
            self.ideas.filter(
                standing__listed=True,
                standing__board=RawSQL("k.board_id", ()),
                standing__status=RawSQL("k.status", ()),
            )
            .order_by(*self._ordering())
            .values_list("standing__pk", column)[:stop]
        )
        sql, values = one_range.query.sql_with_params()
        direction = "DESC" if self.order.startswith("-") else "ASC"
        return (
            f"""SELECT r.id FROM unnest(%s::bigint[]) AS b(board_id) CROSS JOIN unnest(%s::text[]) AS s(status)
                CROSS JOIN LATERAL (SELECT b.board_id, s.status) k
                CROSS JOIN LATERAL ({sql}) AS r(id, key)
                ORDER BY r.key {direction}, r.id {direction} LIMIT %s OFFSET %s""",
            (list(self.boards), Status.values, *values, stop - start, start),
        )
