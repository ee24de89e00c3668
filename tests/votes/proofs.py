"""What must hold whatever happened: rows, ledger and tallies say the same."""

from collections import Counter

from django.db.models import F, Sum

from ideas.models import Idea, Standing
from votes.ledger import broken_batch
from votes.models import Vote, VoteEvent, VoterKey


def values(idea: Idea) -> dict[int, int]:
    return dict(Vote.objects.filter(idea=idea).values_list("voter_id", "value"))


def assert_ledger_adds_up() -> None:
    """Replay the ledger by id: every line begins where the one before ended, and the last ones are the votes."""
    persons = dict(VoterKey.objects.values_list("key", "person_id"))
    now: Counter[tuple[int, int]] = Counter()
    for line in VoteEvent.objects.order_by("id"):
        pair = line.idea_id, persons[line.voter_key]
        assert now[pair] == line.old_value, f"line {line.pk}"
        now[pair] = line.new_value
    votes = {(vote.idea_id, vote.voter_id): vote.value for vote in Vote.objects.all()}
    assert {pair: value for pair, value in now.items() if value} == votes


def assert_tallies_are_the_votes() -> None:
    """Compare after a fold with nobody voting."""
    for standing in Standing.objects.all():
        values = Counter(Vote.objects.filter(idea=standing.pk).values_list("value", flat=True))
        assert (standing.up, standing.down, standing.top) == (values[1], values[-1], values[1] - values[-1])
    total = VoteEvent.objects.aggregate(total=Sum(F("new_value") - F("old_value")))["total"] or 0
    assert total == (Standing.objects.aggregate(total=Sum("top"))["total"] or 0)
    assert broken_batch() is None
