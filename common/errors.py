"""The errors a person or partner can meet. Each has a stable code; entrances turn them into answers in one place."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise


class DomainError(Exception):
    """A request that the rules refuse.

    Subclasses set `code` and `http_status`, both part of the API's contract, and a `message` for people.
    `field` names the input at fault, where there is one.
    """

    code: ClassVar[str] = "error"
    http_status: ClassVar[int] = 400
    message: StrOrPromise = _("That is not possible.")

    def __init__(
        self, message: StrOrPromise | None = None, *, field: str | None = None, code: str | None = None
    ) -> None:
        if message is not None:
            self.message = message
        self.field = field
        self.error_code = code or self.code
        super().__init__(self.error_code, str(self.message))


class Invalid(DomainError):
    """The input cannot be used; `field` says which."""

    code = "invalid"
    http_status = 400
    message = _("The input cannot be used.")


class SignInNeeded(DomainError):
    code = "not_authenticated"
    http_status = 401
    message = _("Sign in first.")


class Forbidden(DomainError):
    code = "permission_denied"
    http_status = 403
    message = _("You may not do this.")


class NotFound(DomainError):
    """The thing does not exist, or not for this viewer."""

    code = "not_found"
    http_status = 404
    message = _("There is nothing here.")


class Conflict(DomainError):
    """The state of the thing does not allow the request."""

    code = "conflict"
    http_status = 409
    message = _("This is no longer possible.")


class Stale(DomainError):
    code = "precondition_failed"
    http_status = 412
    message = _("Somebody changed this in the meantime. Load it again.")


class TooManyRequests(DomainError):
    """Somebody did this too often; entrances pass `retry_after_seconds` on as the header Retry-After."""

    code = "rate_limited"
    http_status = 429
    message = _("That was too often in a short time. Wait a little and try again.")

    def __init__(self, *, retry_after_seconds: int) -> None:
        super().__init__()
        self.retry_after_seconds = retry_after_seconds
