"""Run the command, and tell whether anything in the database changed."""

from io import StringIO
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.db import connection

from votes.models import DailyExposure, Fold, LedgerBatch, Vote, VoteEvent

SAMPLES = Path(__file__).parent.parent / "data"
OURS = ("accounts", "activity", "customers", "ideas", "votes")
OF_THE_FOLD = {Fold, LedgerBatch}  # which may look for new lines at any time


def run_import(path: Path, *arguments: str, board: str = "ideas", form: str = "csv") -> tuple[str, list[str]]:
    """Return what the command printed, and the lines of what it complained about."""
    out, complaints = StringIO(), StringIO()
    call_command(
        "import_ideas", str(path), "--board", board, "--format", form, *arguments, stdout=out, stderr=complaints
    )
    return out.getvalue().strip(), complaints.getvalue().splitlines()


def checksums() -> dict[str, str]:
    """Return a digest of all rows, by table; an update that writes the same values counts as a change."""
    models = [model for label in OURS for model in apps.get_app_config(label).get_models(include_auto_created=True)]
    with connection.cursor() as cursor:
        return {model._meta.db_table: _checksum(cursor, model._meta.db_table) for model in models if _counts(model)}


def _counts(model: type[Any]) -> bool:
    return model not in OF_THE_FOLD


def _checksum(cursor: Any, table: str) -> str:
    cursor.execute(f"SELECT coalesce(md5(string_agg(t.xmin || t::text, '|' ORDER BY t::text)), '') FROM {table} t")
    digest: str = cursor.fetchone()[0]
    return digest


def opinions(source: str) -> dict[str, object]:
    """Count what a conversation left: votes for and against, passes, ledger lines."""
    votes = Vote.objects.filter(idea__origin__source=source)
    return {
        "agree": votes.filter(value=1).count(),
        "disagree": votes.filter(value=-1).count(),
        "passes": sum(DailyExposure.objects.filter(idea__origin__source=source).values_list("count", flat=True)),
        "lines": VoteEvent.objects.filter(idea__origin__source=source).count(),
    }
