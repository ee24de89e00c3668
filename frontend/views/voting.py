from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.viewers import viewer_of
from common.errors import DomainError, Invalid
from frontend.cards import vote_control
from frontend.entrances import allow, person_of, safe_next, wants_fragment
from frontend.links import idea_path
from ideas.policies import may_vote
from ideas.selectors import idea_for
from votes.selectors import my_votes
from votes.services import cast_vote, retract_vote

VALUES = {"1": 1, "0": 0, "-1": -1}


@require_POST
def vote(request: HttpRequest, public_id: str) -> HttpResponse:
    """Set the viewer's vote to what the button says, so that a repeat changes nothing."""
    viewer, person = viewer_of(request), person_of(request)
    idea = idea_for(viewer, public_id)
    allow(may_vote(viewer, idea.board))
    value = VALUES.get(request.POST.get("value", ""))
    if value is None:
        raise Invalid(field="value")
    tally, note = None, ""
    try:
        ballot = cast_vote(idea, voter=person, value=value) if value else retract_vote(idea, voter=person)
        value, tally = ballot.value, ballot.tally
    except DomainError as error:
        if not wants_fragment(request):
            raise
        note, value = str(error.message), my_votes(person, [idea]).get(idea.pk, 0)
    if wants_fragment(request):
        control = vote_control(viewer, idea_for(viewer, public_id), value, tally=tally, note=note)
        return render(request, "frontend/components/vote.html", {"vote": control})
    return redirect(f"{safe_next(request, idea_path(idea))}#idea-{idea.public_id}")
