from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Person, Role, Team
from accounts.viewers import viewer_for
from ideas.models import Audience, Follow, Idea
from notifications.models import Digest, Kind, NewIdeas, Preference

# Who has no row of preferences wants what the defaults say: everything, new ideas at once.
_UNSAID = Q(preference=None)
AT_ONCE = _UNSAID | Q(preference__new_ideas=NewIdeas.AT_ONCE)
DAILY = Q(preference__new_ideas=NewIdeas.DAILY)
WISHES = {
    Kind.NEW_IDEA: AT_ONCE | DAILY,
    Kind.DIGEST: AT_ONCE | DAILY,
    Kind.COMMENT: _UNSAID | Q(preference__comments=True),
    Kind.NOTE: _UNSAID | Q(preference__notes=True),
    Kind.CHANGE: _UNSAID | Q(preference__changes=True),
    Kind.ASSIGNMENT: _UNSAID | Q(preference__assignments=True),
}
TEAM_KINDS = frozenset({Kind.NEW_IDEA, Kind.DIGEST, Kind.NOTE, Kind.ASSIGNMENT})


def preferences_of(person: Person) -> Preference:
    """What the person wants to be told: as saved, or the defaults, unsaved. Queries: 1."""
    return Preference.objects.filter(person=person).first() or Preference(person=person)


def people_to_tell(kind: Kind, *, ideas: Sequence[Idea]) -> QuerySet[Person]:
    """Return who can be reached, wants mails of this kind, has muted none of the ideas and sees them all."""
    people = Person.objects.filter(WISHES[kind], is_active=True, email__isnull=False)
    for idea in ideas:
        muted = Follow.objects.filter(idea=idea, person=OuterRef("pk"), muted=True)
        people = people.filter(_sees(idea, team_only=kind in TEAM_KINDS), ~Exists(muted))
    return people


def ideas_of_digest(digest: Digest) -> list[Idea]:
    """Return the new ideas of a day that are still listed and that the person still sees. Queries: 2."""
    viewer = viewer_for(digest.person)
    ideas = Idea.objects.visible_to(viewer).moderated_by(viewer).filter(standing__listed=True)
    entries = digest.entries.values("idea")
    return list(ideas.filter(pk__in=entries).select_related("board__portal", "standing").defer("search").order_by("id"))


def _sees(idea: Idea, *, team_only: bool) -> Q:
    """`IdeaQuerySet.visible_to` the other way round: who sees an idea at hand (a test holds both together)."""
    membership = Team.people.through.objects.filter(person=OuterRef("pk"), team=idea.board.team_id)
    team = Q(role=Role.ADMINISTRATOR) | (Q(role=Role.TEAM_MEMBER) & Q(Exists(membership)))
    if team_only or idea.hidden_at or idea.board.seen_by == Audience.TEAM:
        return team
    if idea.withdrawn_at:
        return team | Q(pk=idea.author_id)
    return Q()
