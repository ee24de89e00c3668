from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Model
from django.template.defaultfilters import pluralize

from ideas.models import Idea
from ideation.backups import BackupError, backups_folder, known_backups, restore
from ideation.serving import the_only_one
from ideation.startup import CannotStartError
from votes.models import Vote


class Command(BaseCommand):
    help = "Put a backup in the place of the present data; refuses while the portal is served."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        source: Path | None = options["file"]
        if source is None:
            raise CommandError(_which())
        try:
            with the_only_one(settings.VAR_DIR):
                self.stdout.write(f"Restoring from {source} …")
                self.stdout.flush()
                restore(source)
        except (BackupError, CannotStartError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Restored from {source}: {_counted(Idea)}, {_counted(Vote)}.")


def _counted(model: type[Model]) -> str:
    count = model._default_manager.count()
    return f"{count:,} {model._meta.model_name}{pluralize(count)}"


def _which() -> str:
    """Return what to say to somebody who named no file."""
    files = sorted(known_backups(), reverse=True)
    found = "".join(f"\n  {file}" for file in files) if files else " none; FILE may lie anywhere."
    return f"Say which backup: make restore FILE=…\nIn {backups_folder()}:{found}"
