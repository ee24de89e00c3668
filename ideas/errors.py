from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, Forbidden, Invalid


class BoardClosed(Conflict):
    code = "board_closed"
    message = _("This board is closed.")


class IdeaLocked(Conflict):
    code = "idea_locked"
    message = _("The team has closed this discussion.")


class AlreadyMerged(Conflict):
    code = "already_merged"
    message = _("This idea was merged into another one.")


class UnknownTag(Invalid):
    code = "unknown_tag"
    message = _("There is no such tag.")


class CountsHidden(Forbidden):
    code = "counts_hidden"
    message = _("This board shows counts to those who voted.")
