"""An idea's counts as somebody sees them."""

from dataclasses import dataclass

# SQL: what of a voter's lines on an idea no fold has taken yet, as (up, down). `of` has idea_id and voter_key.
# Their own few lines are read by index, however many others wait.
OWN_UNFOLDED = """
    SELECT coalesce(sum((e.new_value = 1)::int - (e.old_value = 1)::int), 0)::int AS up,
           coalesce(sum((e.new_value = -1)::int - (e.old_value = -1)::int), 0)::int AS down
    FROM votes_voteevent e LEFT JOIN votes_fold f ON f.id = 1
    WHERE e.idea_id = {of}.idea_id AND e.voter_key = {of}.voter_key
      AND e.xid >= coalesce(f.mark, '0'::xid8) AND e.id > coalesce(f.floor_id, 0)"""


@dataclass(frozen=True, slots=True)
class Tally:
    """Folded counts, with the reader's own newest vote."""

    up: int
    down: int
    comments: int = 0

    @classmethod
    def shown(cls, up: int, down: int, comments: int = 0) -> "Tally":
        """Return counts that may be −1 for a moment (a vote taken back is folded before its cast) as 0."""
        return cls(max(0, up), max(0, down), max(0, comments))

    @property
    def votes(self) -> int:
        return self.up - self.down


@dataclass(frozen=True, slots=True)
class Ballot:
    """What a voter's vote is now: `value` 1, −1 or 0 for none, on `idea_id` (public), and the tally they see."""

    idea_id: str
    value: int
    tally: Tally
