"""The counts that must come out of real data; its README names them."""

import csv
import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from accounts.viewers import ANONYMOUS
from customers.models import Contact
from ideas.lists import ListQuery, ideas_page
from ideas.models import Board, Idea, Standing
from ideas.selectors import similar_ideas
from tests.imports.support import checksums, opinions, run_import
from tests.support.mail import SmtpSink
from tests.support.waiting import eventually
from tests.support.worker import environment
from votes import ranking
from votes.imports.polis import source_of
from votes.models import Vote, VoteEvent
from votes.replay import FORMULAS, Asked, Placed
from votes.replay import replayed as replayed_ideas

pytestmark = pytest.mark.django_db(transaction=True)

CONVERSATIONS = {
    "austria-climate.5twd2jsnkf.2022-08-08": "de",
    "canadian-electoral-reform": "en",
    "brexit-consensus": "en",
    "15-per-hour-seattle": "en",
}


def import_conversation(folder: Path, language: str) -> str:
    return run_import(folder, "--language", language, board="talk", form="polis")[0]


def read(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines, delimiter=delimiter))


def column(path: Path, name: str) -> set[str]:
    return {row[name] for row in read(path)}


def changes_of_mind(folder: Path) -> int:
    """Count in the plainest way what the ledger must have."""
    rows = sorted(read(folder / "votes.csv"), key=lambda row: int(row["timestamp"]))  # stable: then by line
    minds: dict[tuple[str, str], str] = {}
    changes = 0
    for row in rows:
        pair = row["comment-id"], row["voter-id"]
        changes += minds.get(pair, "0") != row["vote"]
        minds[pair] = row["vote"]
    return changes


@pytest.mark.long
@pytest.mark.parametrize(("name", "language"), CONVERSATIONS.items())
def test_conversation_comes_out_as_counted(data_dir: Path, name: str, language: str) -> None:
    folder = data_dir / "polis" / name
    truth = json.loads((data_dir / "polis" / "import_truth.json").read_text())[name]
    source = f"{source_of(folder)}@talk"
    summary = import_conversation(folder, language)

    assert f"{truth['vote_rows']:,} votes read" in summary
    assert "0 bad lines" in summary
    assert Idea.objects.count() == truth["statements"]
    assert Idea.objects.exclude(hidden_at=None).count() == truth["moderated_out"]
    found = opinions(source)
    assert found == {
        "agree": truth["agree"],
        "disagree": truth["disagree"],
        "passes": truth["passes"],
        "lines": changes_of_mind(folder),
    }
    assert truth["agree"] + truth["disagree"] + truth["passes"] == truth["distinct_person_statement"]
    assert Contact.objects.filter(external_id__in=column(folder / "votes.csv", "voter-id")).count() == truth["voters"]
    assert top_ten() == truth["top10_net_not_moderated_out"]
    assert sum(Standing.objects.values_list("up", flat=True)) == truth["agree"]
    assert sum(Standing.objects.values_list("down", flat=True)) == truth["disagree"]

    if (folder / "hot.json").exists():
        assert_past_trending_is(json.loads((folder / "hot.json").read_text()))
    if (folder / "scores.json").exists():
        assert_shares_are(json.loads((folder / "scores.json").read_text())["rows"])

    before = checksums()
    assert import_conversation(folder, language).startswith("0 ideas imported")
    assert checksums() == before


def replayed(order: str, at: datetime, half_life_days: float = 7.0) -> dict[str, Placed]:
    """Return the past order by the statements' own ids."""
    version = next(iter(FORMULAS[order]))
    ids = dict(Idea.objects.values_list("public_id", "origin__external_id"))
    asked = Asked(order, version, at, tuple(Board.objects.all()), half_life_days)
    return {ids[placed.public_id]: placed for placed in replayed_ideas(asked)}


def assert_past_trending_is(truth: dict[str, Any]) -> None:
    """Compare with decayed sums that somebody else computed half-way and at the end, to the digits they gave.

    Half-way, one supporter of statement 32 had said so twice, minutes apart. There the later time counts; here the same
    vote again is no change.
    """
    hidden = set(Idea.objects.exclude(hidden_at=None).values_list("origin__external_id", flat=True))
    beginning = ranking.decay_per_second(1.0) * (truth["t0_epoch"] - ranking.EPOCH_SECONDS)
    for name, moment in truth["at"].items():
        found = replayed("trending", datetime.fromtimestamp(moment["T"], UTC), half_life_days=1.0)
        expected = {str(idea): score for idea, score in moment["L_log_space_h24"] if str(idea) not in hidden}
        assert len(expected) > 5
        assert list(found)[: len(expected)] == list(expected)
        differing = {i for i, score in expected.items() if abs(found[i].score - beginning - score) > 1e-6}
        assert differing == ({"32"} if name == "half" else set())
        assert all(abs(found[idea].score - beginning - expected[idea]) < 3e-5 for idea in differing)


def assert_shares_are(rows: list[dict[str, Any]]) -> None:
    """Compare the counts, and the bound of reddit that somebody else computed, at the end of the replayed ledger."""
    truth = {str(row["comment"]): row for row in rows}
    found = replayed("best", datetime.now(UTC))
    assert found
    for idea, placed in found.items():
        assert (placed.up, placed.down) == (truth[idea]["agree"], truth[idea]["disagree"])
        n = placed.up + placed.down
        assert placed.score == pytest.approx(ranking.wilson_lower_bound(placed.up, n, z=ranking.Z_95), abs=1e-9)
        reddit = ranking.wilson_lower_bound(placed.up, n, z=1.281551565545)
        assert reddit == pytest.approx(truth[idea]["wilson80_reddit_agree_vs_disagree"] or 0, abs=1e-9)


def top_ten() -> list[list[Any]]:
    """Return what the list shows as most wanted, ties by the id there."""
    board = Board.objects.get()
    page = ideas_page(ANONYMOUS, ListQuery(boards=(board,), order="top", limit=12))
    ids = dict(Idea.objects.values_list("pk", "origin__external_id"))
    rows: list[list[Any]] = [[ids[idea.pk], idea.up, idea.down] for idea in page.ideas]
    return sorted(rows, key=lambda row: (row[2] - row[1], int(row[0])))[:10]


def test_import_that_was_killed_is_finished_by_the_next(data_dir: Path, smtp_sink: SmtpSink) -> None:
    folder = data_dir / "polis" / "canadian-electoral-reform"
    truth = json.loads((data_dir / "polis" / "import_truth.json").read_text())[folder.name]
    command = [sys.executable, "manage.py", "import_ideas", str(folder), "--board", "talk", "--format", "polis"]
    with subprocess.Popen(command, env=environment(smtp_sink), stderr=subprocess.DEVNULL) as running:
        eventually(VoteEvent.objects.exists, timeout=60)
        running.kill()
    import_conversation(folder, "en")

    assert opinions(f"{source_of(folder)}@talk") == {
        "agree": truth["agree"],
        "disagree": truth["disagree"],
        "passes": truth["passes"],
        "lines": changes_of_mind(folder),
    }
    assert sum(Standing.objects.values_list("up", flat=True)) == truth["agree"]


def test_german_suggestions_are_all_there_and_found_in_german(data_dir: Path) -> None:
    folder = data_dir / "german_suggestions"
    for city in ("bonn", "cologne"):
        run_import(folder / f"{city}.csv", "--language", "de", board=city)
    bonn, cologne = Board.objects.get(slug="bonn"), Board.objects.get(slug="cologne")

    assert (bonn.ideas.count(), cologne.ideas.count()) == (2163, 366)
    without_body = {row["external_id"] for row in read(folder / "bonn.csv") if not row["body"].strip()}
    assert len(without_body) == 28
    for idea in bonn.ideas.filter(origin__external_id__in=without_body):
        assert idea.body == "" or idea.title.endswith(" …")  # a title that is cut stands whole in the body
    assert set(bonn.ideas.values_list("language", flat=True)) == {"de"}
    for word, stem in (("Radwege", "radweg"), ("gefährlich", "gefahr"), ("Ampeln", "ampel")):
        page = ideas_page(ANONYMOUS, ListQuery(boards=(bonn,), order="new", q=word, limit=100))
        assert len(page.ideas) > 50
        texts = [f"{idea.title} {idea.body}".lower().replace("ä", "a") for idea in page.ideas]
        assert [text for text in texts if stem not in text] == []
    similar = similar_ideas(ANONYMOUS, title="Fahrradstraße in der Innenstadt", board=bonn)
    assert similar[0].title == "Fahrradstraßen in der Innenstadt"


@pytest.mark.parametrize("day", ["2025-09-12", "2025-11-03"])
def test_citizens_proposals_are_all_there_with_their_votes_elsewhere(data_dir: Path, day: str) -> None:
    folder = data_dir / "madrid_proposals"
    truth = json.loads((folder / "truth.json").read_text())
    mapping = ("id=external_id", "description=body", "cached_votes_up=votes")
    summary, complaints = run_import(
        folder / f"proposals_{day}.csv",
        *(part for pair in mapping for part in ("--map", pair)),
        "--language=es",
        board="madrid",
    )

    assert "0 bad lines" in summary
    assert complaints[0] == "Columns that are not imported: retired_at"
    assert Idea.objects.count() == truth[f"proposals_{day}"]
    totals = dict(Idea.objects.values_list("origin__external_id", "votes_elsewhere"))
    assert sum(total or 0 for total in totals.values()) == truth[f"votes_{day}"]
    assert not Vote.objects.exists()
    assert not Idea.objects.filter(body__regex=r"</?(p|strong|li|ul)>").exists()
    if day == "2025-09-12":
        titles = Counter(title.lower() for title in Idea.objects.values_list("title", flat=True))
        assert sum(count > 1 for count in titles.values()) == truth[f"identical_title_groups_{day}"]
    else:
        most = sorted(totals.items(), key=lambda item: (-(item[1] or 0), int(item[0])))[:10]
        assert [list(item) for item in most] == truth["top10_total_2025-11-03"]


def test_feature_requests_keep_their_totals(data_dir: Path) -> None:
    folder = data_dir / "feature_votes_scitools"
    total = "votes_at_2026-06-30"
    run_import(folder / "issues.csv", "--map", "issue=external_id", "--map", f"{total}=votes", board="features")

    assert Idea.objects.count() == json.loads((folder / "truth.json").read_text())["issues_ever"]
    expected = {row["issue"]: int(row[total]) if row[total] else None for row in read(folder / "issues.csv")}
    assert dict(Idea.objects.values_list("origin__external_id", "votes_elsewhere")) == expected
