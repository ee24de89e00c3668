"""Who a request of the API acts for, and whether it may."""

from collections.abc import Mapping

from django.db.models import Exists, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, Role, Scope
from accounts.viewers import Viewer
from activity.models import Event
from common.errors import Forbidden, Invalid, SignInNeeded
from customers.models import Contact
from customers.services import person_for_contact
from ideas.models import Idea
from ideas.policies import may_edit_idea


class MissingScope(Forbidden):
    code = "missing_scope"


class AuthorRequired(Invalid):
    code = "author_required"
    message = _("A key says for whom it acts.")


class NotForOthers(Invalid):
    code = "not_for_others"
    message = _("Whoever is signed in acts for themselves.")


def require_scope(viewer: Viewer, *scopes: Scope) -> None:
    """Let pass whoever is signed in, and keys with one of `scopes`.

    Raises: SignInNeeded, MissingScope.
    """
    if viewer.key is None:
        if viewer.person is None:
            raise SignInNeeded
    elif not any(viewer.may(scope) for scope in scopes):
        raise MissingScope(_("This key lacks the scope %(scope)s.") % {"scope": " / ".join(scopes)})


def actor_of(
    viewer: Viewer, named: Mapping[str, str] | None, *, field: str, missing: type[Invalid] = AuthorRequired
) -> Person:
    """Return the person a request acts for: the one signed in, or the one a key names.

    Args: `named`, what the request's `field` holds: external_id, and perhaps email and name.
    Raises: `missing` for a key that names nobody; NotForOthers for a session that names somebody; Forbidden for a key
        that names somebody who is closed, or of a team.
    """
    if viewer.key is None:
        if viewer.person is None:
            raise SignInNeeded
        if named is not None:
            raise NotForOthers(field=field)
        return viewer.person
    if named is None:
        raise missing(field=field)
    try:
        person = person_for_contact(source=viewer.key.source, **named)
    except Invalid as error:
        error.field = f"{field}.{error.field}" if error.field else field
        raise
    if not person.is_active or person.is_staff:
        raise Forbidden(field=field)
    return person


def caller_name(viewer: Viewer) -> str:
    """Return what keeps the Idempotency-Keys of callers apart; a new key of the same source is the same caller."""
    return f"key:{viewer.key.source}" if viewer.key else f"person:{viewer.person_id}"


def may_edit(viewer: Viewer, idea: Idea) -> bool:
    """Return whether `viewer` may edit: also a key, what came from its partner. Queries: one for such a key."""
    if may_edit_idea(viewer, idea):
        return True
    if viewer.key is None or not viewer.may(Scope.IDEAS_WRITE):
        return False
    return _came_from(viewer.key.source, idea)


def _came_from(source: str, idea: Idea) -> bool:
    """Whether the author is known by the partner alone, or else the idea was posted with a key of theirs."""
    known = Contact.objects.filter(source=source, person=idea.author_id, person__role=Role.MEMBER)
    posted = Event.objects.filter(verb="idea.posted", subject_type="idea", subject_id=idea.pk, key__source=source)
    return known.filter(Q(person__email=None) | Exists(posted)).exists()
