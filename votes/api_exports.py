"""REST API: the public, pseudonymous export of a board's votes."""

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from accounts.viewers import viewer_of
from common.limits import Limit, client_address
from common.schema import READS, problems
from common.views import ApiView
from ideas.selectors import board_for
from votes.exports import check_exported, export

SLUG = OpenApiParameter(
    "slug", {"type": "string", "pattern": "^[-a-zA-Z0-9_]{1,60}$"}, OpenApiParameter.PATH, description="Of the board."
)
EXPORTS = Limit("ledger-exports", times=20, seconds=3600)


class LedgerView(ApiView):
    @extend_schema(
        operation_id="export_ledger",
        summary="All votes on a board, under pseudonyms, as published until last night",
        description="A voter's receipt is checked against it. 20 an hour for one address.",
        tags=["boards"],
        parameters=[SLUG],
        responses={
            (200, "text/csv"): OpenApiTypes.STR,
            **problems(*READS, "ledger_not_public", "not_found"),
        },
    )
    def get(self, request: Request, slug: str) -> StreamingHttpResponse:
        board = board_for(viewer_of(request), slug)
        check_exported(board)
        EXPORTS.use(by=client_address(request))
        answer = StreamingHttpResponse(export(board), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{board.slug}-ledger.csv"'
        return answer
