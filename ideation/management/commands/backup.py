from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ideation.backups import BackupError, backup


class Command(BaseCommand):
    help = "Write database and uploaded files to one file; works while the portal is served."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="default: a new one in var/backups")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.stdout.write(str(backup(options["file"])))
        except BackupError as error:
            raise CommandError(str(error)) from error
