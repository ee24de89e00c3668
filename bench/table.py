"""The table: figures beside their yardsticks and targets, and what was missed."""

from collections.abc import Sequence
from dataclasses import dataclass

HEAD = ("path", "figure", "yardstick", "ratio", "target", "", "by CPU")
GREEN, RED, PLAIN = "\033[32m", "\033[31m", "\033[0m"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table. `value` and `target` are compared: a least one for `kind` "≥", a largest for "≤".

    `failed` answers make it missed whatever the figure; without `target` it only informs. `by_cpu` is the ratio of the
    processor times; `pace`, from which growth is taken, the work done per second in units of the run's emptiest view.
    """

    path: str
    figure: str
    yardstick: str = ""
    value: float | None = None
    kind: str = "≥"
    target: float | None = None
    unit: str = "×"
    failed: int = 0
    by_cpu: float | None = None
    pace: float | None = None

    @property
    def is_missed(self) -> bool:
        if self.failed:
            return True
        if self.target is None:
            return False
        if self.value is None:
            return True
        return self.value < self.target if self.kind == "≥" else self.value > self.target

    @property
    def verdict(self) -> str:
        if self.failed:
            return f"missed: {self.failed} failed"
        if self.target is None:
            return "–"
        return "missed" if self.is_missed else "ok"

    @property
    def cells(self) -> tuple[str, ...]:
        ratio = "" if self.value is None else _number(self.value, self.unit)
        target = "" if self.target is None else f"{self.kind} {_number(self.target, self.unit)}"
        by_cpu = "" if self.by_cpu is None else _number(self.by_cpu, "×")
        return self.path, self.figure, self.yardstick, ratio, target, self.verdict, by_cpu


def _number(value: float, unit: str) -> str:
    digits = 2 if value < 10 else 1 if value < 100 else 0
    text = f"{value:.{digits}f}" if unit in {"×", "s"} else f"{value:.0f}"
    return f"{text} {unit}"


def missed(rows: Sequence[Row]) -> list[str]:
    return [row.path for row in rows if row.is_missed]


def as_text(rows: Sequence[Row], *, in_colour: bool) -> str:
    """Return the table for a terminal."""
    lines = [HEAD, *(row.cells for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    if in_colour:
        marks = [RED if row.is_missed else GREEN if row.target is not None else "" for row in rows]
        text[1:] = [f"{mark}{line}{PLAIN}" if mark else line for mark, line in zip(marks, text[1:], strict=True)]
    return "\n".join(text)


def as_markdown(rows: Sequence[Row]) -> str:
    lines = [HEAD, ("---",) * len(HEAD), *(row.cells for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
