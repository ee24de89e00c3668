import doctest
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import override_settings
from pytest_django import DjangoAssertNumQueries

from accounts.models import Person
from accounts.viewers import ANONYMOUS, Viewer, viewer_for
from ideas import discovering
from ideas.discovering import discovered, least_seen
from ideas.lists import ListQuery, ideas_page
from ideas.models import Board, Idea, Standing
from ideas.services.ideas import withdraw_idea
from ideas.services.moderation import move_idea
from tests.ideas.test_lists import fill
from tests.support import scene
from tests.support.caching import empty_cache
from tests.support.plans import plan_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_cache() -> Iterator[None]:
    empty_cache()
    yield
    empty_cache()


@pytest.fixture
def ideas(board: Board, author: Person) -> list[Idea]:
    return [scene.make_idea(board, author=author) for _number in range(12)]


def order(viewer: Viewer, board: Board, *, hour: int = 7) -> list[int]:
    return discovered(viewer, [board], statuses=(), hour=hour)


def has(idea: Idea, *, up: int = 0, seen: float = 0.0) -> None:
    Standing.objects.filter(pk=idea.pk).update(up=up, up_seen=up, seen=seen)


def test_an_idea_that_was_moved_since_is_shown_no_more(
    board: Board, private_board: Board, ideas: list[Idea], administrator: Person
) -> None:
    query = ListQuery((board,), order="discover")
    assert len(ideas_page(ANONYMOUS, query).ideas) == len(ideas)

    move_idea(ideas[3], board=private_board, by=administrator)

    assert {found.pk for found in ideas_page(ANONYMOUS, query).ideas} == {idea.pk for idea in ideas} - {ideas[3].pk}


def test_the_worked_draws_hold() -> None:
    assert doctest.testmod(discovering).failed == 0


def test_order_is_one_reader_s_for_an_hour(board: Board, ideas: list[Idea], member: Person) -> None:
    mine = order(viewer_for(member), board)
    assert sorted(mine) == [idea.pk for idea in ideas]
    assert order(viewer_for(member), board) == mine
    assert order(viewer_for(member), board, hour=8) != mine
    assert order(ANONYMOUS, board) != mine
    assert order(ANONYMOUS, board) == order(Viewer(), board)


def test_pages_join_while_views_and_votes_come_in(board: Board, ideas: list[Idea], author: Person) -> None:
    query = ListQuery((board,), "discover", limit=5)
    with time_machine.travel(datetime(2026, 3, 1, 12, 59, tzinfo=UTC), tick=False) as clock:
        page = ideas_page(ANONYMOUS, query)
        shown = [idea.pk for idea in page.ideas]
        first = list(shown)
        has(ideas[0], up=500, seen=500.0)
        for idea in ideas[1:9]:
            has(idea, seen=900.0)
        withdraw_idea(next(idea for idea in ideas if idea.pk not in shown), by=author)
        scene.make_idea(board)
        clock.shift(timedelta(minutes=5))  # into the next hour
        while page.next:
            page = ideas_page(ANONYMOUS, replace(query, position=page.next))
            shown += [idea.pk for idea in page.ideas]
        assert len(shown) == len(set(shown)) == len(ideas) - 1
        while page.previous:
            page = ideas_page(ANONYMOUS, replace(query, position=page.previous))
        assert [idea.pk for idea in page.ideas] == first


def test_good_ideas_come_early_and_unseen_ones_get_their_chance(board: Board, ideas: list[Idea]) -> None:
    good, unseen, *bad = ideas
    has(good, up=60, seen=200.0)
    for idea in bad:
        has(idea, seen=400.0)
    orders = [order(ANONYMOUS, board, hour=hour) for hour in range(60)]
    assert sum(each.index(good.pk) for each in orders) / 60 < 1
    places = [each.index(unseen.pk) for each in orders]
    assert sum(places) / 60 < 3, "nobody knows whether it is good"
    everything = sorted(idea.pk for idea in ideas)
    assert all(sorted(each) == everything for each in orders), "the others come later, but come"
    assert sum(each[0] in {idea.pk for idea in bad} for each in orders) < 6


def test_candidates_are_the_least_seen_the_newest_and_the_best(
    board: Board, ideas: list[Idea], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, idea in enumerate(ideas):
        has(idea, seen=float(100 - number) if number > 2 else 0.5)
    Standing.objects.filter(pk=ideas[5].pk).update(best=9.0)
    monkeypatch.setattr(discovering, "CANDIDATES", 3)
    assert set(order(ANONYMOUS, board)) == {ideas[2].pk, ideas[-1].pk, ideas[5].pk}


def test_order_is_the_same_when_the_cache_is_away(board: Board, ideas: list[Idea]) -> None:
    kept = order(ANONYMOUS, board)
    with override_settings(
        CACHES={"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "unix:///nowhere"}}
    ):
        assert order(ANONYMOUS, board) == kept


def test_words_tags_statuses_and_boards_narrow_it(board: Board, ideas: list[Idea], private_board: Board) -> None:
    scene.make_idea(private_board)
    found = scene.make_idea(board, title="A dark theme", tags=("night",), makes_tags=True)
    for narrow in ({"q": "dark themes"}, {"tag": "night"}):
        page = ideas_page(ANONYMOUS, ListQuery((board, private_board), "discover", **narrow))  # type: ignore[arg-type]
        assert [idea.pk for idea in page.ideas] == [found.pk]
    assert len(ideas_page(ANONYMOUS, ListQuery((board, private_board), "discover")).ideas) == 13
    assert ideas_page(ANONYMOUS, ListQuery((board,), "discover", statuses=("shipped",))).ideas == []


def test_page_costs_two_queries_and_reads_index_ranges(
    board: Board, ideas: list[Idea], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    query = ListQuery((board,), "discover", limit=5)
    with django_assert_num_queries(2):
        page = ideas_page(ANONYMOUS, query)
    with django_assert_num_queries(1):
        ideas_page(ANONYMOUS, replace(query, position=page.next))
    fill(board, ideas[0].author, 5_000)
    plan = plan_of(lambda: order(ANONYMOUS, board, hour=1))
    assert {"standing_seen", "standing_best", "standing_created_at"} <= set(re.findall(r"standing_\w+", plan))
    assert "Seq Scan on ideas_standing" not in plan
    assert "standing_seen" in plan_of(lambda: least_seen([board], limit=60))


def test_least_seen_are_open_and_seen_by_few(board: Board, ideas: list[Idea]) -> None:
    for number, idea in enumerate(ideas):
        has(idea, seen=float(number * 10))
    Standing.objects.filter(pk=ideas[0].pk).update(status="planned")
    assert least_seen([board], limit=5) == [ideas[1].pk, ideas[2].pk]
