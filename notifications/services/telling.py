"""An event becomes deliveries: who is told, and why, in one statement however many they are."""

from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from accounts.models import Person, Team
from activity.models import Event
from activity.nudge import nudge
from ideas.models import Comment, Follow, Idea
from notifications.matters import Matter, matter_of
from notifications.models import Channel, Delivery, DigestEntry, Kind, Reason, State
from notifications.selectors import AT_ONCE, DAILY, people_to_tell
from notifications.services.replaying import SEND_TASK
from votes.models import MergedVote, Vote

REASONS = {
    Kind.NEW_IDEA: (Reason.TEAM,),
    Kind.ASSIGNMENT: (Reason.ASSIGNEE,),
    Kind.COMMENT: (Reason.REPLY, Reason.AUTHOR, Reason.FOLLOWER),
    Kind.NOTE: (Reason.ASSIGNEE, Reason.REPLY, Reason.FOLLOWER),
    Kind.CHANGE: (Reason.AUTHOR, Reason.FOLLOWER, Reason.VOTER),
}


def tell(event: Event) -> None:
    """Queue one mail for each person to whom `event` matters; harmless when repeated."""
    matter = matter_of(event)
    if matter is None:
        return
    _deliver(matter)
    if matter.kind == Kind.NEW_IDEA:
        _keep_for_digest(matter)
    transaction.on_commit(partial(nudge, SEND_TASK), robust=True)


def _deliver(matter: Matter) -> None:
    """Insert the deliveries: each person once, for the first reason that holds. Queries: 1."""
    people = _people(matter, AT_ONCE if matter.kind == Kind.NEW_IDEA else Q())
    people_sql, people_params = people.values("pk").query.sql_with_params()
    told_sql, told_params = _told(matter)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO {Delivery._meta.db_table}
                (event_id, idea_id, kind, channel, state, person_id, reason, message_key)
            SELECT DISTINCT ON (told.person_id) %s::bigint, %s::bigint, %s, %s, %s,
                told.person_id, told.reason, gen_random_uuid()
            FROM ({told_sql}) AS told (person_id, reason, rank)
            WHERE told.person_id IN ({people_sql})
            ORDER BY told.person_id, told.rank
            ON CONFLICT DO NOTHING
            """,
            [
                matter.event.pk,
                matter.idea.pk,
                matter.kind.value,
                Channel.MAIL.value,
                State.PENDING.value,
                *told_params,
                *people_params,
            ],
        )


def _told(matter: Matter) -> tuple[str, list[Any]]:
    """Return the SQL, with parameters, of (person, reason, rank of the reason) for all whom the event concerns."""
    parts: list[str] = []
    params: list[Any] = []
    for rank, reason in enumerate(REASONS[matter.kind]):
        sql, source_params = _concerned(matter, reason).query.sql_with_params()
        parts.append(f"SELECT source.*, %s, {rank} FROM ({sql}) AS source")
        params += [reason.value, *source_params]
    return " UNION ALL ".join(parts), params


def _concerned(matter: Matter, reason: Reason) -> QuerySet[Any, Any]:
    """The people for whom `reason` holds, as a queryset of one column."""
    idea = matter.idea
    match reason:
        case Reason.ASSIGNEE:
            return Idea.objects.filter(pk=idea.pk).values("assignee_id")
        case Reason.REPLY:
            return Comment.objects.filter(replies=matter.event.subject_id).values("author_id")
        case Reason.AUTHOR:
            return Idea.objects.filter(pk=idea.pk).values("author_id")
        case Reason.FOLLOWER:
            return Follow.objects.filter(idea=idea, muted=False).values("person_id")
        case Reason.VOTER if matter.into:
            return MergedVote.objects.filter(merge__duplicate=idea, merge__undone_at=None).values("voter_id")
        case Reason.VOTER:
            return Vote.objects.filter(idea=idea).values("voter_id")
        case Reason.TEAM:
            return Team.people.through.objects.filter(team=idea.board.team_id).values("person_id")


def _keep_for_digest(matter: Matter) -> None:
    """Queries: 2."""
    team = _people(matter, DAILY).filter(teams=matter.idea.board.team_id)
    DigestEntry.objects.bulk_create(
        [DigestEntry(event=matter.event, person=person, idea=matter.idea) for person in team], ignore_conflicts=True
    )


def _people(matter: Matter, wish: Q) -> QuerySet[Person]:
    """Whoever may be told of the matter, but not the person who did it."""
    people = people_to_tell(matter.kind, ideas=matter.ideas).filter(wish)
    return people.exclude(pk=matter.event.actor_id) if matter.event.actor_id else people
