import contextlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError

from activity.models import Event
from customers.models import Contact
from ideas.models import Board, Idea
from ideas.services.boards import make_public_board
from tests.imports.support import SAMPLES, checksums, opinions, run_import
from tests.support import scene
from tests.support.connections import other_connection
from votes.models import DailyExposure, Vote, VoteEvent
from votes.services import imports
from votes.services.imports import Watch

pytestmark = pytest.mark.django_db(transaction=True)

BRIDGES = SAMPLES / "polis-bridges"
SOURCE = "polis-polis-bridges@bridges"


def with_bad_lines(folder: Path) -> Path:
    (folder / "comments.csv").write_text(
        "timestamp,comment-id,author-id,moderated,comment-body\n"
        "1735725600000,,1,1,Without an id\n"
        "soon,1,1,1,Without a time\n"
        "1735725600000,2,1,1,A good one\n"
    )
    (folder / "votes.csv").write_text(
        "timestamp,comment-id,voter-id,vote\n1735725600000,2,1,1\n1735725600000,2,1,2\n1735725600000,7,1,1\n"
    )
    return folder


def import_bridges(*arguments: str) -> tuple[str, list[str]]:
    return run_import(BRIDGES, *arguments, board="bridges", form="polis")


def idea_of(external_id: str) -> Idea:
    return Idea.objects.select_related("standing").get(origin__source=SOURCE, origin__external_id=external_id)


def test_conversation_becomes_a_board_with_ideas_votes_and_exposures() -> None:
    summary, _complaints = import_bridges()

    board = Board.objects.get(slug="bridges")
    assert (board.name, board.seen_by, board.allows_down_votes) == ("Bridges over the canal", "public", True)
    assert summary == (
        "4 ideas imported, 0 already there, 15 votes read, 11 ledger lines written, 0 bad lines skipped."
    )
    assert opinions(SOURCE) == {"agree": 4, "disagree": 2, "passes": 3, "lines": 11}
    assert Contact.objects.filter(source="polis-polis-bridges").count() == 6  # five vote, one wrote only
    tallies = {number: (idea_of(number).standing.up, idea_of(number).standing.down) for number in "0123"}
    assert tallies == {"0": (2, 1), "1": (2, 0), "2": (0, 1), "3": (0, 0)}


def test_last_opinion_counts_by_time_and_then_by_line() -> None:
    import_bridges()

    votes = Vote.objects.filter(idea=idea_of("0"))
    last = {vote.voter.contacts.get().external_id: (vote.value, vote.at.second) for vote in votes}
    assert last == {"101": (1, 5), "102": (1, 2), "103": (-1, 3)}
    lines = VoteEvent.objects.filter(idea=idea_of("0")).order_by("id").values_list("old_value", "new_value")
    assert sorted(lines) == [(-1, 1), (-1, 1), (0, -1), (0, -1), (0, 1), (1, -1)]
    times = list(VoteEvent.objects.order_by("id").values_list("at", flat=True))
    assert times == sorted(times)


def test_passes_that_were_the_last_word_are_exposures_of_their_day() -> None:
    import_bridges()

    days = DailyExposure.objects.filter(idea=idea_of("1")).order_by("day").values_list("day", "count")
    assert [(str(day), count) for day, count in days] == [("2025-01-02", 2), ("2025-01-03", 1)]


def test_long_statement_is_cut_for_the_title_and_whole_in_the_body() -> None:
    import_bridges()

    idea = idea_of("3")
    assert idea.title.endswith("what a new bridge would …")
    assert idea.body.endswith("before a plan is drawn.")
    assert idea_of("0").body == ""


def test_statement_that_was_moderated_out_is_hidden() -> None:
    import_bridges()

    idea = idea_of("2")
    assert (idea.hidden_at, idea.standing.listed) == (idea.created_at, False)
    assert idea.created_at == datetime(2025, 1, 1, 10, 3, 20, tzinfo=UTC)


def test_second_run_changes_nothing() -> None:
    import_bridges()
    before = checksums()
    summary, _complaints = import_bridges()

    assert checksums() == before
    assert summary == ("0 ideas imported, 4 already there, 15 votes read, 0 ledger lines written, 0 bad lines skipped.")


def test_same_conversation_on_another_board_is_another_import() -> None:
    import_bridges()
    run_import(BRIDGES, board="again", form="polis")

    assert opinions(SOURCE) == opinions("polis-polis-bridges@again")
    assert Contact.objects.count() == 6


@pytest.mark.parametrize("steps_done", range(0, 30, 3))
def test_import_that_was_broken_off_is_finished_by_the_next(monkeypatch: pytest.MonkeyPatch, steps_done: int) -> None:
    monkeypatch.setattr(imports, "VOTES_PER_COMMIT", 2)
    left = iter(range(steps_done))

    def break_off(_step: str, _done: int, _total: int) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt

    board = make_public_board("bridges", name="Bridges", language="en", allows_down_votes=True)
    with contextlib.suppress(KeyboardInterrupt):
        imports.import_polis(BRIDGES, board=board, language="", watch=Watch(progress=break_off))
    import_bridges()

    assert opinions(SOURCE) == {"agree": 4, "disagree": 2, "passes": 3, "lines": 11}
    assert Idea.objects.count() == 4


def test_one_event_stands_for_all() -> None:
    import_bridges()

    event = Event.objects.get()
    assert event.verb == "board.imported"
    assert event.data == {"source": SOURCE, "ideas": 4, "votes": 11, "bad_lines": 0}


def test_bad_lines_are_told_with_their_numbers_and_skipped(tmp_path: Path) -> None:
    folder = with_bad_lines(tmp_path)
    summary, complaints = run_import(folder, board="bad", form="polis")

    assert complaints[1:] == [
        "comments.csv:2: comment-id is missing",
        "comments.csv:3: “soon” is not a number of milliseconds",
        "votes.csv:3: “2” is not a vote (1, -1 or 0)",
        "votes.csv:4: there is no statement 7",
    ]
    assert summary.endswith("1 vote read, 1 ledger line written, 4 bad lines skipped.")


def test_strict_refuses_all_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="4 bad lines; nothing was written"):
        run_import(with_bad_lines(tmp_path), "--strict", board="bad", form="polis")

    assert not Board.objects.exists()
    assert not Contact.objects.exists()


def test_board_without_votes_against_is_refused() -> None:
    scene.make_board(slug="bridges")
    with pytest.raises(CommandError, match="allows no votes against"):
        import_bridges()


def test_folder_without_votes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"comments\.csv: No such file"):
        run_import(tmp_path, board="bridges", form="polis")


def test_second_import_from_the_same_source_is_refused_while_one_runs() -> None:
    with other_connection() as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"import {SOURCE}"])
        with pytest.raises(CommandError, match="Another import"):
            import_bridges()

    assert not Idea.objects.exists()
