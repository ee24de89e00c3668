"""Where an idea stands among the listed ones of its board in an order, counted no further than to PLACES_COUNTED."""

from dataclasses import dataclass

from django.db import connection

from ideas.lists import COLUMNS
from ideas.models import Idea, Standing
from ideas.status import Status

PLACES_COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class Place:
    """`position` is None beyond PLACES_COUNTED; `above` is the next better idea, None on top."""

    position: int | None
    above: Idea | None


def place_of(standing: Standing, order: str) -> Place:
    """Return the place of a listed idea. Queries: 2, over at most PLACES_COUNTED index entries per status."""
    column = COLUMNS[order]
    better = f"""
        SELECT count(*), (array_agg(r.idea_id ORDER BY r.key, r.idea_id))[1]
        FROM unnest(%s::text[]) AS k(status) CROSS JOIN LATERAL (
            SELECT s.idea_id, s.{column} AS key FROM ideas_standing s
            WHERE s.board_id = %s AND s.status = k.status AND s.listed AND (s.{column}, s.idea_id) > (%s, %s)
            ORDER BY s.{column}, s.idea_id LIMIT {PLACES_COUNTED}) r"""
    with connection.cursor() as cursor:
        cursor.execute(better, [Status.values, standing.board_id, getattr(standing, column), standing.idea_id])
        count, above = cursor.fetchone()
    idea = Idea.objects.select_related("standing", "board").defer("search", "body").filter(pk=above).first()
    return Place(count + 1 if count < PLACES_COUNTED else None, idea)
