from typing import Any

from rest_framework import serializers

from common.serializers import StrictCharField, StrictChoiceField, StrictListField, StrictSerializer
from ideas.serializers import ContactSerializer, PageQuery, PageSerializer, PersonSerializer, TallySerializer


class BallotSerializer(StrictSerializer):
    value = StrictChoiceField(choices=[1, -1], required=False, default=1, help_text="−1 where the board allows it.")
    voter = ContactSerializer(required=False, help_text="For whom a key votes.")


class MergeSerializer(StrictSerializer):
    into = StrictCharField(max_length=16, help_text="Id of the idea that stays.")


class MyVotesQuery(PageQuery):
    idea = StrictListField(
        child=StrictCharField(max_length=16),
        required=False,
        max_length=100,
        help_text="Id of an idea; may be repeated. Without it: all votes, newest first.",
    )
    voter_external_id = StrictCharField(required=False, max_length=200, help_text="For whom a key asks.")


class VotedSerializer(serializers.Serializer[Any]):
    idea = serializers.CharField(help_text="Where the vote counts: for a merged idea, the one that it was merged into.")
    value = serializers.IntegerField(help_text="1, −1, or 0 for none.")
    tally = TallySerializer()


class VoterSerializer(serializers.Serializer[Any]):
    voter = PersonSerializer()
    value = serializers.IntegerField()
    at = serializers.DateTimeField()


class MyVoteSerializer(serializers.Serializer[Any]):
    idea = serializers.CharField(source="idea.public_id")
    value = serializers.IntegerField()
    at = serializers.DateTimeField()


class VoterPageSerializer(PageSerializer):
    results = VoterSerializer(many=True)


class MyVotePageSerializer(PageSerializer):
    results = MyVoteSerializer(many=True)
