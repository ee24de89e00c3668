"""Who asks: a person in the portal, a partner's key, or nobody. Policies and querysets take a Viewer, not a request."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from accounts.models import ApiKey, Person, Scope
from common.errors import SignInNeeded


@dataclass(frozen=True, slots=True)
class Viewer:
    """Attributes: `person` signed in by session; `key` of a partner; `team_ids` of the person's departments.

    A key never acts with the role of a person: its scopes alone say what it may do.
    """

    person: Person | None = None
    key: ApiKey | None = None
    team_ids: frozenset[int] = field(default=frozenset())

    @property
    def person_id(self) -> int | None:
        return self.person.pk if self.person else None

    @property
    def is_key(self) -> bool:
        return self.key is not None

    @property
    def is_member(self) -> bool:
        """Sees what everybody who is signed in sees."""
        return self.person is not None or self.may(Scope.IDEAS_READ)

    @property
    def moderates_all(self) -> bool:
        if self.key:
            return self.may(Scope.MODERATION_WRITE)
        return self.person is not None and self.person.is_administrator

    def may(self, scope: Scope) -> bool:
        return self.key is not None and scope in self.key.scopes

    def moderates(self, team_id: int) -> bool:
        """Is part of the team `team_id`, which owns the board in question."""
        return self.moderates_all or team_id in self.team_ids


ANONYMOUS = Viewer()


def viewer_for(person: Person) -> Viewer:
    """Queries: one, for team members; none for others."""
    team_ids = person.teams.values_list("pk", flat=True) if person.is_staff else ()
    return Viewer(person=person, team_ids=frozenset(team_ids))


def viewer_of(request: Any) -> Viewer:
    """The viewer behind a request of the portal or the API, found once per request."""
    http: HttpRequest = getattr(request, "_request", request)
    known: Viewer | None = getattr(http, "_viewer", None)
    if known is None:
        if isinstance(key := getattr(request, "auth", None), ApiKey):
            known = Viewer(key=key)
        # Errors before authentication have pages too, and no user.
        elif isinstance(user := getattr(request, "user", None), Person) and user.is_active:
            known = viewer_for(user)
        else:
            known = ANONYMOUS
        http._viewer = known  # type: ignore[attr-defined]
    return known


def acting(request: Any) -> Person:
    """Return who is signed in, for pages that let nobody else in.

    Raises: SignInNeeded.
    """
    person = viewer_of(request).person
    if person is None:
        raise SignInNeeded
    return person
