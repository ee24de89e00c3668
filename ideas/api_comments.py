"""REST API: the comments of an idea."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.limits import limit_posts
from accounts.models import Scope
from accounts.viewers import Viewer, viewer_of
from common.errors import Forbidden, Invalid
from common.idempotency import answer_once
from common.pagination import Cursor
from common.schema import IDEMPOTENCY_KEY, READS, WRITES, needs, problems
from common.serializers import read_body, read_query
from common.views import ApiView
from ideas import threads
from ideas.api_answers import paged
from ideas.api_callers import actor_of, caller_name, require_scope
from ideas.models import Comment, Idea
from ideas.policies import may_comment, may_moderate
from ideas.selectors import comments_of, idea_for
from ideas.serializers import CommentPageSerializer, CommentSerializer, NewCommentSerializer, PageQuery
from ideas.services.comments import post_comment
from ideas.threads import comments_page


class UnknownComment(Invalid):
    code = "unknown_comment"


class CommentsView(ApiView):
    reads_parameters = ("GET",)

    @extend_schema(
        operation_id="list_comments",
        summary="Comments on an idea: threads by age, each followed by its replies",
        tags=["comments"],
        parameters=[PageQuery],
        responses={200: CommentPageSerializer, **problems(*READS, "bad_cursor", "not_found")},
    )
    def get(self, request: Request, public_id: str) -> Response:
        viewer = viewer_of(request)
        asked = read_query(PageQuery, request)
        text = asked.get("cursor")
        cursor = Cursor.decode(text, order=threads.ORDER, kind=int) if text is not None else None
        page = comments_page(viewer, idea_for(viewer, public_id), limit=asked["limit"], cursor=cursor)
        data = CommentSerializer(page.comments, many=True).data
        return paged(request, data, onward=page.next, back=page.previous)

    @extend_schema(
        operation_id="post_comment",
        summary="Comment on an idea",
        description=(
            "Needs `comments:write`, or a session. A key names the author; "
            "internal notes need `moderation:write`, or a session of the board's team."
        ),
        tags=["comments"],
        parameters=[IDEMPOTENCY_KEY],
        auth=needs(Scope.COMMENTS_WRITE),
        request=NewCommentSerializer,
        responses={
            201: CommentSerializer,
            **problems(
                *WRITES,
                "already_merged",
                "author_required",
                "bad_idempotency_key",
                "board_closed",
                "idea_locked",
                "idempotency_key_reused",
                "not_found",
                "permission_denied",
                "unknown_comment",
            ),
        },
    )
    def post(self, request: Request, public_id: str) -> Response:
        viewer = viewer_of(request)
        require_scope(viewer, Scope.COMMENTS_WRITE)
        idea = idea_for(viewer, public_id)
        return answer_once(request, lambda: _post_comment(request, viewer, idea), caller=caller_name(viewer))


def _post_comment(request: Request, viewer: Viewer, idea: Idea) -> Response:
    sent = read_body(NewCommentSerializer, request)
    if not may_comment(viewer, idea.board) or (sent["is_internal"] and not may_moderate(viewer, idea.board)):
        raise Forbidden
    limit_posts(request)
    parent = _parent(viewer, idea, sent)
    author = actor_of(viewer, sent.get("author"), field="author")
    comment = post_comment(
        idea, author=author, body=sent["body"], parent=parent, is_internal=sent["is_internal"], key=viewer.key
    )
    return Response(CommentSerializer(comment).data, status.HTTP_201_CREATED)


def _parent(viewer: Viewer, idea: Idea, sent: dict[str, Any]) -> Comment | None:
    if "parent" not in sent:
        return None
    found = comments_of(idea, viewer).filter(public_id=sent["parent"]).select_related("parent").first()
    if found is None:
        raise UnknownComment(field="parent")
    return found
