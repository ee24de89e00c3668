"""What events are called where people read them."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from activity.models import Event

VERBS: dict[str, StrOrPromise] = {
    "idea.posted": _("Idea posted"),
    "idea.edited": _("Idea edited"),
    "idea.withdrawn": _("Idea withdrawn"),
    "idea.returned": _("Idea brought back by its author"),
    "idea.status_changed": _("Status changed"),
    "idea.responded": _("The team’s answer"),
    "idea.hidden": _("Idea hidden"),
    "idea.restored": _("Idea shown again"),
    "idea.locked": _("Discussion closed"),
    "idea.unlocked": _("Discussion opened"),
    "idea.pinned": _("Idea pinned"),
    "idea.unpinned": _("Idea no longer pinned"),
    "idea.moved": _("Moved to another board"),
    "idea.assigned": _("Assigned"),
    "idea.merged": _("Merged into another idea"),
    "idea.unmerged": _("Merge undone"),
    "comment.posted": _("Comment written"),
    "comment.edited": _("Comment edited"),
    "comment.withdrawn": _("Comment withdrawn"),
    "comment.returned": _("Comment brought back by its author"),
    "comment.hidden": _("Comment hidden"),
    "comment.restored": _("Comment shown again"),
}
DONE_TO_A_ROW: dict[str, StrOrPromise] = {"added": _("Added"), "changed": _("Changed"), "deleted": _("Deleted")}


def verb_label(verb: str) -> StrOrPromise:
    """Return the words for a verb; a verb without words stands for itself."""
    return VERBS.get(verb) or DONE_TO_A_ROW.get(verb.rpartition(".")[2], verb)


@dataclass(frozen=True, slots=True)
class Step:
    """An event as people read it; `detail` is a line, `quote` a longer text that was written then."""

    at: datetime
    who: str
    what: StrOrPromise
    detail: str = ""
    quote: str = ""


def step_of(event: Event, *, detail: str = "", quote: str = "") -> Step:
    """Args: `event` with its actor and key at hand."""
    detail = detail or ", ".join(map(str, event.data.get("fields", ())))
    return Step(event.at, str(event.actor or event.key or ""), verb_label(event.verb), detail, quote)
