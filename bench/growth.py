"""Measure at 1 k, 100 k and 1 M ideas, each by a run of its own, and print by how much each path slows down.

`make bench-growth`. A path's pace is its rate in units of the emptiest view of the same run, so that a machine which is
busier during one run than during another one matters little.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bench.data import SIZES
from bench.databases import ROOT
from bench.documents import write_growth
from bench.load import say
from bench.table import Row, as_text, missed

MOST = 1.5
GROWING = ("list, ", "idea, ", "vote, ", "fold: votes")  # of the others the growth only informs
INFORMS = ("2,000 ideas",)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")
    options, passed_on = parser.parse_known_args()
    tables = {size: _measured(size, passed_on) for size in SIZES}
    rows = growth(tables)
    print(as_text(rows, in_colour=sys.stdout.isatty()))
    if options.write:
        write_growth(rows)
    if names := missed(rows):
        sys.exit("missed: " + "; ".join(names))


def _measured(size: str, arguments: Sequence[str]) -> list[Row]:
    """Return the rows of a run; what it missed of the other targets is said, and plays no part here."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        command = [sys.executable, "-m", "bench.run", "--size", size, "--json", file.name, *arguments]
        say(f"— {size} ideas —")
        done = subprocess.run(command, cwd=ROOT, check=False)
        written = Path(file.name).read_text(encoding="utf-8")
    if not written:
        sys.exit(f"bench: the run at {size} gave no figures (exit code {done.returncode})")
    return [Row(**row) for row in json.loads(written)]


def growth(tables: dict[str, list[Row]]) -> list[Row]:
    """Return a row per path: its figures at each size, and how many times slower than at the first it gets at most."""
    paces = {size: {row.path: row for row in rows if row.pace} for size, rows in tables.items()}
    first, *others = paces.values()
    return [
        _grown(row, [paces[size][path] for size in tables])
        for path, row in first.items()
        if all(path in other for other in others)
    ]


def _grown(first: Row, at_sizes: Sequence[Row]) -> Row:
    factors = [(first.pace or 0) / (row.pace or 1) for row in at_sizes[1:]]
    has_target = first.path.startswith(GROWING) and not first.path.endswith(INFORMS)
    return replace(
        first,
        figure=" → ".join(row.figure.partition(",")[0] for row in at_sizes),
        yardstick=" ".join(f"{factor:.2f} ×" for factor in factors),
        value=max(factors),
        kind="≤",
        target=MOST if has_target else None,
        by_cpu=None,
        failed=sum(row.failed for row in at_sizes),
    )


if __name__ == "__main__":
    main()
