import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ideation.serving import web_worker_and_scheduler


class Command(BaseCommand):
    help = "Become one of the processes that `serve` runs together: for containers and service managers."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", choices=[child.name for child in web_worker_and_scheduler()])

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.EMBEDDED:
            raise CommandError("DATABASE_URL is not set; the embedded services come with `make run` only.")
        (command,) = (child.command for child in web_worker_and_scheduler() if child.name == options["name"])
        os.execv(command[0], command)  # noqa: S606 - our own programs
