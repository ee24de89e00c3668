from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Scope
from accounts.services import create_api_key
from common.errors import Invalid


class Command(BaseCommand):
    help = "Make an API key for a partner. The key is the last line printed; nobody can read it again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="who uses the key, for people to read")
        parser.add_argument("--scopes", nargs="+", required=True, metavar="SCOPE", help=", ".join(Scope.values))
        parser.add_argument("--source", default="", help="short name of the partner's system; kept when keys change")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            key, secret = create_api_key(name=options["name"], scopes=options["scopes"], source=options["source"])
        except Invalid as error:
            raise CommandError(f"{error.field}: {error.message}") from error
        self.stdout.write(f"{key.name}, source {key.source}, may: {', '.join(key.scopes)}")
        self.stdout.write(secret)
