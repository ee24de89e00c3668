"""Print how good the orders are: `python -m bench.quality FOLDER` (of Polis exports; --write keeps the tables)."""

import argparse
import os
import re
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ideation.settings")
django.setup()

from tqdm import tqdm  # noqa: E402 - after Django, as all of it here

from bench.quality.consultations import Consultation, consultations  # noqa: E402
from bench.quality.prediction import Prediction, predictions  # noqa: E402
from bench.quality.simulation import POLICIES, SEEDS, Fairness, Policy, fairness, worths  # noqa: E402

REPORT = Path(__file__).resolve().parents[2] / "docs" / "algorithms" / "quality.md"


def main() -> None:
    arguments = argparse.ArgumentParser(prog="python -m bench.quality", description=__doc__)
    arguments.add_argument("folder", type=Path, help="where each consultation's export is a folder")
    arguments.add_argument("--write", action="store_true", help=f"put the tables into {REPORT.name}")
    asked = arguments.parse_args()
    found = consultations(asked.folder)
    if not found:
        arguments.error(f"no Polis export below {asked.folder}")
    tables = {"prediction": prediction_tables(found), "simulation": simulation_table(max(found, key=_size))}
    print("\n\n".join(tables.values()))
    if asked.write:
        REPORT.write_text(with_tables(REPORT.read_text(), tables))


def _size(consultation: Consultation) -> int:
    return len(consultation.statements)


def prediction_tables(found: list[Consultation]) -> str:
    return "\n\n".join(_prediction_table(consultation) for consultation in found)


def _prediction_table(consultation: Consultation) -> str:
    ideas, rows = predictions(consultation)
    head = f"{consultation.name}: {len(consultation.opinions):,} opinions, {ideas} ideas compared"
    return table([head, "τ later", "NDCG@20", "τ final"], [_prediction_row(row) for row in rows])


def _prediction_row(row: Prediction) -> list[str]:
    return [row.order, f"{row.tau:.3f}", f"{row.ndcg:.3f}", f"{row.final_tau:.3f}"]


def simulation_table(consultation: Consultation) -> str:
    worth = worths(consultation)
    with tqdm(total=len(POLICIES) * SEEDS, unit="run", leave=False) as bar:
        rows = [(policy, fairness(worth, policy, on_seed=bar.update)) for policy in POLICIES]
    head = f"{len(worth)} ideas of {consultation.name}"
    names = [head, "up-votes", "Gini of looks", "hardly seen", "ρ votes", "ρ rate"]
    return table(names, [_simulation_row(*row) for row in rows])


def _simulation_row(policy: Policy, row: Fairness) -> list[str]:
    figures = (f"{figure:.2f}" for figure in (row.rho_votes, row.rho_rate))
    return [str(policy), f"{row.up_votes:,.0f}", f"{row.gini:.2f}", f"{row.hardly_seen:.0%}", *figures]


def table(names: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table; figures stand to the right."""
    widths = [max(map(len, column)) for column in zip(names, *rows, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    lines = [_cells(names, widths), rule, *(_cells(row, widths) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cells(row: list[str], widths: list[int]) -> list[str]:
    return [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]


def with_tables(text: str, tables: dict[str, str]) -> str:
    """Return the report with what stands between its marks replaced.

    Raises: ValueError where there are no marks.
    """
    for name, rows in tables.items():
        marks = re.compile(f"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        if not (place := marks.search(text)):
            raise ValueError(f"there is no place for {name}")
        text = text[: place.start()] + place[1] + rows + "\n" + place[2] + text[place.end() :]
    return text


if __name__ == "__main__":
    main()
