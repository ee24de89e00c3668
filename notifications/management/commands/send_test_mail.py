from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from notifications.smtp import connect, hand_over, words_of


class Command(BaseCommand):
    help = "Send a mail to ADDRESS and say what the mail server answered."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", metavar="ADDRESS")

    def handle(self, *, address: str, **options: Any) -> None:
        try:
            validate_email(address)
        except ValidationError:
            raise CommandError(f"not sent: {address!r} is not a mail address") from None
        if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
            raise CommandError("not sent: no mail server is set, so mails are only printed. Set EMAIL_URL.")
        server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
        mail = EmailMessage(_("Test mail"), _("Mails from Ideation arrive here."), to=[address])
        connection = get_connection()
        try:
            connect(connection)
            answer = hand_over(connection, mail)
        except Exception as error:
            raise CommandError(f"not sent to {address} by {server}: {words_of(error)}") from error
        finally:
            connection.close()
        self.stdout.write(f"sent to {address} by {server}" + (f": {answer}" if answer else ""))
