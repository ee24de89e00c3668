"""What happened to an idea, in words."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Person
from activity.models import Event
from activity.wording import Step, step_of
from ideas.models import Board, Comment, Idea, OfficialResponse
from ideas.status import Status

EVENTS_SHOWN = 50
COMMENTS_SHOWN = 20


def timeline_of(idea: Idea) -> list[Step]:
    """Return the newest steps, newest first. Queries: 2, and one each where the idea was moved or assigned."""
    events = Event.objects.filter(subject_type="idea", subject_id=idea.pk).select_related("actor", "key")
    shown = list(events.order_by("-id")[:EVENTS_SHOWN])
    said = {event.data.get("response_id") for event in shown} - {None}
    responses = dict(OfficialResponse.objects.filter(pk__in=said).values_list("pk", "body"))
    names = Names(shown)
    return [
        step_of(event, detail=_detail(event, names), quote=responses.get(event.data.get("response_id"), ""))
        for event in shown
    ]


def comments_shown(idea: Idea) -> list[Comment]:
    """Return the newest comments, internal and hidden ones included. Queries: 1."""
    return list(idea.comments.select_related("author").order_by("-id")[:COMMENTS_SHOWN])


class Names:
    """What the boards and people of some events are called."""

    def __init__(self, events: list[Event]) -> None:
        def ids(*names: str) -> set[Any]:
            return {event.data.get(name) for event in events for name in names} - {None}

        boards, people = ids("old_board", "new_board"), ids("assignee_id")
        self.boards = Board.objects.in_bulk(boards) if boards else {}
        self.people = Person.objects.in_bulk(people) if people else {}


def _detail(event: Event, names: Names) -> str:
    data: dict[str, Any] = event.data
    match event.verb:
        case "idea.status_changed":
            return f"{_status(data.get('old'))} → {_status(data.get('new'))}"
        case "idea.moved":
            return f"{names.boards.get(data['old_board'], '?')} → {names.boards.get(data['new_board'], '?')}"
        case "idea.edited":
            return ", ".join(str(Idea._meta.get_field(name).verbose_name) for name in data.get("fields", ()))  # type: ignore[union-attr]
        case "idea.assigned":
            return str(names.people.get(data.get("assignee_id") or 0, _("nobody")))
    return ""


def _status(value: str | None) -> str:
    return str(Status(value).label) if value in Status.values else str(value or "?")
