from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from ideation.messages import update


class Command(BaseCommand):
    help = "Gather the strings of the source into locale/*/LC_MESSAGES/django.po."

    def handle(self, *args: Any, **options: Any) -> None:
        for path in update(settings.BASE_DIR, "de"):
            self.stdout.write(f"changed {path.relative_to(settings.BASE_DIR)}")
