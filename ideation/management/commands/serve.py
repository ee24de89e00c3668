from typing import Any

from django.core.management.base import BaseCommand

from ideation.serving import serve
from ideation.startup import one_line_errors


class Command(BaseCommand):
    help = "Serve the portal, the API, the admin and the background work until interrupted."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        with one_line_errors():
            serve(say=lambda line: print(line, flush=True))  # noqa: T201 - at once, into a pipe too
