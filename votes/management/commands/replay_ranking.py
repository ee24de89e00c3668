import csv
from argparse import ArgumentTypeError
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_datetime

from ideas.models import Board
from votes.replay import FORMULAS, Asked, replayed

ALL_VERSIONS = [version for versions in FORMULAS.values() for version in versions]


class Command(BaseCommand):
    help = (
        "Print an order as it was at a time, as CSV: made anew from those lines of the ledger that were given by then."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--at", required=True, type=_moment, metavar="TIME", help="2026-05-01T12:00Z; without zone: UTC"
        )
        parser.add_argument("--order", choices=FORMULAS, default="trending")
        parser.add_argument("--board", default="", help="short name; without it all boards. `best` needs one")
        parser.add_argument("--limit", type=int, default=None, help="so many ideas; without it all")
        parser.add_argument("--formula", choices=ALL_VERSIONS, default=None, help="by default the one that counts now")
        parser.add_argument("--half-life-days", type=float, default=settings.HALF_LIFE_DAYS, help="of trending")

    def handle(self, *args: Any, **options: Any) -> None:
        asked = Asked(
            order=options["order"],
            version=_version(options["order"], options["formula"]),
            at=options["at"],
            boards=_boards(options["board"], options["order"]),
            half_life_days=options["half_life_days"],
            limit=options["limit"],
        )
        self.stderr.write(f"{asked.version}, half-life {asked.half_life_days:g} d, at {asked.at.isoformat()}", str)
        table = csv.writer(self.stdout)
        table.writerow(["position", "score", "idea", "up", "down", "title"])
        for position, idea in enumerate(replayed(asked), start=1):
            table.writerow([position, repr(idea.score), idea.public_id, idea.up, idea.down, idea.title])


def _moment(text: str) -> datetime:
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise ArgumentTypeError(f"“{text}” is not a time such as 2026-05-01T12:00Z")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _version(order: str, wanted: str | None) -> str:
    versions = FORMULAS[order]
    if wanted and wanted not in versions:
        raise CommandError(f"The order “{order}” has the formulas {', '.join(versions)}.")
    return wanted or next(iter(versions))


def _boards(slug: str, order: str) -> tuple[Board, ...]:
    boards = tuple(Board.objects.filter(slug=slug) if slug else Board.objects.all())
    if slug and not boards:
        raise CommandError(f"There is no board “{slug}”.")
    if order == "best" and len(boards) != 1:
        raise CommandError("This order needs one board.")
    return boards
