"""Mails where no mail server is set: printed so that people can read them, codes and links at a glance."""

from django.core.mail import EmailMessage
from django.core.mail.backends.console import EmailBackend as RawEmailBackend

RULE = "-" * 79


class EmailBackend(RawEmailBackend):
    def write_message(self, message: EmailMessage) -> None:
        """Print sender, receivers, subject and text as they were written, before any encoding for the way."""
        self.stream.write(
            f"{RULE}\n"
            f"From: {message.from_email}\n"
            f"To: {', '.join(message.recipients())}\n"
            f"Subject: {message.subject}\n"
            f"\n{str(message.body).strip()}\n{RULE}\n"
        )
