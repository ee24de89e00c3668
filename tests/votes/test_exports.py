"""A voter's receipt against the public export, by the program that voters get: it has no database."""

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Person
from ideas.models import Board, Idea
from ideas.services.moderation import hide_idea, move_idea
from tests.support.api import nobody
from tests.support.folding import fold_all
from tests.support.scene import make_board, make_idea, make_person
from votes.exports import export, receipt
from votes.models import BoardPublication, Publication, VoteEvent, VoterKey
from votes.services import cast_vote, forget_voter, merge_ideas, publish_ledger, retract_vote

pytestmark = pytest.mark.usefixtures("folding")

CHECK = Path(__file__).parent.parent.parent / "docs" / "check_receipt.py"


def publish() -> None:
    fold_all()
    publish_ledger()


def rows_of(board: Board) -> list[dict[str, str]]:
    return list(csv.DictReader("".join(export(board)).splitlines()))


@pytest.fixture
def board(db: None) -> Board:
    return make_board(allows_down_votes=True, publishes_votes=True)


@pytest.fixture
def ideas(board: Board, voter: Person) -> list[Idea]:
    """Two ideas with votes of several people, over two publications."""
    first, second = make_idea(board), make_idea(board)
    cast_vote(first, voter=voter)
    cast_vote(second, voter=voter, value=-1)
    for _ in range(3):
        cast_vote(first, voter=make_person())
    publish()
    cast_vote(second, voter=voter)
    cast_vote(second, voter=make_person())
    publish()
    return [first, second]


def checked(folder: Path, board: Board, mine: dict[str, Any], *, by: str = "") -> tuple[int, str]:
    """Return how the check ends and what it says; `by`: the text of another export."""
    (folder / "export.csv").write_text(by or "".join(export(board)))
    (folder / "receipt.json").write_text(json.dumps(mine))
    command = [sys.executable, "-I", str(CHECK), str(folder / "export.csv"), str(folder / "receipt.json")]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout.strip() + ended.stderr.strip()


GOOD = (0, "Your votes are counted as you gave them.")


def test_a_receipt_meets_the_export_also_when_more_was_published(
    tmp_path: Path, board: Board, ideas: list[Idea], voter: Person
) -> None:
    mine = receipt(board, voter)
    assert {(line["idea"], line["old"], line["new"]) for line in mine["lines"]} == {
        (ideas[0].public_id, "0", "1"),
        (ideas[1].public_id, "0", "-1"),
        (ideas[1].public_id, "-1", "1"),
    }
    assert checked(tmp_path, board, mine) == GOOD
    retract_vote(ideas[0], voter=voter)
    cast_vote(ideas[0], voter=make_person())
    publish()
    assert checked(tmp_path, board, mine) == GOOD
    assert checked(tmp_path, board, receipt(board, voter)) == GOOD


def test_what_was_changed_afterwards_is_found(tmp_path: Path, board: Board, ideas: list[Idea], voter: Person) -> None:
    mine = receipt(board, voter)
    VoteEvent.objects.filter(idea=ideas[0]).exclude(voter_key=VoterKey.objects.get(person=voter).key).update(
        new_value=-1
    )
    code, said = checked(tmp_path, board, mine)
    assert (code, said) == (1, "the export up to publication 2 is not the one of the receipt")
    VoteEvent.objects.filter(idea=ideas[0]).delete()
    code, said = checked(tmp_path, board, mine)
    assert code == 1
    assert f"your vote on idea {ideas[0].public_id} in publication 1 is missing" in said


def test_a_row_that_is_changed_in_the_file_or_added_in_the_voters_name_is_found(
    tmp_path: Path, board: Board, ideas: list[Idea], voter: Person
) -> None:
    mine, text = receipt(board, voter), "".join(export(board))
    changed = text.replace(",0,1,", ",0,-1,", 1)
    assert "is not what its hash was made of" in checked(tmp_path, board, mine, by=changed)[1]
    VoteEvent.objects.exclude(voter_key=VoterKey.objects.get(person=voter).key).update(
        voter_key=VoterKey.objects.get(person=voter).key
    )
    assert "counts a vote under your pseudonym" in checked(tmp_path, board, mine)[1]


def test_what_is_hidden_since_is_blank_and_still_proven(
    tmp_path: Path, board: Board, ideas: list[Idea], voter: Person, administrator: Person
) -> None:
    mine = receipt(board, voter)
    hide_idea(ideas[0], by=administrator)
    rows = rows_of(board)
    assert ideas[0].public_id not in "".join(export(board))
    assert sum(not row["voter"] for row in rows) == 4
    assert checked(tmp_path, board, mine) == GOOD


def test_an_idea_that_moved_leaves_its_past_where_it_was(
    tmp_path: Path, board: Board, ideas: list[Idea], voter: Person, administrator: Person
) -> None:
    mine, other = receipt(board, voter), make_board(allows_down_votes=True, publishes_votes=True)
    move_idea(ideas[0], board=other, by=administrator)
    cast_vote(ideas[0], voter=voter, value=-1)
    publish()
    assert checked(tmp_path, board, mine) == GOOD
    there = receipt(other, voter)
    assert [line["new"] for line in there["lines"]] == ["-1"]
    assert checked(tmp_path, other, there) == GOOD


def test_who_knows_one_vote_of_a_person_finds_no_other_idea_of_theirs(
    board: Board, ideas: list[Idea], voter: Person
) -> None:
    mine, rows = receipt(board, voter), rows_of(board)
    assert set(mine["voters"]) == {idea.public_id for idea in ideas}
    for idea in ideas:
        here = {row["voter"] for row in rows if row["idea"] == idea.public_id}
        assert mine["voters"][idea.public_id] in here
        assert here.isdisjoint(row["voter"] for row in rows if row["idea"] != idea.public_id)
    assert set(rows[0]) == {"publication", "idea", "voter", "old", "new", "nonce", "hash"}, "no day that merges keep"
    changes = [row for row in rows if row["voter"] == mine["voters"][ideas[1].public_id]]
    assert [(row["old"], row["new"]) for row in changes] == [("0", "-1"), ("-1", "1")], "what became of one vote"


def test_exports_of_two_boards_cannot_be_linked(board: Board, ideas: list[Idea], voter: Person) -> None:
    other = make_board(publishes_votes=True)
    cast_vote(make_idea(other), voter=voter)
    merge_ideas(ideas[0], into=make_idea(other), by=None)
    publish()
    here, there = rows_of(board), rows_of(other)
    assert {row["voter"] for row in here}.isdisjoint(row["voter"] for row in there)
    assert {row["nonce"] for row in here}.isdisjoint(row["nonce"] for row in there)
    keys = {str(key) for key in VoterKey.objects.values_list("key", flat=True)}
    assert keys.isdisjoint(row["voter"] for row in [*here, *there])
    added = [row["nonce"] for row in there if row["publication"] == "3"]
    assert added == sorted(added), "in an order that tells nothing of when, or by whom"


def test_a_forgotten_voters_receipt_still_holds(tmp_path: Path, board: Board, ideas: list[Idea], voter: Person) -> None:
    mine = receipt(board, voter)
    forget_voter(voter)
    publish()
    assert checked(tmp_path, board, mine) == GOOD


def test_publishing_again_changes_nothing(board: Board, ideas: list[Idea]) -> None:
    before = list(Publication.objects.values_list()), list(BoardPublication.objects.values_list())
    assert publish_ledger() == []
    assert (list(Publication.objects.values_list()), list(BoardPublication.objects.values_list())) == before
    assert [publication.pk for publication in Publication.objects.order_by("pk")] == [1, 2]


def test_the_api_streams_the_export(board: Board, ideas: list[Idea]) -> None:
    answer = nobody().get(f"boards/{board.slug}/ledger/")
    assert answer["Content-Type"].startswith("text/csv")
    assert b"".join(answer.streaming_content).decode() == "".join(export(board))
    for private in ({"counts_shown": "after_vote"}, {"counts_shown": "always", "publishes_votes": False}):
        Board.objects.update(**private)
        refused = nobody().get(f"boards/{board.slug}/ledger/")
        assert (refused.status_code, refused.json()["code"]) == (403, "ledger_not_public")
