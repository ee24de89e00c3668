from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.models import Person
from accounts.viewers import Viewer, viewer_of
from common.errors import DomainError, Invalid
from frontend.cards import VoteControl, vote_control
from frontend.entrances import allow, person_of, safe_next, wants_fragment
from frontend.links import idea_path
from ideas.listed import as_listed
from ideas.models import Idea
from ideas.policies import may_vote
from ideas.selectors import canonical_idea_for, idea_for
from votes.selectors import has_just_voted, my_votes
from votes.services import cast_vote, retract_vote
from votes.tallies import Ballot

VALUES = {"1": 1, "0": 0, "-1": -1}


@require_POST
def vote(request: HttpRequest, public_id: str) -> HttpResponse:
    """Set the viewer's vote to what the button says, so that a repeat changes nothing."""
    viewer, person = viewer_of(request), person_of(request)
    idea = canonical_idea_for(viewer, public_id)
    allow(may_vote(viewer, idea.board))
    value = VALUES.get(request.POST.get("value", ""))
    if value is None:
        raise Invalid(field="value")
    if wants_fragment(request):
        control = _control_after(viewer, person, idea, value)
        return render(request, "frontend/components/vote.html", {"vote": control})
    # Without script, the second press of a double click may meet the button of the next page already.
    if value or not has_just_voted(person, idea):
        _vote(idea, person, value)
    return redirect(f"{safe_next(request, idea_path(idea))}#idea-{idea.public_id}")


def _vote(idea: Idea, person: Person, value: int) -> Ballot:
    return cast_vote(idea, voter=person, value=value) if value else retract_vote(idea, voter=person)


def _control_after(viewer: Viewer, person: Person, idea: Idea, value: int) -> VoteControl:
    """Vote, and return the control as it is now; a refusal is said in it."""
    try:
        ballot = _vote(idea, person, value)
    except DomainError as error:
        now = idea_for(viewer, idea.public_id)
        return vote_control(viewer, as_listed(now), my_votes(person, [now.pk]).get(now.pk, 0), note=str(error.message))
    return vote_control(viewer, as_listed(idea), ballot.value, tally=ballot.tally)
