"""What the API takes and gives. Fields that are read are strict; those that are given describe themselves."""

from typing import Any

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from common.serializers import (
    QueryIntegerField,
    QuerySerializer,
    StrictBooleanField,
    StrictCharField,
    StrictChoiceField,
    StrictEmailField,
    StrictListField,
    StrictSerializer,
    UtcDateTimeField,
    utc_text,
)
from ideas.links import idea_url
from ideas.listed import Answer, ListedIdea
from ideas.lists import BOARDS_PER_LIST, ORDERS
from ideas.models import Board
from ideas.models.comments import COMMENT_LENGTH
from ideas.models.ideas import BODY_LENGTH, TITLE_LENGTH
from ideas.status import Status
from ideas.texts import LANGUAGE, TAG_LENGTH, TAGS_PER_IDEA

CURSOR_LENGTH = 200


# --- Read -------------------------------------------------------------------------


class ContactSerializer(StrictSerializer):
    """A person, in a partner's words."""

    external_id = StrictCharField(max_length=200, help_text="The partner's own id of the person.")
    email = StrictEmailField(required=False, help_text="Joins an account only when its owner proves the address.")
    name = StrictCharField(required=False, allow_blank=True, max_length=80, help_text="Shown to everybody.")


class PageQuery(QuerySerializer):
    limit = QueryIntegerField(required=False, default=20, min_value=1, max_value=100)
    cursor = StrictCharField(required=False, max_length=CURSOR_LENGTH, help_text="From `next` or `previous`.")


class IdeaListQuery(PageQuery):
    board = StrictListField(
        child=StrictCharField(max_length=60),
        required=False,
        max_length=BOARDS_PER_LIST,
        help_text="Slug of a board; may be repeated. Without it: all boards that the caller sees.",
    )
    sort = StrictChoiceField(choices=ORDERS, required=False, default="trending", help_text="`best` needs one board.")
    status = StrictListField(
        child=StrictChoiceField(choices=Status.values), required=False, max_length=6, help_text="May be repeated."
    )
    tag = StrictCharField(required=False, allow_blank=True, max_length=TAG_LENGTH)
    q = StrictCharField(
        required=False, allow_blank=True, max_length=200, help_text="Words to be found in title and body."
    )


class SimilarQuery(QuerySerializer):
    board = StrictCharField(required=False, max_length=60, help_text="Slug of the board to look at; else all.")
    title = StrictCharField(max_length=TITLE_LENGTH, help_text="The title that somebody is about to post.")


class IdeaTextSerializer(StrictSerializer):
    """What an idea says."""

    title = StrictCharField(max_length=TITLE_LENGTH)
    body = StrictCharField(required=False, allow_blank=True, max_length=BODY_LENGTH, help_text="Markdown.")
    tags = StrictListField(child=StrictCharField(max_length=TAG_LENGTH), required=False, max_length=TAGS_PER_IDEA)
    language = StrictCharField(
        required=False,
        max_length=8,
        validators=[RegexValidator(rf"^{LANGUAGE.pattern}$", _("A language looks like “de” or “en”."))],
        help_text="Of the text.",
    )


class NewIdeaSerializer(IdeaTextSerializer):
    """An idea to be posted."""

    board = StrictCharField(max_length=60, help_text="The board's slug.")
    author = ContactSerializer(required=False, help_text="For whom a key posts.")


class IdeaChangesSerializer(IdeaTextSerializer):
    """What is to change; the rest stays."""

    title = StrictCharField(required=False, max_length=TITLE_LENGTH)


class NewStatusSerializer(StrictSerializer):
    """A decision."""

    status = StrictChoiceField(choices=Status.values)
    response = StrictCharField(
        required=False, allow_blank=True, max_length=BODY_LENGTH, help_text="The company's answer, as Markdown."
    )


class NewCommentSerializer(StrictSerializer):
    """A comment to be posted."""

    body = StrictCharField(max_length=COMMENT_LENGTH, help_text="Markdown.")
    parent = StrictCharField(  # type: ignore[assignment]  # a field of this name, no attribute
        required=False, max_length=16, help_text="Id of the comment that this one answers."
    )
    is_internal = StrictBooleanField(required=False, default=False, help_text="A note that only the team reads.")
    author = ContactSerializer(required=False, help_text="For whom a key comments.")


# --- Given ------------------------------------------------------------------------


class PersonSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    name = serializers.CharField(source="public_name")


class BoardSerializer(serializers.ModelSerializer[Board]):
    class Meta:
        model = Board
        fields = (
            "slug",
            "name",
            "description",
            "language",
            "is_open",
            "seen_by",
            "posting_by",
            "voting_by",
            "commenting_by",
            "allows_down_votes",
            "counts_shown",
        )


class TallySerializer(serializers.Serializer[Any]):
    """Counts; `votes` is `up` − `down`. Null where the board hides them from the caller."""

    votes = serializers.IntegerField(allow_null=True)
    up = serializers.IntegerField(allow_null=True)
    down = serializers.IntegerField(allow_null=True)
    comments = serializers.IntegerField()


class ResponseSerializer(serializers.Serializer[Any]):
    body = serializers.CharField()
    author = PersonSerializer(allow_null=True)
    created_at = UtcDateTimeField()


def tally_data(*, up: int, down: int, comments: int, shown: bool) -> dict[str, int | None]:
    """Return a tally as the API gives it; counts that are not `shown` are None.

    A vote taken back may be folded before its cast: a count that is −1 for that moment is 0 here.
    """
    up, down, comments = max(0, up), max(0, down), max(0, comments)
    if not shown:
        return {"votes": None, "up": None, "down": None, "comments": comments}
    return {"votes": up - down, "up": up, "down": down, "comments": comments}


class IdeaSerializer(serializers.Serializer[Any]):
    """What `idea_data` gives."""

    id = serializers.CharField()
    url = serializers.CharField(read_only=True, help_text="Its page in the portal.")
    board = serializers.CharField()
    title = serializers.CharField()
    body = serializers.CharField(help_text="Markdown, as written.")
    language = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.values)
    tags = serializers.ListField(child=serializers.CharField())
    author = PersonSerializer()
    tally = TallySerializer(read_only=True)
    response = ResponseSerializer(allow_null=True)
    merged_into = serializers.CharField(
        allow_null=True, default=None, help_text="The idea that votes go to, if the caller may see it."
    )
    created_at = UtcDateTimeField()
    updated_at = UtcDateTimeField()


def idea_data(idea: ListedIdea, *, counts_shown: bool, target_shown: bool) -> dict[str, Any]:
    """Return an idea as `IdeaSerializer` says. Written out, since serializers take longer than all else of a list."""
    answer = idea.response
    return {
        "id": idea.public_id,
        "url": idea_url(idea),
        "board": idea.board.slug,
        "title": idea.title,
        "body": idea.body,
        "language": idea.language,
        "status": idea.status,
        "tags": idea.tags,
        "author": {"id": idea.author_id, "name": idea.author_name},
        "tally": tally_data(up=idea.up, down=idea.down, comments=idea.comments, shown=counts_shown),
        "response": answer and _answer_data(answer),
        "merged_into": idea.merged_into if target_shown else None,
        "created_at": utc_text(idea.created_at),
        "updated_at": utc_text(idea.updated_at),
    }


def _answer_data(answer: Answer) -> dict[str, Any]:
    author = {"id": answer.author_id, "name": answer.author_name} if answer.author_id else None
    return {"body": answer.body, "author": author, "created_at": utc_text(answer.created_at)}


class CommentSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(source="public_id")
    parent = serializers.CharField(  # type: ignore[assignment]  # a field of this name, no attribute
        source="parent.public_id", allow_null=True, default=None
    )
    author = PersonSerializer()
    body = serializers.CharField(help_text="Markdown, as written.")
    is_internal = serializers.BooleanField()
    created_at = UtcDateTimeField()
    edited_at = UtcDateTimeField(allow_null=True)


class PageSerializer(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class BoardPageSerializer(PageSerializer):
    results = BoardSerializer(many=True)


class IdeaPageSerializer(PageSerializer):
    results = IdeaSerializer(many=True)


class CommentPageSerializer(PageSerializer):
    results = CommentSerializer(many=True)
