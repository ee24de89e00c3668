from votes.services.casting import cast_vote, retract_vote
from votes.services.forgetting import forget_voter
from votes.services.merging import fold_and_follow, merge_ideas, undo_merge
from votes.services.publishing import publish_ledger
from votes.services.uniting import unite_contacts_of, unite_people

__all__ = [
    "cast_vote",
    "fold_and_follow",
    "forget_voter",
    "merge_ideas",
    "publish_ledger",
    "retract_vote",
    "undo_merge",
    "unite_contacts_of",
    "unite_people",
]
