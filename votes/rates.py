"""How many up-votes a view brings on each board: what `best` measures an idea against.

It moves a little with every vote, and with it the score of every idea. So one figure per board is in force until
another has become truer by more than a tenth; then the board's scores are computed anew.
"""

from django.db import connection, transaction

from ideas.models import Board, BoardRate
from votes import ranking
from votes.models import Fold, ViewsFlush

CHANGE_THAT_COUNTS = 0.1
IDEAS_PER_STATEMENT = 2_000

# The rate in force on each board; null where votes against decide `best`.
RATES = f"""
SELECT b.id AS board_id, CASE WHEN NOT b.allows_down_votes THEN coalesce(
    (SELECT r.rate FROM ideas_boardrate r WHERE r.board_id = b.id ORDER BY r.id DESC LIMIT 1),
    {ranking.RATE_BEFORE_DATA!r}) END AS rate
FROM ideas_board b"""

MEASURED = """
SELECT b.id, b.allows_down_votes, coalesce(s.up_seen, 0), coalesce(s.seen, 0), r.rate, r.allows_down_votes
FROM ideas_board b
     LEFT JOIN (SELECT board_id, sum(up_seen) AS up_seen, sum(seen) AS seen FROM ideas_standing WHERE seen > 0
                GROUP BY board_id) s ON s.board_id = b.id
     LEFT JOIN LATERAL (SELECT * FROM ideas_boardrate r WHERE r.board_id = b.id ORDER BY r.id DESC LIMIT 1) r ON true
ORDER BY b.id"""

# Locked in the order of their ids, as by everybody.
APPLY = f"""
WITH chunk AS (
    SELECT idea_id, board_id FROM ideas_standing WHERE idea_id > %(after)s ORDER BY idea_id LIMIT %(limit)s
), mine AS MATERIALIZED (
    SELECT s.idea_id, r.rate FROM ideas_standing s JOIN ({RATES}) r ON r.board_id = s.board_id
    WHERE s.idea_id IN (SELECT idea_id FROM chunk WHERE board_id = ANY(%(boards)s))
    ORDER BY s.idea_id FOR NO KEY UPDATE OF s
), scored AS (
    UPDATE ideas_standing s SET best = {ranking.best_of_board_sql("s.up", "s.down", "s.up_seen", "s.seen", "mine.rate")}
    FROM mine WHERE s.idea_id = mine.idea_id
)
SELECT max(idea_id) FROM chunk"""


def rate_of(board: Board) -> float | None:
    """Return the rate in force on a board; None where votes against decide `best`. Queries: 1."""
    with connection.cursor() as cursor:
        cursor.execute(f"{RATES} WHERE b.id = %s", [board.pk])
        rate: float | None = cursor.fetchone()[1]
        return rate


def refresh_rates() -> list[int]:
    """Measure every board anew; return the boards whose scores were computed anew.

    May be killed and repeated: a rate stays marked as not applied until all scores of its board are written.
    Locks: as `_put_in_force`; then the standings of at most IDEAS_PER_STATEMENT ideas at a time.
    """
    if changed := _changed_rates():
        _put_in_force(changed)
    waiting = BoardRate.objects.filter(is_applied=False)
    boards = sorted(set(waiting.values_list("board", flat=True)))
    if boards:
        last = max(waiting.values_list("pk", flat=True))
        _score_anew(boards)
        waiting.filter(pk__lte=last).update(is_applied=True)
    return boards


def _changed_rates() -> list[BoardRate]:
    with connection.cursor() as cursor:
        cursor.execute(MEASURED)
        return [
            BoardRate(board_id=board, rate=measured, allows_down_votes=allows_down)
            for board, allows_down, up_seen, seen, rate, allowed_down in cursor.fetchall()
            for measured in [ranking.board_rate(up_seen, seen)]
            if rate is None or allows_down != allowed_down or abs(measured / rate - 1) > CHANGE_THAT_COUNTS
        ]


@transaction.atomic
def _put_in_force(changed: list[BoardRate]) -> None:
    """Write the rates while nobody scores: who began by the old ones would write after `_score_anew` had passed.

    Locks: the rows of the fold and of the flush of views, in this order; each of these takes its own before standings.
    """
    for row in (Fold, ViewsFlush):
        list(row.objects.select_for_update())
    BoardRate.objects.bulk_create(changed)


def _score_anew(boards: list[int]) -> None:
    after: int | None = 0
    with connection.cursor() as cursor:
        while after is not None:
            with transaction.atomic():
                cursor.execute(APPLY, {"after": after, "boards": boards, "limit": IDEAS_PER_STATEMENT})
                [after] = cursor.fetchone()
