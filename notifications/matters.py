"""What an event is about, loaded once for all who are told of it."""

from dataclasses import dataclass

from accounts.models import Person
from activity.models import Event
from ideas.models import Comment, Idea, OfficialResponse
from notifications.models import Kind

KIND_OF = {
    "idea.posted": Kind.NEW_IDEA,
    "idea.assigned": Kind.ASSIGNMENT,
    "idea.status_changed": Kind.CHANGE,
    "idea.responded": Kind.CHANGE,
    "idea.merged": Kind.CHANGE,
    "idea.unmerged": Kind.CHANGE,
    "comment.posted": Kind.COMMENT,
}


@dataclass(frozen=True, slots=True)
class Matter:
    """An event with the rows that its mail speaks of; `into` is the idea that a merged one leads on to."""

    event: Event
    kind: Kind
    idea: Idea
    actor: Person | None = None
    comment: Comment | None = None
    response: OfficialResponse | None = None
    into: Idea | None = None

    @property
    def ideas(self) -> list[Idea]:
        """Whoever is told sees all of them."""
        return [idea for idea in (self.idea, self.into) if idea]

    @property
    def leads_to(self) -> Idea:
        return self.into or self.idea

    @property
    def words(self) -> str:
        """What somebody wrote, where the event is about that."""
        written = self.comment or self.response
        return written.body if written else ""


def matter_of(event: Event) -> Matter | None:
    """None when there is nothing to tell: never was, or it was taken back in the meantime."""
    kind = KIND_OF.get(event.verb)
    if kind is None:
        return None
    idea = _idea(event.data.get("idea_id", event.subject_id))
    if idea is None:
        return None
    matter = Matter(
        event=event,
        kind=Kind.NOTE if event.data.get("is_internal") else kind,
        idea=idea,
        actor=event.actor,
        comment=_comment(event),
        response=OfficialResponse.objects.filter(pk=event.data.get("response_id"), idea=idea).first(),
        into=_idea(event.data["into"]) if event.verb == "idea.merged" else None,
    )
    return None if _is_over(matter) else matter


def _idea(pk: int) -> Idea | None:
    return Idea.objects.select_related("board__portal", "author").defer("search").filter(pk=pk).first()


def _comment(event: Event) -> Comment | None:
    if event.subject_type != "comment":
        return None
    return Comment.objects.filter(pk=event.subject_id).first()


def _is_over(matter: Matter) -> bool:
    event, idea, comment = matter.event, matter.idea, matter.comment
    match event.verb:
        case "comment.posted":
            return comment is None or comment.hidden_at is not None or comment.withdrawn_at is not None
        case "idea.merged":
            return matter.into is None or idea.merged_into_id is None
        case "idea.assigned":
            return idea.assignee_id is None or idea.assignee_id != event.data["assignee_id"]
        case _:
            return False
