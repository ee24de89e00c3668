"""The demo is what the first visitor sees: enough of everything, in two languages, and the same when it is repeated."""

from collections import Counter

import pytest
from django.core.management import call_command

from accounts.models import Person
from accounts.viewers import ANONYMOUS, viewer_for
from ideas.lists import ListQuery, ideas_page
from ideas.models import Board, Comment, Idea, OfficialResponse, Standing
from ideas.selectors import boards_for
from ideas.services.ideas import edit_idea, post_idea
from ideas.status import Status
from notifications.models import Delivery
from votes.models import Vote
from votes.services import cast_vote

pytestmark = pytest.mark.django_db(transaction=True)


def everything() -> dict[str, int]:
    models = (Person, Board, Idea, Comment, OfficialResponse, Vote)
    return {model.__name__: model.objects.count() for model in models}


def test_demo_shows_all_that_the_product_does_and_can_be_repeated(member: Person) -> None:
    call_command("demo")

    boards = boards_for(ANONYMOUS)
    listed = Standing.objects.visible_to(ANONYMOUS).select_related("idea")
    languages = Counter(standing.idea.language for standing in listed)
    assert len(boards) == 3
    assert Board.objects.exclude(pk__in=[board.pk for board in boards]).count() == 1, "one private board"
    assert len(listed) >= 60
    assert min(languages.values()) >= len(listed) * 0.4, languages
    assert {standing.status for standing in listed} == set(Status.values)
    assert Idea.objects.filter(merged_into__isnull=False).exists()
    assert any(standing.down for standing in listed)
    first = ideas_page(ANONYMOUS, ListQuery(boards=tuple(boards), order="top")).ideas[0]
    assert first.up == Vote.objects.filter(idea=first.pk, value=1).count() > 50, "folded"
    assert not Delivery.objects.exists(), "nobody gets mail about the past"
    priya = Person.objects.get(email="priya@lindwerk.example")
    assert Person.objects.get(email="mila@rider.example").follows.count() > 10, "she hears of decisions"
    assert "inside" in {board.slug for board in boards_for(viewer_for(priya))}

    idea = post_idea(boards[0], author=member, title="A saddle that is warm in winter")
    assert cast_vote(idea, voter=member).tally.up == 1
    edit_idea(Idea.objects.get(pk=first.pk), by=member, title="Changed by somebody")
    before = everything()
    call_command("demo")
    assert everything() == before
    assert Idea.objects.get(pk=first.pk).title == "Changed by somebody"
