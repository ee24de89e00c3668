from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError

from activity.models import Event
from customers.models import Contact
from ideas.models import Board, Idea, Portal, Tag
from ideas.services.ideas import edit_idea
from tests.imports.support import SAMPLES, checksums, run_import
from tests.support import scene
from votes.models import VoteEvent

pytestmark = pytest.mark.django_db(transaction=True)

SUGGESTIONS = SAMPLES / "suggestions.csv"
HOSTILE = SAMPLES / "hostile.csv"
MAPPING = [
    *("Nr=external_id", "Titel=title", "Text=body", "Stimmen=votes", "Stand=status"),
    *("Schlagwörter=tags", "Von=author_name", "Am=created_at"),
]


def import_suggestions(*arguments: str) -> tuple[str, list[str]]:
    options = [part for pair in MAPPING for part in ("--map", pair)]
    return run_import(SUGGESTIONS, *options, "--language", "de", *arguments, board="stadt")


def idea_of(external_id: str) -> Idea:
    return Idea.objects.select_related("standing", "author", "origin").get(origin__external_id=external_id)


def test_table_becomes_ideas() -> None:
    summary, complaints = import_suggestions()

    assert summary == "4 ideas imported, 0 already there, 0 bad lines skipped."
    assert complaints == ["Columns that are not imported: Stadtteil", "Made the public board “suggestions” (stadt)."]
    bench = idea_of("7")
    assert bench.title == "Sitzbank am Kanal"
    assert bench.body == "Zwischen den Brücken fehlt eine Bank.\n\nAbends sitzen alle auf der Mauer."
    assert (bench.language, bench.status, bench.author.display_name) == ("de", "open", "Ida Berg")
    assert bench.created_at == bench.updated_at == bench.standing.created_at == datetime(2025, 2, 3, tzinfo=UTC)


def test_votes_of_elsewhere_are_shown_and_never_counted() -> None:
    import_suggestions()

    assert [idea_of(number).votes_elsewhere for number in ("7", "8", "9", "10")] == [12, None, 3, 0]
    assert {(idea.standing.up, idea.standing.top) for idea in Idea.objects.all()} == {(0, 0)}
    assert not VoteEvent.objects.exists()


def test_html_becomes_markdown_and_a_status_may_be_spelled_freely() -> None:
    import_suggestions()

    fountain = idea_of("8")
    assert fountain.body == "Am **Markt** und im Park:\n\n* frostsicher\n* mit Napf für Hunde"
    assert fountain.status == fountain.standing.status == "in_progress"


def test_tags_enter_the_vocabulary_once_whatever_their_case() -> None:
    import_suggestions()

    assert set(Tag.objects.values_list("name", flat=True)) == {"Kanal", *idea_of("8").tags}
    assert [tag.lower() for tag in idea_of("7").tags] == ["kanal", "möbel"]


def test_long_title_is_cut_and_kept_whole() -> None:
    import_suggestions()

    idea = idea_of("10")
    assert idea.title.endswith(" …")
    assert idea.body.endswith("bis zum Automaten\n\nEs eilt.")


def test_same_author_is_one_person_and_a_missing_one_is_named_as_imported() -> None:
    import_suggestions()

    assert idea_of("7").author == idea_of("8").author
    assert idea_of("9").author == idea_of("10").author
    assert Contact.objects.count() == 2
    assert idea_of("9").author.display_name


def test_second_run_changes_nothing_and_leaves_what_people_edited() -> None:
    import_suggestions()
    edit_idea(idea_of("7"), by=None, title="Zwei Sitzbänke am Kanal")
    before = checksums()
    summary, _complaints = import_suggestions()

    assert summary == "0 ideas imported, 4 already there, 0 bad lines skipped."
    assert checksums() == before


def test_file_that_grew_brings_what_is_new(tmp_path: Path) -> None:
    import_suggestions()
    grown = tmp_path / "later.csv"
    grown.write_text(SUGGESTIONS.read_text(encoding="utf-8-sig") + "11;Ein Spiegel;;;;;;;\n")
    options = [part for pair in MAPPING for part in ("--map", pair)]
    summary, _complaints = run_import(grown, *options, board="stadt")

    assert summary.startswith("1 idea imported, 4 already there")
    assert idea_of("11").language == "de"


def test_another_source_may_use_the_same_ids() -> None:
    import_suggestions()
    import_suggestions("--source", "letters")

    assert sorted(Idea.objects.values_list("origin__source", flat=True)) == ["csv@stadt"] * 4 + ["letters@stadt"] * 4


def test_one_event_stands_for_all() -> None:
    import_suggestions()

    assert Event.objects.get().data == {"source": "csv@stadt", "ideas": 4, "votes": 0, "bad_lines": 0}


def test_hostile_lines_are_told_with_their_numbers_and_cost_no_other() -> None:
    summary, complaints = run_import(HOSTILE)

    told = [int(line.split(":")[1]) for line in complaints[1:]]
    assert told == [3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 15, 16, 17, 21, 23]
    assert complaints[1] == "hostile.csv:3: 2 columns, the header has 8"
    titles = dict(Idea.objects.values_list("origin__external_id", "title"))
    assert titles.keys() == {"1", "10", "16", "18", "20"}
    assert titles["1"] == "A shelter at the stop"
    assert titles["10"] == 'Broken "quotes" in "the" middle stay'
    assert summary == "5 ideas imported, 1 already there, 16 bad lines skipped."


def test_strict_refuses_all_before_anything_is_written() -> None:
    with pytest.raises(CommandError, match="16 bad lines; nothing was written"):
        run_import(HOSTILE, "--strict")

    assert not Board.objects.exists()
    assert not Idea.objects.exists()


def test_strict_import_of_good_lines_is_the_same_as_another() -> None:
    assert import_suggestions("--strict")[0].startswith("4 ideas imported")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((), "no column for external_id"),
        (("--map", "Nr=external_id"), "no column for title"),
        (("--map", "Number=external_id"), "no column “Number”; it has Nr, Titel"),
        (("--map", "Nr=id"), "“id” is none of our fields"),
        (("--map", "Nr=external_id", "--map", "Titel=external_id"), "two columns are mapped to external_id"),
        (("--map", "Nr"), "does not look like THEIRS=OURS"),
        (("--map", "Nr=external_id", "--map", "Titel=title", "--language", "deutsch"), "A language looks like"),
        (("--map", "Nr=external_id", "--map", "Titel=title", "--portal", "none"), "no portal “none”"),
        (("--map", "Nr=external_id", "--map", "Titel=title", "--team", "none"), "no team “none”"),
    ],
)
def test_wrong_arguments_are_told_in_one_line(arguments: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(CommandError, match=complaint):
        run_import(SUGGESTIONS, *arguments, board="stadt")

    assert not Board.objects.exists()


def test_board_that_is_there_is_used_whatever_it_allows() -> None:
    board = scene.make_board(slug="stadt", is_open=False)
    import_suggestions()

    assert board.ideas.count() == 4
    assert Portal.objects.count() == 1


def test_new_board_stands_behind_the_others() -> None:
    first = scene.make_board(position=3)
    import_suggestions()

    board = Board.objects.get(slug="stadt")
    assert (board.position, board.team_id, board.portal_id) == (4, first.team_id, first.portal_id)
