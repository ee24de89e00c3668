from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


class AccountAdapter(DefaultAccountAdapter):
    """allauth, told what is ours to decide."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by the right code only."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """Whether `url` is a page of the site that was asked; links may name anything."""
        request = context.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: being signed in shows on every page."""

    def render_mail(self, *args: Any, **kwargs: Any) -> EmailMessage:
        """Mark the mail as one that no holiday notice answers."""
        mail: EmailMessage = super().render_mail(*args, **kwargs)
        mail.extra_headers["Auto-Submitted"] = "auto-generated"
        return mail
