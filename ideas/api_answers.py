"""How the API shows boards, ideas and comments to a viewer."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.viewers import Viewer, viewer_of
from common.errors import NotFound
from common.etags import etag_of, is_known
from common.pagination import Cursor, page_url
from ideas.counts import ideas_with_counts
from ideas.listed import ListedIdea, as_listed
from ideas.models import Board, Idea
from ideas.selectors import board_for, idea_by_id
from ideas.serializers import idea_data


class UnknownBoard(NotFound):
    code = "unknown_board"
    message = _("There is no board of this name in “board”, or you may not see it.")


def named_board(viewer: Viewer, slug: str) -> Board:
    """Raises: UnknownBoard, also for a board that the viewer may not see."""
    try:
        return board_for(viewer, slug)
    except NotFound:
        raise UnknownBoard(field="board") from None


def paged(request: Request, results: Any, *, onward: Cursor | None = None, back: Cursor | None = None) -> Response:
    return Response({"results": results, "next": page_url(request, onward), "previous": page_url(request, back)})


def ideas_data(viewer: Viewer, ideas: Sequence[Idea | ListedIdea]) -> list[dict[str, Any]]:
    """Return ideas, loaded with their page parts, as the API gives them. Queries: at most 1, and 1 for merged ones."""
    counted, targets = ideas_with_counts(viewer, ideas), _targets_seen(viewer, ideas)
    return [
        idea_data(listed, counts_shown=listed.pk in counted, target_shown=listed.merged_into in targets)
        for listed in map(as_listed, ideas)
    ]


def _targets_seen(viewer: Viewer, ideas: Sequence[Idea | ListedIdea]) -> set[str]:
    """Return which of the ideas that `ideas` were merged into the viewer may see; those in lists never were."""
    targets = {idea.merged_into_id for idea in ideas if isinstance(idea, Idea) and idea.merged_into_id}
    if not targets:
        return set()
    return set(Idea.objects.visible_to(viewer).filter(pk__in=targets).values_list("public_id", flat=True))


def idea_answer(request: Request, idea_id: int, *, code: int = status.HTTP_200_OK) -> Response:
    """Answer with an idea as it is now, its ETag, and after a post its Location."""
    idea = idea_by_id(idea_id)
    [data] = ideas_data(viewer_of(request), [idea])
    headers = {"ETag": etag_of(idea.version, data)}
    if code == status.HTTP_201_CREATED:
        headers["Location"] = request.build_absolute_uri(reverse("api-idea", args=[idea.public_id]))
    return Response(data, code, headers=headers)


def idea_shown(request: Request, idea: Idea) -> Response:
    """Answer with an idea at hand, or with 304 if the caller has it already."""
    [data] = ideas_data(viewer_of(request), [idea])
    etag = etag_of(idea.version, data)
    if is_known(request, etag):
        return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": etag})
    return Response(data, headers={"ETag": etag})
