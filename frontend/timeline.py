"""The story of an idea as everybody may read it, from the log of what happened."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from activity.models import Event
from ideas.models import Idea, OfficialResponse
from ideas.status import Status

LONGEST = 200
EDITED = "idea.edited"
WORDS: dict[str, StrOrPromise] = {
    EDITED: _("Reworded"),
    "idea.moved": _("Moved to another board"),
    "idea.merged": _("Merged into another idea"),
    "idea.unmerged": _("Merge undone"),
    "idea.withdrawn": _("Withdrawn"),
    "idea.returned": _("Brought back"),
    "idea.responded": _("Answered"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """Attributes: `response`, an earlier official answer that this step carried, as Markdown."""

    words: StrOrPromise
    at: datetime
    status: str = ""
    response: str = ""
    is_edit: bool = False


def timeline(idea: Idea) -> list[Step]:
    """Return what happened since the idea was posted, oldest first. Queries: one, where there is an answer two."""
    verbs = [*WORDS, "idea.status_changed"]
    events = Event.objects.filter(subject_type="idea", subject_id=idea.pk, verb__in=verbs).order_by("id")[:LONGEST]
    earlier = _earlier_answers(idea)
    return [_step(event, earlier) for event in _without_repeats(events)]


def _earlier_answers(idea: Idea) -> dict[int, OfficialResponse]:
    """Return the answers before the one that counts now."""
    if idea.response_id is None:
        return {}
    return {response.pk: response for response in idea.responses.exclude(pk=idea.response_id)[:LONGEST]}


def _step(event: Event, earlier: dict[int, OfficialResponse]) -> Step:
    response = earlier.get(event.data.get("response_id") or 0)
    text = response.body if response else ""
    if event.verb == "idea.status_changed":
        status = Status(event.data["new"])
        return Step(status.label, event.at, status=status, response=text)
    return Step(WORDS[event.verb], event.at, response=text, is_edit=event.verb == EDITED)


def _without_repeats(events: Iterable[Event]) -> list[Event]:
    """Drop an edit that follows an edit: the history page has them all."""
    kept: list[Event] = []
    for event in events:
        if kept and event.verb == kept[-1].verb == EDITED:
            kept.pop()
        kept.append(event)
    return kept
