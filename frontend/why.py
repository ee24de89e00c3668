"""An idea's place in each order, in words for its page."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.viewers import Viewer
from frontend.listing import LABELS
from ideas.errors import CountsHidden
from ideas.models import Idea
from votes.explaining import RULES, Explanation, Input, explain

INPUTS: dict[str, StrOrPromise] = {
    "up_votes": _("Votes for it"),
    "down_votes": _("Votes against it"),
    "half_life_days": _("Days after which a vote counts half"),
    "age_days": _("Days since it was posted"),
    "share_in_favour": _("Share in favour"),
    "few_votes": _("Votes in all: the fewer, the more is taken off"),
    "up_votes_after_views": _("Votes since it was seen in lists"),
    "expected_for_its_views": _("What an average idea would have got from as many views"),
    "other_up_votes": _("Votes from elsewhere"),
}


@dataclass(frozen=True, slots=True)
class Line:
    label: StrOrPromise
    input: Input


@dataclass(frozen=True, slots=True)
class Reason:
    """`why` is None where the board hides from the viewer what the order goes by."""

    label: StrOrPromise
    why: Explanation | None
    lines: tuple[Line, ...] = ()


def reasons(viewer: Viewer, idea: Idea) -> list[Reason]:
    """Queries: at most 4 per order, none of which counts further than a thousand places."""
    return [_reason(viewer, idea, order) for order in RULES]


def _reason(viewer: Viewer, idea: Idea, order: str) -> Reason:
    label = next(label for name, label in LABELS.items() if name == order)
    try:
        why = explain(viewer, idea, order)
    except CountsHidden:
        return Reason(label, None)
    return Reason(label, why, tuple(Line(INPUTS[each.name], each) for each in why.inputs))
