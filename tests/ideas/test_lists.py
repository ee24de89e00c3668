import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from accounts.models import Person
from accounts.viewers import ANONYMOUS, Viewer, viewer_for
from ideas.lists import COLUMNS, ListQuery, Order, Page, SortNeedsBoard, ideas_page
from ideas.models import Board, Idea, Standing
from ideas.search import condition_on, few_matches
from ideas.services.ideas import withdraw_idea
from ideas.services.moderation import change_status
from tests.support import scene
from tests.support.plans import plan_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_boards(board: Board) -> tuple[Board, Board]:
    return board, scene.make_board(slug="app", team=board.team)


@pytest.fixture
def many(two_boards: tuple[Board, Board], author: Person, team_member: Person) -> list[Idea]:
    """Twenty-six ideas on two boards in several statuses, with ties in every order."""
    start = timezone.now() - timedelta(days=30)
    ideas = []
    for number in range(26):
        idea = scene.make_idea(two_boards[number % 2], author=author, created_at=start + timedelta(days=number // 3))
        if number % 5 == 0:
            idea = change_status(idea, status="planned", by=team_member)
        Standing.objects.filter(pk=idea.pk).update(
            top=number % 4, best=number % 3 / 7, trending=float("-inf") if number % 6 == 0 else number % 7 * 1.1
        )
        ideas.append(idea)
    return ideas


def expected(order: Order, *boards: Board, statuses: tuple[str, ...] = ()) -> list[int]:
    """The whole list, sorted in Python."""
    standings = Standing.objects.filter(board__in=boards, listed=True)
    if statuses:
        standings = standings.filter(status__in=statuses)
    rows = [(getattr(standing, COLUMNS[order]), standing.pk) for standing in standings]
    return [pk for _key, pk in sorted(rows, reverse=True)]


def walk(query: ListQuery) -> list[Page]:
    pages = [ideas_page(ANONYMOUS, query)]
    while pages[-1].next:
        pages.append(ideas_page(ANONYMOUS, replace(query, position=pages[-1].next)))
    return pages


def ids(page: Page) -> list[int]:
    return [idea.pk for idea in page.ideas]


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("order", COLUMNS)
@pytest.mark.parametrize("limit", [1, 7, 13, 100])
def test_pages_together_are_the_whole_order(two_boards: tuple[Board, Board], order: Order, limit: int) -> None:
    boards = two_boards[:1] if order == "best" else two_boards
    pages = walk(ListQuery(boards=boards, order=order, limit=limit))
    assert [pk for page in pages for pk in ids(page)] == expected(order, *boards)


@pytest.mark.usefixtures("many")
def test_way_back_shows_the_same_pages(two_boards: tuple[Board, Board]) -> None:
    query = ListQuery(boards=two_boards, order="top", limit=10)
    first, second, third = walk(query)
    assert first.previous is None
    back = ideas_page(ANONYMOUS, ListQuery(boards=two_boards, order="top", limit=10, position=third.previous))
    assert ids(back) == ids(second)
    front = ideas_page(ANONYMOUS, ListQuery(boards=two_boards, order="top", limit=10, position=back.previous))
    assert ids(front) == ids(first)
    assert front.previous is None
    assert front.next == first.next


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("statuses", [("planned",), ("open", "planned"), ("declined",)])
def test_statuses_filter_the_order(two_boards: tuple[Board, Board], statuses: tuple[str, ...]) -> None:
    pages = walk(ListQuery(boards=two_boards, order="trending", statuses=statuses, limit=3))
    assert [pk for page in pages for pk in ids(page)] == expected("trending", *two_boards, statuses=statuses)


@pytest.mark.usefixtures("many")
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(order=st.sampled_from(["trending", "top", "new"]), limit=st.integers(1, 30), tag=st.booleans())
def test_a_filter_by_tag_pages_in_the_same_order(
    two_boards: tuple[Board, Board], order: Order, limit: int, tag: bool
) -> None:
    Idea.objects.filter(id__in=expected("new", *two_boards)[::2]).update(tags=["night"])
    pages = walk(ListQuery(boards=two_boards, order=order, limit=limit, tag="night" if tag else ""))
    tagged = set(Idea.objects.filter(tags__contains=["night"]).values_list("id", flat=True))
    assert [pk for page in pages for pk in ids(page)] == [
        pk for pk in expected(order, *two_boards) if not tag or pk in tagged
    ]


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("few", [0, 100], ids=["walk", "look up"])
def test_a_search_pages_in_the_same_order_both_ways(
    two_boards: tuple[Board, Board], monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr("ideas.search.FEW", few)
    Idea.objects.filter(id__in=expected("new", *two_boards)[::3]).update(title="A dark night")
    wanted = set(Idea.objects.filter(title="A dark night").values_list("id", flat=True))
    pages = walk(ListQuery(boards=two_boards, order="top", q="dark night", limit=4))
    assert [pk for page in pages for pk in ids(page)] == [pk for pk in expected("top", *two_boards) if pk in wanted]
    back = ListQuery(boards=two_boards, order="top", q="dark night", limit=4, position=pages[2].previous)
    assert ids(ideas_page(ANONYMOUS, back)) == ids(pages[1])


@pytest.mark.usefixtures("many")
def test_a_walk_that_meets_few_stops_and_goes_on_from_there(
    two_boards: tuple[Board, Board], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ideas.search.FEW", 0)
    monkeypatch.setattr("ideas.lists.WALKED", 5)
    order = expected("top", *two_boards)
    Idea.objects.filter(id__in=[order[3], order[11], order[12]]).update(tags=["night"])
    pages = walk(ListQuery(boards=two_boards, order="top", tag="night", limit=2))
    assert [ids(page) for page in pages] == [[order[3]], [], [order[11], order[12]]] + [[]] * (len(pages) - 3)
    assert len(pages) <= 6, "five ideas of 26 at a time"


@pytest.mark.parametrize("order", ["trending", "new"])
def test_neither_way_of_searching_reads_a_table_whole(
    board: Board, author: Person, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(board, author, 5_000)
    query = ListQuery(boards=(board,), order=order, q="title")
    few = plan_of(lambda: few_matches(condition_on(q="title", tag=""), {"q": "title"}))
    monkeypatch.setattr("ideas.search.FEW", 0)
    monkeypatch.setattr("ideas.lists.WALKED", 100)
    both = plan_of(lambda: ideas_page(ANONYMOUS, query))
    assert "idea_search" in few
    assert f"standing_{COLUMNS[order]}" in both
    assert not re.search("Seq Scan on ideas_(idea|standing)", few + both)


def test_best_over_two_boards_is_refused(two_boards: tuple[Board, Board]) -> None:
    with pytest.raises(SortNeedsBoard) as refusal:
        ideas_page(ANONYMOUS, ListQuery(boards=two_boards, order="best"))
    assert (refusal.value.error_code, refusal.value.http_status) == ("sort_needs_board", 400)


@pytest.mark.parametrize("narrowing", [{}, {"tag": "night"}, {"q": "idea"}], ids=str)
def test_board_that_hides_counts_has_no_place_beside_counts_that_show(
    board: Board, team_member: Person, member: Person, narrowing: dict[str, Any]
) -> None:
    blind = [scene.make_board(team=board.team, counts_shown="after_vote") for _ in range(2)]
    shown, hidden, other = (scene.make_idea(each).pk for each in (board, *blind))
    Idea.objects.update(tags=["night"])

    def seen(viewer: Viewer, order: Order, *boards: Board) -> set[int]:
        return set(ids(ideas_page(viewer, ListQuery(boards=boards, order=order, **narrowing))))

    for order in ("trending", "top"):
        assert seen(ANONYMOUS, order, board, *blind) == {shown}
        assert seen(viewer_for(member), order, board, *blind) == {shown}
        assert seen(viewer_for(team_member), order, board, *blind) == {shown, hidden, other}
        assert seen(ANONYMOUS, order, *blind) == {hidden, other}
    assert seen(ANONYMOUS, "new", board, *blind) == {shown, hidden, other}
    assert seen(ANONYMOUS, "best", blind[0]) == {hidden}


def test_what_is_withdrawn_or_merged_is_not_listed(board: Board, author: Person) -> None:
    shown, withdrawn = (scene.make_idea(board, author=author) for _ in range(2))
    withdraw_idea(withdrawn, by=author)
    assert ids(ideas_page(viewer_for(author), ListQuery(boards=(board,), order="new"))) == [shown.pk]


def test_board_that_the_viewer_may_not_see_gives_nothing(private_board: Board, team_member: Person) -> None:
    idea = scene.make_idea(private_board)
    query = ListQuery(boards=(private_board,), order="new")
    assert ideas_page(ANONYMOUS, query).ideas == []
    assert ids(ideas_page(viewer_for(team_member), query)) == [idea.pk]


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("Häuser", {"de"}),
        ("haus", {"de"}),
        ("hauser", {"de"}),
        ("exporting invoices", {"en"}),
        ("facade", {"fr"}),
        ("häuser or invoice", {"de", "en"}),
        ("häuser -neue", set()),
        ("'; DROP TABLE ideas_idea; --", set()),
    ],
)
def test_search_stems_each_idea_in_its_language(board: Board, q: str, found: set[str]) -> None:
    scene.make_idea(board, title="Neue Häuser zeigen", language="de")
    scene.make_idea(board, title="Export an invoice", language="en")
    scene.make_idea(board, title="Une façade plus claire", language="fr")
    page = ideas_page(ANONYMOUS, ListQuery(boards=(board,), order="new", q=q))
    assert {idea.language for idea in page.ideas} == found


@pytest.mark.usefixtures("many")
def test_page_with_all_that_its_cards_show_is_one_query(
    two_boards: tuple[Board, Board], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        page = ideas_page(ANONYMOUS, ListQuery(boards=two_boards))
        for idea in page.ideas:
            str((idea.board.name, idea.author_name, idea.up, idea.response))


@pytest.mark.parametrize("order", COLUMNS)
def test_list_is_read_by_its_index_however_many_ideas_there_are(board: Board, author: Person, order: Order) -> None:
    fill(board, author, 5_000)
    plan = plan_of(lambda: ideas_page(ANONYMOUS, ListQuery(boards=(board,), order=order, limit=20)))
    assert f"standing_{COLUMNS[order]}" in plan
    assert "Seq Scan on ideas_standing" not in plan
    assert "Seq Scan on ideas_idea" not in plan


def fill(board: Board, author: Person, count: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH i AS (INSERT INTO ideas_idea (public_id, board_id, title, body, language, tags, author_id, status,
                 is_locked, is_pinned, version, created_at, updated_at)
               SELECT 'p' || n, %s, 'Title ' || n, '', 'en', '{}', %s, 'open', false, false, 1,
                 now() - n * interval '1 min', now() FROM generate_series(1, %s) n RETURNING id, board_id, created_at)
               INSERT INTO ideas_standing (idea_id, board_id, status, listed, created_at, up, top, best, trending)
               SELECT id, board_id, 'open', true, created_at, id %% 97, id %% 97, id %% 89, id %% 83 FROM i""",
            [board.pk, author.pk, count],
        )
        cursor.execute("SELECT gin_clean_pending_list('idea_search')")
        cursor.execute("ANALYZE ideas_idea, ideas_standing")
