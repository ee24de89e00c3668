"""REST API: boards and ideas."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.limits import limit_posts
from accounts.models import Scope
from accounts.viewers import Viewer, viewer_of
from common.errors import Forbidden
from common.etags import expected_version, with_etag
from common.idempotency import answer_once
from common.schema import IDEMPOTENCY_KEY, READS, WRITES, needs, problems
from common.serializers import read_body, read_query
from common.views import ApiView
from ideas.api_answers import (
    idea_answer,
    idea_shown,
    ideas_data,
    named_board,
    paged,
)
from ideas.api_callers import actor_of, caller_name, may_edit, require_scope
from ideas.cursors import at_cursor, cursor_at
from ideas.lists import ListQuery, SortNeedsBoard, ideas_page
from ideas.policies import may_moderate, may_post
from ideas.selectors import boards_for, idea_for, similar_ideas
from ideas.serializers import (
    BoardPageSerializer,
    BoardSerializer,
    IdeaChangesSerializer,
    IdeaListQuery,
    IdeaPageSerializer,
    IdeaSerializer,
    NewIdeaSerializer,
    NewStatusSerializer,
    SimilarQuery,
)
from ideas.services.ideas import edit_idea, post_idea
from ideas.services.moderation import change_status

ETAG = OpenApiParameter(
    "ETag", str, OpenApiParameter.HEADER, response=True, description="For If-None-Match and If-Match."
)
LOCATION = OpenApiParameter("Location", str, OpenApiParameter.HEADER, response=[201], description="Of the new idea.")
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="ETag of the version that is changed; 412 if it is stale."
)
IF_NONE_MATCH = OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER, description="ETag that you have.")
NOT_CHANGED = OpenApiResponse(description="Not changed since the ETag that was sent.")


class BoardsView(ApiView):
    @extend_schema(
        operation_id="list_boards",
        summary="Boards that the caller sees, in their order",
        tags=["boards"],
        responses={200: BoardPageSerializer, **problems(*READS)},
    )
    def get(self, request: Request) -> Response:
        return paged(request, BoardSerializer(boards_for(viewer_of(request)), many=True).data)


class IdeasView(ApiView):
    reads_parameters = ("GET",)

    @extend_schema(
        operation_id="list_ideas",
        summary="Ideas in an order, page by page",
        tags=["ideas"],
        parameters=[IdeaListQuery, IF_NONE_MATCH, ETAG],
        responses={
            200: IdeaPageSerializer,
            304: NOT_CHANGED,
            **problems(*READS, "bad_cursor", "sort_needs_board", "unknown_board"),
        },
    )
    def get(self, request: Request) -> Response:
        viewer = viewer_of(request)
        query = _list_query(viewer, read_query(IdeaListQuery, request))
        page = ideas_page(viewer, query)
        places = {
            name: cursor_at(viewer, query, place) for name, place in (("onward", page.next), ("back", page.previous))
        }
        return with_etag(request, paged(request, ideas_data(viewer, page.ideas), **places))

    @extend_schema(
        operation_id="post_idea",
        summary="Post an idea",
        description="Needs `ideas:write`, or a session. A key names the author. The author's own vote is not cast.",
        tags=["ideas"],
        parameters=[IDEMPOTENCY_KEY, ETAG, LOCATION],
        auth=needs(Scope.IDEAS_WRITE),
        request=NewIdeaSerializer,
        responses={
            201: IdeaSerializer,
            **problems(
                *WRITES,
                "author_required",
                "bad_idempotency_key",
                "board_closed",
                "idempotency_key_reused",
                "permission_denied",
                "unknown_board",
                "unknown_tag",
            ),
        },
    )
    def post(self, request: Request) -> Response:
        viewer = viewer_of(request)
        require_scope(viewer, Scope.IDEAS_WRITE)
        return answer_once(request, lambda: _post_idea(request, viewer), caller=caller_name(viewer))


def _list_query(viewer: Viewer, asked: dict[str, Any]) -> ListQuery:
    slugs = dict.fromkeys(asked.get("board", ()))
    if asked["sort"] == "best" and len(slugs) != 1:
        raise SortNeedsBoard(field="sort")
    query = ListQuery(
        boards=tuple(named_board(viewer, slug) for slug in slugs) if slugs else tuple(boards_for(viewer)),
        order=asked["sort"],
        statuses=tuple(dict.fromkeys(asked.get("status", ()))),
        tag=asked.get("tag", ""),
        q=asked.get("q", ""),
        limit=asked["limit"],
    )
    return at_cursor(viewer, query, asked["cursor"]) if "cursor" in asked else query


def _post_idea(request: Request, viewer: Viewer) -> Response:
    sent = read_body(NewIdeaSerializer, request)
    board = named_board(viewer, sent.pop("board"))
    if not may_post(viewer, board):
        raise Forbidden
    limit_posts(request)
    author = actor_of(viewer, sent.pop("author", None), field="author")
    idea = post_idea(board, author=author, makes_tags=may_moderate(viewer, board), key=viewer.key, **sent)
    return idea_answer(request, idea.pk, code=status.HTTP_201_CREATED)


class IdeaView(ApiView):
    @extend_schema(
        operation_id="get_idea",
        summary="An idea",
        tags=["ideas"],
        parameters=[IF_NONE_MATCH, ETAG],
        responses={
            200: IdeaSerializer,
            304: NOT_CHANGED,
            **problems(*READS, "not_found"),
        },
    )
    def get(self, request: Request, public_id: str) -> Response:
        return idea_shown(request, idea_for(viewer_of(request), public_id))

    @extend_schema(
        operation_id="edit_idea",
        summary="Change what an idea says",
        description=(
            "For the author and the board's team. A key with `ideas:write` may change the ideas that came from it, "
            "one with `moderation:write` all."
        ),
        tags=["ideas"],
        parameters=[IF_MATCH, ETAG],
        auth=needs(Scope.IDEAS_WRITE, Scope.MODERATION_WRITE),
        request=IdeaChangesSerializer,
        responses={
            200: IdeaSerializer,
            **problems(
                *WRITES,
                "already_merged",
                "idea_locked",
                "not_found",
                "permission_denied",
                "precondition_failed",
                "unknown_tag",
            ),
        },
    )
    def patch(self, request: Request, public_id: str) -> Response:
        viewer = viewer_of(request)
        require_scope(viewer, Scope.IDEAS_WRITE, Scope.MODERATION_WRITE)
        idea = idea_for(viewer, public_id)
        if not may_edit(viewer, idea):
            raise Forbidden
        changes = read_body(IdeaChangesSerializer, request)
        edit_idea(
            idea,
            by=viewer.person,
            key=viewer.key,
            makes_tags=may_moderate(viewer, idea.board),
            expected_version=expected_version(request, idea.version),
            **changes,
        )
        return idea_answer(request, idea.pk)


class StatusView(ApiView):
    @extend_schema(
        operation_id="change_status",
        summary="Decide on an idea",
        description="Needs `moderation:write`, or a session of the board's team.",
        tags=["moderation"],
        parameters=[ETAG],
        auth=needs(Scope.MODERATION_WRITE),
        request=NewStatusSerializer,
        responses={
            200: IdeaSerializer,
            **problems(*WRITES, "already_merged", "not_found", "permission_denied", "status_transition_not_allowed"),
        },
    )
    def post(self, request: Request, public_id: str) -> Response:
        viewer = viewer_of(request)
        require_scope(viewer, Scope.MODERATION_WRITE)
        idea = idea_for(viewer, public_id)
        if not may_moderate(viewer, idea.board):
            raise Forbidden
        change_status(idea, by=viewer.person, key=viewer.key, **read_body(NewStatusSerializer, request))
        return idea_answer(request, idea.pk)


class SimilarView(ApiView):
    reads_parameters = ("GET",)

    @extend_schema(
        operation_id="similar_ideas",
        summary="Ideas whose titles are alike, most alike first",
        tags=["ideas"],
        parameters=[SimilarQuery],
        responses={200: IdeaPageSerializer, **problems(*READS, "unknown_board")},
    )
    def get(self, request: Request) -> Response:
        viewer = viewer_of(request)
        asked = read_query(SimilarQuery, request)
        board = named_board(viewer, asked["board"]) if "board" in asked else None
        return paged(request, ideas_data(viewer, similar_ideas(viewer, title=asked["title"], board=board)))
