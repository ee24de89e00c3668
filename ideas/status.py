"""The life of an idea: a table of statuses, what each means for voting, and which may follow which."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict


class Status(models.TextChoices):
    OPEN = "open", _("Open")
    UNDER_REVIEW = "under_review", _("Under review")
    PLANNED = "planned", _("Planned")
    IN_PROGRESS = "in_progress", _("In progress")
    SHIPPED = "shipped", _("Shipped")
    DECLINED = "declined", _("Declined")


VOTABLE = frozenset({Status.OPEN, Status.UNDER_REVIEW, Status.PLANNED, Status.IN_PROGRESS})

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.OPEN: frozenset(Status) - {Status.OPEN},
    Status.UNDER_REVIEW: frozenset(Status) - {Status.UNDER_REVIEW},
    Status.PLANNED: frozenset(Status) - {Status.PLANNED},
    Status.IN_PROGRESS: frozenset(Status) - {Status.IN_PROGRESS},
    # What was shipped is withdrawn or continued; it was never "open" again.
    Status.SHIPPED: frozenset({Status.IN_PROGRESS, Status.PLANNED, Status.UNDER_REVIEW}),
    Status.DECLINED: frozenset({Status.OPEN, Status.UNDER_REVIEW, Status.PLANNED}),
}


class TransitionNotAllowed(Conflict):
    code = "status_transition_not_allowed"
    message = _("The status cannot change that way.")


def check_transition(old: str, new: str) -> None:
    """Raise TransitionNotAllowed unless `new` may follow `old`; the same status may always be said again.

    >>> check_transition("open", "planned")
    >>> check_transition("declined", "shipped")
    Traceback (most recent call last):
    ideas.status.TransitionNotAllowed: ...
    """
    if new != old and Status(new) not in TRANSITIONS[Status(old)]:
        raise TransitionNotAllowed(
            _("“%(old)s” cannot become “%(new)s”.") % {"old": Status(old).label, "new": Status(new).label},
            field="status",
        )


def is_votable(status: str) -> bool:
    return status in VOTABLE
