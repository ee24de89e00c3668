from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.mail import EmailMessage
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """allauth, told what is ours to decide."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by the right code only."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: being signed in shows on every page."""

    def render_mail(self, *args: Any, **kwargs: Any) -> EmailMessage:
        """Mark the mail as one that no holiday notice answers."""
        mail: EmailMessage = super().render_mail(*args, **kwargs)
        mail.extra_headers["Auto-Submitted"] = "auto-generated"
        return mail
