import pytest
from structlog.testing import capture_logs

from accounts.models import Person
from ideas.models import Board, Idea, Standing
from tests.support.folding import fold_all
from tests.support.scene import make_idea, make_person
from tests.votes.proofs import assert_tallies_are_the_votes
from votes.checking import check_tallies
from votes.folding import fold
from votes.models import LedgerBatch
from votes.services import cast_vote

pytestmark = pytest.mark.usefixtures("folding")


def test_a_live_ledger_gives_no_alarm(idea: Idea, voter: Person) -> None:
    cast_vote(idea, voter=voter)
    assert check_tallies() == [], "a vote that waits to be folded is no error"
    fold_all()
    cast_vote(idea, voter=make_person())
    assert check_tallies() == []


def test_a_wrong_tally_is_put_right_and_told(board: Board, voter: Person) -> None:
    right, wrong = make_idea(board), make_idea(board)
    for idea in (right, wrong):
        cast_vote(idea, voter=voter)
    fold_all()
    cast_vote(wrong, voter=make_person())  # waits
    Standing.objects.filter(pk=wrong.pk).update(up=7, top=9, best=1.0, trending=5000.0)
    with capture_logs() as logs:
        assert check_tallies() == [wrong.pk]
    assert [(entry["log_level"], entry["ideas"]) for entry in logs if entry["log_level"] == "error"] == [
        ("error", [wrong.pk])
    ]
    fold_all()
    fold()
    assert_tallies_are_the_votes()
    assert Standing.objects.get(pk=wrong.pk).trending < 5000
    assert check_tallies() == []


def test_the_newest_digest_is_published_in_the_log(idea: Idea, voter: Person) -> None:
    cast_vote(idea, voter=voter)
    fold_all()
    with capture_logs() as logs:
        check_tallies()
    digest = bytes(LedgerBatch.objects.get().digest).hex()
    assert [entry["digest"] for entry in logs if entry["event"] == "ledger digest"] == [digest]
