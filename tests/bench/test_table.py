"""Verdicts on given figures."""

from bench.growth import growth
from bench.table import Row, as_markdown, as_text, missed

FAST = Row("list", "900/s", "bare view: 1,000/s", value=0.9, target=0.5, by_cpu=0.8)
SLOW = Row("vote", "100/s", "bare view: 1,000/s", value=0.1, target=0.5)
LATE = Row("search: p95", "10/s", value=120.4, kind="≤", target=100, unit="ms")
BROKEN = Row("idea", "900/s", value=0.9, target=0.5, failed=3)
SHOWN = Row("many ideas", "50/s", value=0.01)


def test_what_misses_its_target_or_fails_is_named() -> None:
    assert missed([FAST, SLOW, LATE, BROKEN, SHOWN]) == ["vote", "search: p95", "idea"]
    assert missed([FAST, SHOWN]) == []


def test_a_target_is_met_at_its_edge() -> None:
    assert not Row("list", "", value=0.5, target=0.5).is_missed
    assert not Row("lag", "", value=2, kind="≤", target=2, unit="s").is_missed


def test_a_figure_that_is_not_there_misses_its_target() -> None:
    assert Row("list", "", target=0.5).is_missed


def test_the_table_shows_figures_targets_and_verdicts() -> None:
    lines = as_text([FAST, LATE, BROKEN], in_colour=False).splitlines()
    assert lines[1].split("  ")[0] == "list"
    assert lines[1].endswith("0.90 ×  ≥ 0.50 ×  ok                0.80 ×")
    assert "120 ms" in lines[2]
    assert lines[2].endswith("missed")
    assert lines[3].endswith("missed: 3 failed")


def test_colour_marks_verdicts_only_where_it_is_wanted() -> None:
    assert "\033" not in as_text([FAST, SLOW], in_colour=False)
    coloured = as_text([FAST, SLOW, SHOWN], in_colour=True).splitlines()
    assert [line[:5] for line in coloured[1:3]] == ["\033[32m", "\033[31m"]
    assert coloured[3].startswith("many ideas")


def test_markdown_has_a_line_per_row() -> None:
    assert (
        as_markdown([FAST]).splitlines()[2] == "| list | 900/s | bare view: 1,000/s | 0.90 × | ≥ 0.50 × | ok | 0.80 × |"
    )


def test_growth_compares_paces_and_not_rates() -> None:
    small = [Row("list, HTML", "900/s, p99 4 ms", pace=0.9), Row("start", "5 s")]
    # A machine half as fast: the rate halves, the pace does not.
    large = [Row("list, HTML", "450/s, p99 8 ms", pace=0.9), Row("start", "5 s")]
    slower = [Row("list, HTML", "450/s, p99 8 ms", pace=0.45), Row("start", "5 s")]
    (row,) = growth({"1k": small, "100k": large})
    assert (row.figure, row.value, row.is_missed) == ("900/s → 450/s", 1.0, False)
    (row,) = growth({"1k": small, "100k": large, "1m": slower})
    assert row.is_missed
    assert row.yardstick == "1.00 × 2.00 ×"
