"""REST API: votes and merges."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Person, Scope
from accounts.viewers import Viewer, viewer_of
from common.errors import Forbidden, NotFound
from common.pagination import Cursor
from common.schema import READS, WRITES, needs, problems
from common.serializers import read_body, read_query
from common.views import ApiView
from ideas.api_answers import idea_answer, paged
from ideas.api_callers import AuthorRequired, NotForOthers, actor_of, require_scope
from ideas.models import Board, Idea
from ideas.policies import may_moderate, may_vote, sees_counts
from ideas.selectors import canonical_idea_for, idea_for
from ideas.serializers import IdeaSerializer, PageQuery, tally_data
from votes.pages import NEWEST, VOTERS, Listing, voters_page, votes_page
from votes.selectors import idea_to_vote_on, my_votes_by_public_id
from votes.serializers import (
    BallotSerializer,
    MergeSerializer,
    MyVotePageSerializer,
    MyVoteSerializer,
    MyVotesQuery,
    VotedSerializer,
    VoterPageSerializer,
    VoterSerializer,
)
from votes.services import cast_vote, merge_ideas, retract_vote, undo_merge
from votes.tallies import Ballot

VOTE_ERRORS = (*WRITES, "board_closed", "not_found", "permission_denied", "voter_required", "voting_closed")
MERGE_ERRORS = (*WRITES, "not_found", "permission_denied")


class VoterRequired(AuthorRequired):
    code = "voter_required"


class HasAccount(Forbidden):
    code = "has_account"
    message = _("This person has an account here: how they voted is theirs to know.")


class UnknownIdea(NotFound):
    code = "unknown_idea"
    message = _("There is no idea with this id in “into”, or you may not see it.")


class VoteView(ApiView):
    @extend_schema(
        operation_id="cast_vote",
        summary="Vote for an idea, or change the vote",
        description="Needs `votes:write`, or a session. A key names the voter. The same vote again changes nothing.",
        tags=["votes"],
        auth=needs(Scope.VOTES_WRITE),
        request=BallotSerializer,
        responses={200: VotedSerializer, **problems(*VOTE_ERRORS, "down_vote_not_allowed")},
    )
    def put(self, request: Request, public_id: str) -> Response:
        viewer, idea, sent = _asked_to_vote(request, public_id)
        with transaction.atomic():  # a voter whom nobody knew is not kept when the vote is refused
            ballot = cast_vote(idea, voter=_voter(viewer, sent), value=sent["value"])
        return _voted(viewer, idea.board, ballot)

    @extend_schema(
        operation_id="retract_vote",
        summary="Take back a vote",
        description="Needs `votes:write`, or a session. A key names the voter. `value` plays no part.",
        tags=["votes"],
        auth=needs(Scope.VOTES_WRITE),
        request=BallotSerializer,
        responses={200: VotedSerializer, **problems(*VOTE_ERRORS)},
    )
    def delete(self, request: Request, public_id: str) -> Response:
        viewer, idea, sent = _asked_to_vote(request, public_id)
        with transaction.atomic():
            ballot = retract_vote(idea, voter=_voter(viewer, sent))
        return _voted(viewer, idea.board, ballot)


def _asked_to_vote(request: Request, public_id: str) -> tuple[Viewer, Idea, dict[str, Any]]:
    viewer = viewer_of(request)
    require_scope(viewer, Scope.VOTES_WRITE)
    idea = idea_to_vote_on(viewer, public_id)
    if not may_vote(viewer, idea.board):
        raise Forbidden
    return viewer, idea, read_body(BallotSerializer, request)


def _voter(viewer: Viewer, sent: dict[str, Any]) -> Person:
    return actor_of(viewer, sent.get("voter"), field="voter", missing=VoterRequired)


def _voted(viewer: Viewer, board: Board, ballot: Ballot) -> Response:
    tally = ballot.tally
    shown = sees_counts(viewer, board, has_voted=ballot.value != 0)
    counts = tally_data(up=tally.up, down=tally.down, comments=tally.comments, shown=shown)
    return Response({"idea": ballot.idea_id, "value": ballot.value, "tally": counts})


class VotersView(ApiView):
    reads_parameters = ("GET",)

    @extend_schema(
        operation_id="list_voters",
        summary="Who voted for an idea",
        description="Needs `moderation:write`, or a session of the board's team.",
        tags=["votes"],
        parameters=[PageQuery],
        auth=needs(Scope.MODERATION_WRITE),
        responses={
            200: VoterPageSerializer,
            **problems(*READS, "not_authenticated", "missing_scope", "bad_cursor", "not_found", "permission_denied"),
        },
    )
    def get(self, request: Request, public_id: str) -> Response:
        idea = _moderated(request, public_id)
        asked = read_query(PageQuery, request)
        page = voters_page(idea, limit=asked["limit"], cursor=_cursor(asked, VOTERS))
        return paged(request, VoterSerializer(page.votes, many=True).data, onward=page.next, back=page.previous)


class MergeView(ApiView):
    @extend_schema(
        operation_id="merge_idea",
        summary="Merge an idea into another one: its voters follow, each counted once",
        description="Needs `moderation:write`, or a session of both boards' teams.",
        tags=["moderation"],
        auth=needs(Scope.MODERATION_WRITE),
        request=MergeSerializer,
        responses={
            200: IdeaSerializer,
            **problems(*MERGE_ERRORS, "already_merged", "merge_into_itself", "unknown_idea"),
        },
    )
    def post(self, request: Request, public_id: str) -> Response:
        idea = _moderated(request, public_id)
        sent = read_body(MergeSerializer, request)
        viewer = viewer_of(request)
        merge_ideas(idea, into=_merge_target(viewer, sent["into"]), by=viewer.person, key=viewer.key)
        return idea_answer(request, idea.pk)

    @extend_schema(
        operation_id="undo_merge",
        summary="Undo a merge: the idea has the votes again that it had",
        description="Needs `moderation:write`, or a session of the board's team.",
        tags=["moderation"],
        auth=needs(Scope.MODERATION_WRITE),
        request=None,
        responses={200: IdeaSerializer, **problems(*MERGE_ERRORS, "not_merged")},
    )
    def delete(self, request: Request, public_id: str) -> Response:
        idea = _moderated(request, public_id)
        viewer = viewer_of(request)
        undo_merge(idea, by=viewer.person, key=viewer.key)
        return idea_answer(request, idea.pk)


def _moderated(request: Request, public_id: str) -> Idea:
    """Return the idea for a caller who may moderate it. Raises: SignInNeeded, MissingScope, NotFound, Forbidden."""
    viewer = viewer_of(request)
    require_scope(viewer, Scope.MODERATION_WRITE)
    idea = idea_for(viewer, public_id)
    if not may_moderate(viewer, idea.board):
        raise Forbidden
    return idea


def _merge_target(viewer: Viewer, public_id: str) -> Idea:
    try:
        target = canonical_idea_for(viewer, public_id)
    except NotFound:
        raise UnknownIdea(field="into") from None
    if not may_moderate(viewer, target.board):
        raise Forbidden(field="into")
    return target


class MyVotesView(ApiView):
    reads_parameters = ("GET",)

    @extend_schema(
        operation_id="my_votes",
        summary="How somebody voted",
        description=(
            "For whoever is signed in; a key with `votes:write` names a contact of its own, who has no account here."
        ),
        tags=["votes"],
        parameters=[MyVotesQuery],
        auth=needs(Scope.VOTES_WRITE),
        responses={
            200: MyVotePageSerializer,
            **problems(*READS, "not_authenticated", "missing_scope", "bad_cursor", "has_account", "voter_required"),
        },
    )
    def get(self, request: Request) -> Response:
        viewer = viewer_of(request)
        require_scope(viewer, Scope.VOTES_WRITE)
        asked = read_query(MyVotesQuery, request)
        voter = _asked_for(viewer, asked.get("voter_external_id"))
        if voter is None:
            return paged(request, [])
        if "idea" in asked:
            found = my_votes_by_public_id(viewer, voter, asked["idea"])
            return paged(request, MyVoteSerializer(found, many=True).data)
        page = votes_page(viewer, voter, limit=asked["limit"], cursor=_cursor(asked, NEWEST))
        return paged(request, MyVoteSerializer(page.votes, many=True).data, onward=page.next, back=page.previous)


def _asked_for(viewer: Viewer, external_id: str | None) -> Person | None:
    """Return whose votes are asked for; None for a contact of whom the key's partner has never told."""
    if viewer.key is None:
        if external_id is not None:
            raise NotForOthers(field="voter_external_id")
        return viewer.person
    if external_id is None:
        raise VoterRequired(field="voter_external_id")
    found = Person.objects.filter(contacts__source=viewer.key.source, contacts__external_id=external_id).first()
    if found and found.email:
        raise HasAccount(field="voter_external_id")
    return found


def _cursor(asked: dict[str, Any], listing: Listing) -> Cursor | None:
    text = asked.get("cursor")
    return Cursor.decode(text, order=listing.name, kind=listing.kind) if text is not None else None
