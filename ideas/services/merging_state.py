"""What a merge writes on ideas. Called by `votes`, which unites the voters, inside its transaction and locks."""

from ideas.models import Idea
from ideas.services.locking import save_idea


def mark_merged(idea: Idea, *, into: Idea) -> None:
    """Let a locked idea lead on to the canonical one and leave the lists."""
    save_idea(idea, merged_into=into)


def unmark_merged(idea: Idea) -> None:
    save_idea(idea, merged_into=None)
