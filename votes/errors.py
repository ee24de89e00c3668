from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, Forbidden, Invalid


class VotingClosed(Conflict):
    code = "voting_closed"
    message = _("Voting on this idea is closed.")


class DownVoteNotAllowed(Invalid):
    code = "down_vote_not_allowed"
    message = _("This board has no votes against.")


class NotMerged(Conflict):
    code = "not_merged"
    message = _("This idea is not merged.")


class MergeIntoItself(Invalid):
    code = "merge_into_itself"
    message = _("An idea cannot be merged into itself.")


class LedgerNotPublic(Forbidden):
    code = "ledger_not_public"
    message = _("This board does not publish its votes.")
