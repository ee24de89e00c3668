"""Lists: what they show, that they count nothing and read no table whole, and that nothing breaks them."""

import csv
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Person
from ideas.admin.export import CHUNK
from ideas.models import Board, Idea, Standing
from ideas.services.moderation import assign_idea, change_status, hide_idea, respond
from tests.admin.conftest import SignedIn
from tests.support.plans import plan_of
from tests.support.scene import make_board, make_idea

LIST = "/admin/ideas/idea/"
FILTERS: list[dict[str, str]] = [
    {},
    {"status__exact": "planned"},
    {"answer": "none"},
    {"answer": "given"},
    {"assignee": "me"},
    {"assignee": "nobody"},
    {"tag": "rare"},
    {"place": "hidden"},
    {"place": "withdrawn"},
    {"place": "merged"},
    {"place": "all"},
    {"q": "seldom"},
    {"o": "-4"},
    {"o": "4"},
    {"o": "8"},
    {"o": "-4", "answer": "none"},
    {"created_at_from": "2026-01-01", "created_at_to": "2026-12-31"},
    {"p": "2"},
]


def titles(client: Client, **query: Any) -> list[str]:
    return [idea.title for idea in client.get(LIST, query).context["cl"].result_list]


@pytest.fixture
def fill(board: Board, author: Person, team_member: Person) -> Callable[[int], None]:
    """Make ideas over four boards, a few of them hidden, assigned, answered, with a rare tag or word."""
    boards = [board, *(make_board(portal=board.portal, team=board.team) for _ in range(3))]
    now = timezone.now()

    def idea_of(number: int) -> Idea:
        return Idea(
            board=boards[number % 4],
            author=author,
            title=f"Idea number {number}" + (" seldom" if number % 1000 == 0 else ""),
            body=f"What it is for and why it matters, in words of case {number}. " * 24,
            tags=["rare"] if number % 700 == 0 else ["usual"],
            status="planned" if number % 50 == 0 else "open",
            assignee=team_member if number % 900 == 0 else None,
            hidden_at=now if number % 800 == 0 else None,
            created_at=now - timedelta(minutes=number),
        )

    def fill_with(count: int) -> None:
        ideas = Idea.objects.bulk_create(idea_of(number) for number in range(count))
        Standing.objects.bulk_create(
            Standing(
                idea=idea,
                board_id=idea.board_id,
                status=idea.status,
                listed=idea.is_listed,
                created_at=idea.created_at,
                top=idea.pk % 97,
            )
            for idea in ideas
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    return fill_with


def listed(person: Person, query: dict[str, str]) -> Any:
    """The list as the page would show it, without the page."""
    request = RequestFactory().get(LIST, query)
    request.user = person
    return admin.site.get_model_admin(Idea).get_changelist_instance(request)


def test_no_list_of_ideas_reads_the_table_whole(
    fill: Callable[[int], None], team_member: Person, administrator: Person, boss: Client
) -> None:
    fill(3000)
    assert "Seq Scan on ideas_idea" not in plan_of(lambda: boss.get("/admin/"))
    for person in (team_member, administrator):
        for query in FILTERS:
            plan = plan_of(lambda person=person, query=query: list(listed(person, query).result_list))  # type: ignore[misc]
            assert "Seq Scan on ideas_idea" not in plan, (query, plan)


def test_lists_ask_few_queries_and_count_nothing(fill: Callable[[int], None], pm: Client) -> None:
    fill(60)
    pm.get(LIST)
    with CaptureQueriesContext(connection) as captured:
        assert len(pm.get(LIST).context["cl"].result_list) == 50
    texts = [query["sql"] for query in captured.captured_queries]
    assert len(texts) <= 8, texts
    assert not [text for text in texts if "COUNT(" in text.upper()]


def test_pages_follow_each_other_without_gap_or_repetition(fill: Callable[[int], None], team_member: Person) -> None:
    fill(160)
    for query in ({}, {"o": "-4"}, {"o": "4"}, {"tag": "usual"}):
        pages = [listed(team_member, {**query, "p": page}).result_list for page in ("1", "2", "3")]
        seen = [idea.pk for page in pages for idea in page]
        assert len(seen) == len(set(seen)) == 150


def test_ideas_are_sorted_by_age_or_votes(board: Board, pm: Client) -> None:
    for votes, title in ((3, "three"), (9, "nine"), (5, "five")):
        Standing.objects.filter(idea=make_idea(board, title=title)).update(top=votes)
    assert titles(pm) == ["five", "nine", "three"]
    assert titles(pm, o="-4") == ["nine", "five", "three"]
    assert titles(pm, o="4") == ["three", "five", "nine"]
    assert titles(pm, o="8") == ["three", "nine", "five"]


def test_filters_find_what_they_name(board: Board, team_member: Person, pm: Client) -> None:
    ideas = {name: make_idea(board, title=name) for name in ("plain", "planned", "mine", "answered", "hidden")}
    tagged = make_idea(board, title="Lantern", tags=["night"], makes_tags=True)
    other = make_idea(make_board(team=board.team, portal=board.portal), title="elsewhere")
    change_status(ideas["planned"], status="planned", by=team_member)
    assign_idea(ideas["mine"], assignee=team_member, by=team_member)
    respond(ideas["answered"], body="Yes.", by=team_member)
    hide_idea(ideas["hidden"], by=team_member)
    assert titles(pm, status__exact="planned") == ["planned"]
    assert titles(pm, assignee="me") == titles(pm, assignee=team_member.pk) == ["mine"]
    assert "mine" not in titles(pm, assignee="nobody")
    assert titles(pm, answer="given") == ["answered"]
    assert "answered" not in titles(pm, answer="none")
    assert titles(pm, place="hidden") == ["hidden"]
    assert "hidden" not in titles(pm)
    assert "hidden" in titles(pm, place="all")
    assert titles(pm, tag="night") == ["Lantern"]
    assert titles(pm, board__id__exact=other.board_id) == ["elsewhere"]
    assert titles(pm, q="LANT") == titles(pm, q=tagged.public_id) == ["Lantern"]
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    assert titles(pm, created_at_from=tomorrow) == []
    assert len(titles(pm, created_at_to=timezone.localdate().isoformat())) == 6


GARBAGE = [
    "q=%00",
    "p=abc",
    "p=-1",
    "p=99999999999999999999",
    "o=99.x.-7",
    "board__id__exact=x",
    "board__id__exact=99999999999999999999",
    "status__exact=x",
    "status__exact=%00",
    "assignee=x",
    "assignee=99999999999999999999",
    "place=x",
    "answer=x",
    "tag=%00",
    "tag=%27%22%5C",
    "created_at_from=x",
    "created_at_to=9999-12-31",
    "title__regex=(",
    "title__icontains=a",
    "author__email__startswith=a",
    "id__in=x",
    "id=x",
    "nothing=1",
    "e=1",
    "q=" + "%28" * 40,
    "q=%26%7C%21%3A*",
    "all=",
    "_facets=True",
    "_popup=1&_to_field=x",
]


@pytest.mark.parametrize("query", GARBAGE)
def test_garbage_in_the_address_breaks_nothing(query: str, idea: Idea, boss: Client) -> None:
    for path in (LIST, f"{LIST}export/", "/admin/ideas/comment/"):
        answer = boss.get(f"{path}?{query}")
        assert answer.status_code in (200, 302, 400, 403, 404), path


@pytest.mark.parametrize(
    "path",
    [
        "ideas/idea/%00/change/",
        "ideas/idea/x/change/",
        "ideas/idea/99999999999999999999/history/",
        "accounts/person/-1/change/",
        "%00",
        "%00/",
        "ideas/nothing/",
        "search/?s=a&page=x&extended=1",
        "search/?s=%00",
        "autocomplete/?app_label=x&model_name=y&field_name=z",
        "autocomplete/?app_label=ideas&model_name=idea&field_name=board&term=a&page=x",
        "autocomplete/?app_label=ideas&model_name=idea&field_name=board&term=%00",
    ],
)
def test_garbage_in_the_path_breaks_nothing(path: str, idea: Idea, boss: Client) -> None:
    assert boss.get(f"/admin/{path}", follow=True).status_code in (200, 302, 400, 403, 404)


def rows_of(client: Client, **query: Any) -> list[dict[str, str]]:
    text = client.get(f"{LIST}export/", query).getvalue().decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text)))


def test_csv_has_what_the_list_shows(board: Board, author: Person, team_member: Person, pm: Client) -> None:
    idea = make_idea(board, author=author, title="Größere Schrift, bitte", tags=["night", "type"], makes_tags=True)
    respond(idea, body="Yes.\nSoon.", by=team_member)
    make_idea(make_board(), title="Of another team")
    [row] = rows_of(pm)
    assert (row["id"], row["title"], row["board"], row["status"]) == (idea.public_id, idea.title, "web-shop", "open")
    assert (row["tags"], row["author"], row["response"], row["votes"]) == (
        "night, type",
        "Anna Author",
        "Yes.\nSoon.",
        "0",
    )
    assert row["url"].endswith(f"/ideas/{idea.public_id}/{idea.slug}/")
    assert rows_of(pm, status__exact="planned") == []


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(A1)"])
def test_csv_has_no_formulas(title: str, board: Board, pm: Client) -> None:
    make_idea(board, title=title)
    assert [row["title"] for row in rows_of(pm)] == [f"'{title}"]


def test_csv_is_read_in_chunks(fill: Callable[[int], None], boss: Client) -> None:
    fill(2 * CHUNK - 2)
    answer = boss.get(f"{LIST}export/")
    assert answer.streaming
    with CaptureQueriesContext(connection) as captured:
        lines = sum(part.count(b"\r\n") for part in answer.streaming_content)  # type: ignore[attr-defined]
    assert lines == 1 + Standing.objects.filter(listed=True).count()
    assert len(captured) == 2  # one chunk is full, the other is not


def test_people_are_found_by_any_part_of_name_or_address(boss: Client, author: Person, member: Person) -> None:
    for words in ("nna auth", str(author.email).upper()[:9]):
        found = boss.get("/admin/accounts/person/", {"q": words}).context["cl"].result_list
        assert author in found, words
    assert boss.get("/admin/accounts/person/", {"q": "nobody like this"}).context["cl"].result_list == []


def test_unknown_callers_learn_nothing_from_filters(idea: Idea, signed_in: SignedIn, other_team_member: Person) -> None:
    answer = signed_in(other_team_member).get(LIST, {"board__id__exact": idea.board_id}, follow=True)
    assert idea.board.name not in answer.content.decode()


def test_typing_a_title_offers_ideas_of_the_team(idea: Idea, pm: Client) -> None:
    make_idea(title="A dark theme elsewhere")
    query = {"app_label": "ideas", "model_name": "idea", "field_name": "merged_into", "term": "dark th"}
    offered = pm.get("/admin/autocomplete/", query).json()
    assert offered == {"results": [{"id": str(idea.pk), "text": idea.title}], "pagination": {"more": False}}


def test_common_words_are_found_as_well(board: Board, pm: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for title in ("A lantern for the cellar", "A lantern for the attic", "A mirror"):
        make_idea(board, title=title)
    few = titles(pm, q="lantern")
    monkeypatch.setattr("ideas.admin.search.FEW", 1)
    assert titles(pm, q="lantern") == few == ["A lantern for the attic", "A lantern for the cellar"]
