"""No statement that runs for a vote or a fold reads a growing table from end to end, on tables that are filled."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from ideas.models import Idea
from tests.support.folding import until_foldable
from tests.support.plans import plan_of
from tests.support.scene import make_board, make_idea, make_person
from tests.votes.interleaving import parameters
from votes.folding import Folded, fold, fold_statement
from votes.models import Vote, VoteEvent
from votes.selectors import fold_lag, my_votes
from votes.services import cast_vote
from votes.services.casting import CAST_STATEMENT, RETRACT_STATEMENT
from votes.services.exposures import ADD

GROWING = (
    "votes_vote",
    "votes_voteevent",
    "votes_voterkey",
    "ideas_idea",
    "ideas_standing",
    "accounts_person",
    "votes_dailyexposure",
)
FILL = """
INSERT INTO accounts_person (password, public_id, display_name, language, time_zone, role, is_active)
SELECT '', 'filler' || n, '', 'en', 'UTC', 'member', true FROM generate_series(1, 2000) n;
INSERT INTO ideas_idea (public_id, title, body, language, tags, status, is_locked, is_pinned, version,
    author_id, board_id)
SELECT 'filler' || n, 'An idea', '', 'en', '{}', 'open', false, false, 1, (SELECT min(id) FROM accounts_person),
       (SELECT min(id) FROM ideas_board) FROM generate_series(1, 2000) n;
INSERT INTO ideas_standing (idea_id, board_id, status, listed, created_at)
SELECT id, board_id, status, true, created_at FROM ideas_idea ON CONFLICT DO NOTHING;
INSERT INTO votes_voterkey (person_id, key) SELECT id, gen_random_uuid() FROM accounts_person ON CONFLICT DO NOTHING;
INSERT INTO votes_vote (idea_id, voter_id, value, at)
SELECT i.id, p.id, 1, now() FROM (SELECT id, row_number() OVER () AS n FROM ideas_idea) i
JOIN (SELECT id, row_number() OVER () AS n FROM accounts_person) p ON p.n % 100 = i.n % 100 AND p.n <= 1000;
INSERT INTO votes_voteevent (idea_id, voter_key, old_value, new_value, at)
SELECT v.idea_id, k.key, 0, 1, v.at FROM votes_vote v JOIN votes_voterkey k ON k.person_id = v.voter_id;
INSERT INTO votes_dailyexposure (idea_id, day, count, weight)
SELECT i.id, current_date - n, 1, 1 FROM ideas_idea i, generate_series(1, 5) n;
ANALYZE;"""


@pytest.fixture
def filled(db: None) -> Idea:
    idea = make_idea(make_board(allows_down_votes=True))
    with connection.cursor() as cursor:
        cursor.execute(FILL)
    assert Vote.objects.count() > 15_000
    return idea


def scans(plan: str) -> set[str]:
    """Return the growing tables that a plan reads whole."""
    return set(re.findall(r"Seq Scan on (\w+)", plan)) & set(GROWING)


def explain(statement: str, parameters: dict[str, Any]) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}", parameters)
        return "\n".join(line for (line,) in cursor.fetchall())


def test_a_vote_is_found_and_answered_by_keys(filled: Idea) -> None:
    voter = Person.objects.order_by("id")[7]
    for statement in (CAST_STATEMENT, RETRACT_STATEMENT):
        plan = explain(statement, parameters(filled, voter))
        assert scans(plan) == set()
        assert "vote_event_of_voter" in plan, "a voter's own lines, not all that wait"
    assert scans(plan_of(lambda: my_votes(voter, [filled.pk]))) == set()


def test_a_control_shows_that_a_scan_is_seen(filled: Idea) -> None:
    assert scans(plan_of(lambda: list(Vote.objects.filter(value=-1)))) == {"votes_vote"}


def test_a_fold_of_few_lines_reads_few_rows(filled: Idea) -> None:
    last = VoteEvent.objects.order_by("id").last()
    assert last
    batch = {"era": 1, "floor": 0, "previous": b"", "lo": str(last.xid + 1), "hi": str(last.xid + 9), "large": 5000}
    assert scans(explain(fold_statement(7.0), batch)) == set()
    assert scans(plan_of(fold_lag)) == set()


def test_a_flush_of_few_views_reads_few_rows(filled: Idea) -> None:
    views = {"ideas": [filled.pk], "days": ["2026-03-01"], "counts": [1], "weights": [0.5]}
    assert scans(explain(ADD, views)) == set()


@pytest.mark.usefixtures("folding")
def test_a_fold_of_many_ideas_takes_few_statements(idea: Idea) -> None:
    for _ in range(5):
        cast_vote(make_idea(idea.board), voter=make_person())
    until_foldable()
    with CaptureQueriesContext(connection) as statements:
        assert fold() == Folded(lines=5, ideas=5)
    # BEGIN, limits, lock, state, fold, COMMIT
    assert len(statements) == 6
