from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from ideation.translations import compile_translations


class Command(BaseCommand):
    help = "Compile the translations that changed (.po to .mo); needs no gettext tools."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        for path in compile_translations(settings.LOCALE_PATHS):
            self.stdout.write(str(path))
