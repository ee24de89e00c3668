"""REST API: why an idea stands where it stands."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.viewers import viewer_of
from common.schema import READS, problems
from common.serializers import QuerySerializer, StrictChoiceField, UtcDateTimeField, read_query
from common.views import ApiView
from ideas.selectors import idea_for
from votes.explaining import RULES, Explanation, explain


class RankQuery(QuerySerializer):
    sort = StrictChoiceField(choices=list(RULES), required=False, default="trending")


class InputSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    value = serializers.FloatField()
    contribution = serializers.FloatField(allow_null=True, help_text="To what the formula gives. Null: sets the scale.")


class ToPassSerializer(serializers.Serializer[Any]):
    """The next better idea, and how many more votes for it, given now, would put this one past it."""

    idea = serializers.CharField(source="above.public_id")
    title = serializers.CharField(source="above.title")
    up_votes = serializers.IntegerField(
        allow_null=True, help_text="Null where no vote moves it, or where the caller does not see the other's counts."
    )


class RankSerializer(serializers.Serializer[Explanation]):
    sort = serializers.CharField(source="order")
    version = serializers.CharField(help_text="Of the formula; another one is another version.")
    formula = serializers.CharField()
    position = serializers.IntegerField(
        allow_null=True, help_text="Among the listed ideas of its board, from 1. Null: in no list, or past `more_than`."
    )
    more_than = serializers.IntegerField(allow_null=True, help_text="Places are counted no further.")
    score = serializers.FloatField(allow_null=True, help_text="As the order stores it; null without an up-vote.")
    posted_at = UtcDateTimeField()
    inputs = InputSerializer(many=True)
    to_pass = serializers.SerializerMethodField(help_text="Null on top.")

    @extend_schema_field(ToPassSerializer(allow_null=True))
    def get_to_pass(self, explained: Explanation) -> Any:
        return ToPassSerializer(explained).data if explained.above else None


class RankView(ApiView):
    reads_parameters = ("GET",)

    @extend_schema(
        operation_id="explain_rank",
        summary="Why an idea stands where it stands on its board",
        description="By the counts that the order knows, which are about a second old.",
        tags=["ideas"],
        parameters=[RankQuery],
        responses={200: RankSerializer, **problems(*READS, "counts_hidden", "not_found")},
    )
    def get(self, request: Request, public_id: str) -> Response:
        viewer = viewer_of(request)
        asked = read_query(RankQuery, request)
        explained = explain(viewer, idea_for(viewer, public_id), asked["sort"])
        return Response(RankSerializer(explained).data)
