"""The generated installation is the same each time, and as consistent as one that people filled."""

from collections import Counter
from datetime import date

import psycopg
import pytest
from django.db import connection
from django.db.models import Sum

from bench.data import BOARDS, COLUMNS, Data, Size, public_id
from bench.loading import load
from ideas.models import Comment, Idea, Standing
from votes.checking import check_tallies
from votes.folding import fold
from votes.ledger import broken_batch
from votes.models import DailyExposure, Vote, VoteEvent

DATA = Data(Size("few", ideas=200, people=150), until=date(2026, 1, 1))


def test_the_same_size_and_day_give_the_same_rows() -> None:
    again = Data(Size("few", ideas=200, people=150), until=date(2026, 1, 1))
    for name in (*COLUMNS, "votes"):
        assert list(getattr(DATA, name)()) == list(getattr(again, name)()), name


def test_votes_follow_zipf_and_nobody_votes_twice() -> None:
    votes = [vote for rows in DATA.votes() for vote in rows]
    assert len({(idea, voter) for idea, voter, _value, _at in votes}) == len(votes)
    assert 1_800 < len(votes) < 2_200
    by_idea = sorted(Counter(idea for idea, *_rest in votes).values(), reverse=True)
    assert by_idea[0] > 10 * by_idea[len(by_idea) // 2]
    boards = {sketch.id: BOARDS[sketch.board - 1] for sketch in DATA.sketches()}
    assert {boards[idea].slug for idea, _voter, value, _at in votes if value == -1} == {"ratings"}


def test_public_ids_differ_and_are_the_same_each_time() -> None:
    ids = [public_id(number, kind=kind) for kind in range(3) for number in range(1, 2_000)]
    assert len(set(ids)) == len(ids)
    assert ids[0] == public_id(1)
    assert {len(found) for found in ids} == {12}


@pytest.mark.django_db(transaction=True)
def test_loaded_rows_make_a_consistent_installation() -> None:
    settings = connection.settings_dict
    with psycopg.connect(host=settings["HOST"], user=settings["USER"], dbname=settings["NAME"], autocommit=True) as own:
        load(own, DATA)
    fold()
    assert check_tallies() == []
    assert broken_batch() is None
    votes = sum(len(rows) for rows in DATA.votes())
    assert Vote.objects.count() == VoteEvent.objects.count() == votes
    assert sum(up + down for up, down in Standing.objects.values_list("up", "down")) == votes
    assert Idea.objects.count() == Standing.objects.count() == 200
    assert sum(Standing.objects.values_list("comments", flat=True)) == Comment.objects.count() > 0
    views = {row["idea"]: row["weight"] for row in DailyExposure.objects.values("idea").annotate(weight=Sum("weight"))}
    assert {row.pk: row.seen for row in Standing.objects.filter(seen__gt=0)} == pytest.approx(views)
    # What comes next gets an id behind the given ones.
    assert Comment.objects.create(idea_id=1, author_id=1, body="New").pk == Comment.objects.count()
