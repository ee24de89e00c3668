import doctest
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from ideas.models.ideas import TITLE_LENGTH
from votes.imports import ideas_csv, polis, texts
from votes.imports.reading import LineError
from votes.imports.texts import as_markdown, moment, moment_of_milliseconds, short_slug, title_and_body


@pytest.mark.parametrize("module", [texts, polis, ideas_csv])
def test_worked_examples_hold(module: object) -> None:
    assert doctest.testmod(module) == (0, doctest.testmod(module).attempted)  # type: ignore[arg-type]
    assert doctest.testmod(module).attempted  # type: ignore[arg-type]


@given(st.text(alphabet=st.sampled_from("ab ,.–\n"), max_size=400))
def test_title_fits_and_nothing_of_it_is_lost(text: str) -> None:
    title, body = title_and_body(text, "More.")

    whole = " ".join(text.split())
    assert len(title) <= TITLE_LENGTH
    assert (title, body) == (whole, "More.") or (title.endswith(" …") and body == f"{whole}\n\nMore.")
    assert whole.startswith(title.removesuffix(" …"))


def test_title_is_cut_between_words() -> None:
    title, _body = title_and_body("Geländer " * 30)

    assert set(title.removesuffix(" …").split()) == {"Geländer"}


def test_title_without_a_blank_is_cut_anywhere() -> None:
    assert title_and_body("x" * 200)[0] == "x" * (TITLE_LENGTH - 2) + " …"


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ('<a href="https://city.example/">Map</a>', "[Map](https://city.example/)"),
        ("<h2>Why</h2>It is dark.<br/>Always.", "## Why\n\nIt is dark.  \nAlways.".replace("  \n", "\n")),
        ("<script>alert(1)</script><p>Text</p>", "alert(1)\n\nText"),
        ("5&nbsp;&lt; 7 <b>!</b>", "5 < 7 **!**"),
        ("a < b > c &amp; d", "a < b > c &amp; d"),
    ],
)
def test_html_becomes_markdown(html: str, markdown: str) -> None:
    assert as_markdown(html) == markdown


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2025-02-03", datetime(2025, 2, 3, tzinfo=UTC)),
        ("2025-02-03 14:05:06", datetime(2025, 2, 3, 14, 5, 6, tzinfo=UTC)),
        ("2025-02-03T14:05:06Z", datetime(2025, 2, 3, 14, 5, 6, tzinfo=UTC)),
        ("2025-02-03T01:00:00+02:00", datetime(2025, 2, 2, 23, tzinfo=UTC)),
        ("03.02.2025", datetime(2025, 2, 3, tzinfo=UTC)),
        ("03/02/2025 17", datetime(2025, 2, 3, 17, tzinfo=UTC)),
        ("3/2/2025 17:30", datetime(2025, 2, 3, 17, 30, tzinfo=UTC)),
        ("30/Sep/21 17:20", datetime(2021, 9, 30, 17, 20, tzinfo=UTC)),
    ],
)
def test_times_are_read_with_the_day_first(text: str, at: datetime) -> None:
    assert moment(text) == at


@pytest.mark.parametrize("text", ["yesterday", "2025-02-30", "12/31/2025", "0001-01-01T00:00:00+14:00", "1889-05-06"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(LineError):
        moment(text)


def test_time_ahead_is_refused_but_for_clocks_that_differ() -> None:
    assert moment((timezone.now() + timedelta(hours=12)).isoformat())
    with pytest.raises(LineError, match="future"):
        moment((timezone.now() + timedelta(days=2)).isoformat())


@pytest.mark.parametrize("text", ["", "12.5", "soon", "9" * 30, "-9" + "9" * 30, "9" * 5000])
def test_milliseconds_that_are_no_time_are_refused(text: str) -> None:
    with pytest.raises(LineError):
        moment_of_milliseconds(text)


def test_short_slugs_of_long_names_differ() -> None:
    name = "austria-climate-and-much-more-beside-it-"

    assert len(short_slug(name + "one")) <= 40
    assert short_slug(name + "one") != short_slug(name + "two")
