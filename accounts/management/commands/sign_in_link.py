from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Person
from accounts.services import make_administrator, make_sign_in_link
from common.errors import Invalid


class Command(BaseCommand):
    help = "Print a link that signs a person in, once, without a mail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--administrator", action="store_true", help="make this person an administrator first")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            person = make_administrator(options["email"]) if options["administrator"] else known(options["email"])
        except Invalid as error:
            raise CommandError(str(error.message)) from error
        self.stdout.write(make_sign_in_link(person))


def known(email: str) -> Person:
    person = Person.objects.filter(email=email.strip().lower(), is_active=True).first()
    if not person:
        raise CommandError(f"Nobody has signed in as {email} yet. With --administrator this makes them one.")
    return person
