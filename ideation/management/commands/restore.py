from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ideation.backups import BackupError, restore
from ideation.serving import the_only_one
from ideation.startup import CannotStartError


class Command(BaseCommand):
    help = "Put a backup in the place of the present data; refuses while the portal is served."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with the_only_one(settings.VAR_DIR):
                restore(options["file"])
        except (BackupError, CannotStartError) as error:
            raise CommandError(str(error)) from error
